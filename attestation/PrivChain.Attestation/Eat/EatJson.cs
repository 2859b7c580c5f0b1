using System.Text.Json;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Eat;

/// <summary>Claims in JSON turned into the form that CBOR has (RFC 9711 section 7.2), so that both are read by the same code. Nothing is verified over the result.</summary>
internal static class EatJson
{
    private static readonly string[] _debugNames = ["enabled", "disabled", "disabled-since-boot", "disabled-permanently", "disabled-fully-and-permanently"];

    /// <summary>The name of a debug status (RFC 9711 section 4.2.9), or null.</summary>
    public static string? DebugName(Int128 status) => status >= 0 && status < _debugNames.Length ? _debugNames[(int)status] : null;

    /// <summary>A claims-set, or null when one of its claims has another type than it must have.</summary>
    public static CborValue? Read(JsonElement claims)
    {
        var entries = new List<KeyValuePair<CborValue, CborValue>>();
        foreach (var member in claims.EnumerateObject())
        {
            var known = EatClaim.All.FirstOrDefault(claim => claim.JsonName == member.Name);
            var value = known switch
            {
                { Key: EatClaim.Submodules } => ReadSubmodules(member.Value),
                { Key: EatClaim.DebugStatus } => ReadDebugStatus(member.Value),
                { JsonBytes: true } => ReadBytes(member.Value),
                _ => Generic(member.Value),
            };
            if (value is null)
            {
                return null;
            }

            entries.Add(new(known is null ? CborValue.OfText(member.Name) : CborValue.OfInteger(known.Key), value));
        }

        return CborValue.OfMap(entries);
    }

    private static CborValue? ReadDebugStatus(JsonElement value)
    {
        var index = value.ValueKind == JsonValueKind.String ? Array.IndexOf(_debugNames, value.GetString()) : -1;
        return index < 0 ? null : CborValue.OfInteger(index);
    }

    // Base64url text; numbers stay (an OEM's enterprise number), and so does the structure around them (sueids).
    private static CborValue? ReadBytes(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Base64Text.TryDecodeUrl(value.GetString(), out var bytes) ? CborValue.OfBytes(bytes) : null,
        JsonValueKind.Object => Map(value, ReadBytes),
        JsonValueKind.Number => Generic(value),
        _ => null,
    };

    private static CborValue? ReadSubmodules(JsonElement value) => value.ValueKind == JsonValueKind.Object ? Map(value, ReadSubmodule) : null;

    // JSON-Selector of RFC 9711 section 4.2.18.2: [ "JWT" | "CBOR" | "DIGEST", value ].
    private static CborValue? ReadSubmodule(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            return Read(value);
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2 || value[0].ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var content = value[1];
        return value[0].GetString() switch
        {
            "JWT" when content.ValueKind == JsonValueKind.String => CborValue.OfText(content.GetString()!),
            "CBOR" when content.ValueKind == JsonValueKind.String => ReadBytes(content),
            "DIGEST" when content.ValueKind == JsonValueKind.Array && content.GetArrayLength() == 2 && content[1].ValueKind == JsonValueKind.String
                && Generic(content[0]) is { } algorithm && ReadBytes(content[1]) is { } digest => CborValue.OfArray([algorithm, digest]),
            _ => null,
        };
    }

    private static CborValue? Generic(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return CborValue.OfText(value.GetString()!);
            case JsonValueKind.Number:
                return value.TryGetInt64(out var number) ? CborValue.OfInteger(number) : CborValue.OfFloat(value.GetDouble());
            case JsonValueKind.True:
            case JsonValueKind.False:
                return CborValue.OfBoolean(value.GetBoolean());
            case JsonValueKind.Null:
                return CborValue.OfNull();
            case JsonValueKind.Array:
                var items = value.EnumerateArray().Select(Generic).ToList();
                return items.Contains(null) ? null : CborValue.OfArray([.. items.OfType<CborValue>()]);
            default:
                return Map(value, Generic);
        }
    }

    private static CborValue? Map(JsonElement value, Func<JsonElement, CborValue?> read)
    {
        var entries = value.EnumerateObject().Select(member => (member.Name, Value: read(member.Value))).ToList();
        return entries.Exists(entry => entry.Value is null) ? null : CborValue.OfMap([.. entries.Select(entry => KeyValuePair.Create(CborValue.OfText(entry.Name), entry.Value!))]);
    }
}
