using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PrivChain.Attestation.Jose;

/// <summary>Strict base64: the alphabet alone, no white space, no unused bits set, one text for one value.</summary>
internal static class Base64Text
{
    /// <summary>Base64url without padding (RFC 7515 section 2).</summary>
    public static bool TryDecodeUrl(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 == 1 || text.ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
        {
            return false;
        }

        var decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, decoded, out _, out var written) != OperationStatus.Done || !Base64Url.EncodeToString(decoded.AsSpan(0, written)).AsSpan().SequenceEqual(text))
        {
            return false;
        }

        bytes = decoded[..written];
        return true;
    }

    /// <summary>Base64 with padding (RFC 4648 section 4), as certificates in <c>x5c</c> are written.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var decoded = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, decoded, out var written) || Convert.ToBase64String(decoded, 0, written) != text)
        {
            return false;
        }

        bytes = decoded[..written];
        return true;
    }

    public static string EncodeUrl(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Bytes as ASCII text, or null when one of them is none.</summary>
    public static string? Ascii(ReadOnlySpan<byte> bytes) => System.Text.Ascii.IsValid(bytes) ? Encoding.ASCII.GetString(bytes) : null;
}
