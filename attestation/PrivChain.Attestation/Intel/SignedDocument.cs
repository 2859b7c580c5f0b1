using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace PrivChain.Attestation.Intel;

/// <summary>
/// What Intel's service answers: an object with two members, the document and <c>signature</c> in hex (PCS API v4). The signature covers the document's bytes as received, from brace to brace: it is never written anew.
/// </summary>
/// <param name="Value">The document, parsed.</param>
/// <param name="Signed">Its bytes as received.</param>
/// <param name="Signature">r and s, 64 bytes.</param>
internal sealed record SignedDocument<T>(T Value, ReadOnlyMemory<byte> Signed, ReadOnlyMemory<byte> Signature)
    where T : class
{
    private const int MaxSize = 256 * 1024;
    private const int MaxDepth = 12;
    private const int SignatureSize = 64;

    /// <summary>Reads strict JSON. Zero bytes at the end, which endorsements carry, are dropped.</summary>
    /// <param name="bytes">The answer.</param>
    /// <param name="name">The document's member.</param>
    /// <param name="read">Reads the document.</param>
    /// <param name="document">What was read.</param>
    /// <param name="fault">What was wrong.</param>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, string name, Func<IntelJson, T> read, [NotNullWhen(true)] out SignedDocument<T>? document, [NotNullWhen(false)] out string? fault)
    {
        document = null;
        fault = null;
        bytes = bytes.TrimEnd((byte)0);
        if (bytes.Length > MaxSize)
        {
            fault = $"{bytes.Length} bytes";
            return false;
        }

        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
            var outer = new IntelJson(json.RootElement, string.Empty);
            var signature = outer.Hex("signature", SignatureSize);
            var value = read(outer.Object(name));
            fault = outer.Fault ?? (json.RootElement.EnumerateObject().Count() == 2 ? null : "members beside document and signature");
            if (fault is not null)
            {
                return false;
            }

            document = new SignedDocument<T>(value, JsonMarshal.GetRawUtf8Value(json.RootElement.GetProperty(name)).ToArray(), signature);
            return true;
        }
        catch (JsonException)
        {
            fault = "not strict JSON";
        }
        catch (InvalidOperationException)
        {
            // JsonDocument accepts invalid UTF-8 and fails only when a text is read.
            fault = "a text that is not UTF-8";
        }

        return false;
    }
}
