using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Evidence;

/// <summary>
/// Wrappers around evidence: a RATS conceptual message (draft-ietf-rats-msg-wrap: record, CBOR tag of a content format, or collection of one) and the report of the kernel's configfs-tsm interface as Veraison's agents send it.
/// Nobody signs a wrapper, so nothing in it is believed: it is taken off and the evidence inside says itself what it is.
/// </summary>
internal static class ConceptualMessage
{
    // RFC 9277: the tag of content format n is this number plus n.
    private const ulong FirstContentTag = 1_668_546_817;
    private const ulong LastContentTag = FirstContentTag + 65_024;
    private const int EvidenceIndicator = 1 << 2;
    private const string CollectionType = "__cmwc_t";
    private const string TsmReport = "outblob";

    /// <summary>What is inside, when the bytes are a wrapper; empty when the wrapper holds no evidence. False for anything else, wrappers around several things included.</summary>
    public static bool TryUnwrap(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ReadOnlyMemory<byte>? content)
    {
        content = null;
        if (bytes.Length > 0 && bytes.Span[0] is (byte)'[' or (byte)'{')
        {
            content = StrictJson.TryRead(bytes, out var json) ? OfJson(json) : null;
        }
        else if (CborValue.TryParse(bytes, out var value))
        {
            content = OfCbor(value);
        }

        return content is not null;
    }

    private static ReadOnlyMemory<byte>? OfCbor(CborValue value)
    {
        switch (value.Kind)
        {
            case CborKind.Tag when value.Number >= FirstContentTag && value.Number <= LastContentTag && value.Items[0].Kind == CborKind.Bytes:
                return value.Items[0].Bytes;
            case CborKind.Array when value.Items is [{ Kind: CborKind.Text or CborKind.Integer }, { Kind: CborKind.Bytes } content]:
                return content.Bytes;
            case CborKind.Array when value.Items is [{ Kind: CborKind.Text or CborKind.Integer }, { Kind: CborKind.Bytes } content, { Kind: CborKind.Integer } indicator]:
                return (indicator.Number & EvidenceIndicator) != 0 ? content.Bytes : ReadOnlyMemory<byte>.Empty;
            case CborKind.Map when value.Get(TsmReport) is { Kind: CborKind.Bytes } report:
                return report.Bytes;
            case CborKind.Map when value.Entries.Where(entry => entry.Key.Text != CollectionType).ToList() is [var member] && (value.Entries.Count == 2 || member.Value.Kind is CborKind.Array or CborKind.Tag):
                return OfCbor(member.Value);
            default:
                return null;
        }
    }

    private static ReadOnlyMemory<byte>? OfJson(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            return OfRecord(json);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (StrictJson.Text(json, TsmReport) is { } blob)
        {
            return Base64Text.TryDecodeUrl(blob, out var report) || Base64Text.TryDecode(blob, out report) ? report : default(ReadOnlyMemory<byte>?);
        }

        return json.EnumerateObject().Where(member => member.Name != CollectionType).ToList() is [var only] && only.Value.ValueKind == JsonValueKind.Array ? OfRecord(only.Value) : null;
    }

    private static ReadOnlyMemory<byte>? OfRecord(JsonElement json)
    {
        if (json.GetArrayLength() is not (2 or 3) || json[0].ValueKind is not (JsonValueKind.String or JsonValueKind.Number) || json[1].ValueKind != JsonValueKind.String
            || !Base64Text.TryDecodeUrl(json[1].GetString(), out var content))
        {
            return null;
        }

        if (json.GetArrayLength() == 2)
        {
            return content;
        }

        return json[2].ValueKind == JsonValueKind.Number && json[2].TryGetInt32(out var indicator) && (indicator & EvidenceIndicator) != 0 ? content : ReadOnlyMemory<byte>.Empty;
    }
}
