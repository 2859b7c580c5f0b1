using System.Text.Json;

namespace PrivChain.Attestation.Jose;

/// <summary>JSON from outside: one object, no member twice, no comments, valid UTF-8, nesting bounded.</summary>
internal static class StrictJson
{
    private const int MaxDepth = 16;

    private static readonly JsonDocumentOptions _options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <summary>Reads an object. The element owns its memory.</summary>
    public static bool TryReadObject(ReadOnlyMemory<byte> utf8, out JsonElement value) => TryRead(utf8, out value) && value.ValueKind == JsonValueKind.Object;

    /// <summary>Reads any value.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> utf8, out JsonElement value)
    {
        value = default;
        try
        {
            // JsonDocument finds invalid UTF-8 only when a text is read, so it is looked for first.
            if (!System.Text.Unicode.Utf8.IsValid(utf8.Span))
            {
                return false;
            }

            using var document = JsonDocument.Parse(utf8, _options);
            value = document.RootElement.Clone();
            return Readable(value);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, a member twice, or a name that is half a character.
            return false;
        }
    }

    /// <summary>The text under a name, or null when there is none or it is no text.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The whole number under a name, or null when there is none or it is another thing.</summary>
    public static long? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>The flag under a name, or null when there is none or it is another thing.</summary>
    public static bool? Flag(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    /// <summary>The object under a name, or null when there is none or it is another thing.</summary>
    public static JsonElement? Object(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    // A lone surrogate written as \ud800 is valid UTF-8 and no text: asking for it throws, so it is asked for here, once.
    private static bool Readable(JsonElement value)
    {
        try
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    _ = value.GetString();
                    return true;
                case JsonValueKind.Array:
                    return value.EnumerateArray().All(Readable);
                case JsonValueKind.Object:
                    return value.EnumerateObject().All(member => member.Name.Length >= 0 && Readable(member.Value));
                default:
                    return true;
            }
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
