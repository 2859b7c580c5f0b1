using System.Globalization;
using System.Text.Json.Nodes;

namespace PrivChain.Attestation.Cbor;

/// <summary>CBOR as JSON, to be shown and compared: bytes as lower-case hex, integer keys as decimal text. It is not turned back.</summary>
internal static class CborJson
{
    public static JsonNode? Of(CborValue value) => value.Kind switch
    {
        CborKind.Integer => Number(value.Number),
        CborKind.Bytes => Convert.ToHexStringLower(value.Bytes.Span),
        CborKind.Text => value.Text,
        CborKind.Boolean => value.Boolean,
        CborKind.Float => double.IsFinite(value.Float) ? value.Float : value.Float.ToString(CultureInfo.InvariantCulture),
        CborKind.Simple => $"simple({value.Number})",
        CborKind.Array => new JsonArray([.. value.Items.Select(Of)]),
        CborKind.Map => Map(value),
        CborKind.Tag => new JsonObject { ["tag"] = Number(value.Number), ["value"] = Of(value.Items[0]) },
        _ => null,
    };

    private static JsonObject Map(CborValue map)
    {
        var json = new JsonObject();
        foreach (var (key, value) in map.Entries)
        {
            var name = key.Kind == CborKind.Text ? key.Text : key.Kind == CborKind.Integer ? key.Number.ToString(CultureInfo.InvariantCulture) : Convert.ToHexStringLower(key.Bytes.Span);

            // An integer and a text that look alike are two keys.
            json[json.ContainsKey(name) ? $"{name} ({key.Kind})" : name] = Of(value);
        }

        return json;
    }

    private static JsonValue Number(Int128 number) =>
        number >= long.MinValue && number <= long.MaxValue ? JsonValue.Create((long)number)
            : number >= 0 ? JsonValue.Create((ulong)number)
            : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture));
}
