using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PrivChain.Attestation.Collateral.Http;

/// <summary>
/// The outer form of answers: enough to keep a login page or an error text out of a cache. Whether an item is genuine and for this platform is for the verifier alone.
/// </summary>
internal static class AnswerForm
{
    private const byte DerSequence = 0x30;
    private const int DepthLimit = 32;

    /// <summary>True for a JSON object that has these members.</summary>
    public static bool IsObjectWith(ReadOnlyMemory<byte> body, params ReadOnlySpan<string> members)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DepthLimit });
            foreach (var member in members)
            {
                if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(member, out _))
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A revocation list: DER, PEM, or hex digits of DER, as Intel's caching service sends it; hex is decoded.</summary>
    public static bool TryReadList(byte[] body, [NotNullWhen(true)] out byte[]? list)
    {
        // The first byte of DER is also the digit 0, so hex is looked for first; a length byte of DER is no hex digit.
        var text = body.AsSpan().Trim(" \r\n"u8);
        list = IsHex(text) ? Convert.FromHexString(Encoding.ASCII.GetString(text)) : body;
        if (list is [DerSequence, ..] || text.StartsWith("-----BEGIN X509 CRL-----"u8))
        {
            return true;
        }

        list = null;
        return false;
    }

    /// <summary>A certificate: DER or one PEM block.</summary>
    public static bool IsCertificate(ReadOnlySpan<byte> body) => body is [DerSequence, ..] || Blocks(Encoding.UTF8.GetString(body)) is [_];

    /// <summary>The certificates of a PEM text, each as a PEM block, in order; empty when a block is of another kind.</summary>
    public static IReadOnlyList<byte[]> Blocks(string text)
    {
        var blocks = new List<byte[]>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (!rest[fields.Label].SequenceEqual("CERTIFICATE"))
            {
                return [];
            }

            blocks.Add(Encoding.ASCII.GetBytes(rest[fields.Location].ToString() + "\n"));
            rest = rest[fields.Location.End..];
        }

        return blocks;
    }

    private static bool IsHex(ReadOnlySpan<byte> body) => body.Length > 0 && body.Length % 2 == 0 && !body.ContainsAnyExcept("0123456789abcdefABCDEF"u8);
}
