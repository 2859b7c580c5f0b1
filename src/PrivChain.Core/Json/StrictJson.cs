using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Json;

/// <summary>
/// Reads I-JSON (RFC 7493) as received and nothing looser. The platform's reader lets duplicate names, lone surrogates, invalid
/// UTF-8 and <c>1e400</c> through; all of these are refused here, and so are comments, trailing commas, a byte order mark,
/// anything after the value, nesting beyond a limit, and integers that a double would silently change.
/// </summary>
public static class StrictJson
{
    /// <summary>Nesting allowed unless a caller says otherwise: an array in an object is two levels.</summary>
    public const int DefaultMaxDepth = 16;

    /// <summary>Bytes allowed unless a caller says otherwise.</summary>
    public const int DefaultMaxBytes = 262144;

    /// <summary>Parses one JSON value. A refusal names the byte offset and the rule, never the content.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="maxBytes">Largest text accepted.</param>
    /// <param name="maxDepth">Deepest nesting accepted.</param>
    public static Verdict<JsonElement> Parse(ReadOnlySpan<byte> utf8, int maxBytes = DefaultMaxBytes, int maxDepth = DefaultMaxDepth)
    {
        if (utf8.Length > maxBytes)
        {
            return Verdict<JsonElement>.Refuse(RefusalReason.TooLarge, $"JSON of at most {maxBytes} bytes wanted, {utf8.Length} given");
        }

        if (!Utf8.IsValid(utf8))
        {
            return Malformed("not UTF-8");
        }

        // The first pass checks every token before anything is allocated for it; the platform then finds duplicate names.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
            {
                var fault = reader.TokenType switch
                {
                    JsonTokenType.PropertyName or JsonTokenType.String when reader.ValueIsEscaped && HasLoneSurrogate(reader.ValueSpan) => "a lone surrogate",
                    JsonTokenType.Number => NumberFault(reader.ValueSpan),
                    _ => null,
                };
                if (fault is not null)
                {
                    return Malformed($"{fault} at byte {reader.TokenStartIndex}");
                }
            }
        }
        catch (JsonException)
        {
            return Malformed($"not JSON, or nested deeper than {maxDepth}, at byte {reader.BytesConsumed}");
        }

        try
        {
            return JsonElement.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return Malformed("a name occurs twice in one object");
        }
    }

    /// <summary>Parses a text whose value must be an object.</summary>
    public static Verdict<JsonElement> ParseObject(ReadOnlySpan<byte> utf8, int maxBytes = DefaultMaxBytes, int maxDepth = DefaultMaxDepth)
    {
        var parsed = Parse(utf8, maxBytes, maxDepth);
        return parsed.Accepted && parsed.Value.ValueKind != JsonValueKind.Object ? Malformed("an object is wanted") : parsed;
    }

    /// <summary>Parses an object into a tree that the caller may change.</summary>
    public static Verdict<JsonObject> ParseObjectNode(ReadOnlySpan<byte> utf8, int maxBytes = DefaultMaxBytes, int maxDepth = DefaultMaxDepth)
    {
        var parsed = ParseObject(utf8, maxBytes, maxDepth);
        return parsed.Accepted ? JsonObject.Create(parsed.Value)! : parsed.Refusal;
    }

    /// <summary>The number as a double, when it is finite and, written as an integer, is exactly that integer.</summary>
    internal static string? NumberFault(ReadOnlySpan<byte> text)
    {
        // Up to 15 digits every integer is a double of its own.
        var isInteger = !text.ContainsAny((byte)'.', (byte)'e', (byte)'E');
        if (isInteger && text.Length <= 15)
        {
            return null;
        }

        if (!double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value))
        {
            return "a number beyond the range of a double";
        }

        // 2^53 + 1 would be read as 2^53: what is signed must be what was written. Larger integers are sent as strings.
        Span<byte> canonical = stackalloc byte[EcmaNumber.MaxLength];
        return isInteger && !canonical[..EcmaNumber.Format(value, canonical)].SequenceEqual(text)
            ? "an integer that a double cannot hold exactly"
            : null;
    }

    // Raw surrogates cannot occur in valid UTF-8; only \u escapes can write them.
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> escaped)
    {
        var highPending = false;
        for (var i = 0; i < escaped.Length;)
        {
            var isHigh = false;
            var isLow = false;
            if (escaped[i] != '\\')
            {
                i++;
            }
            else if (escaped[i + 1] != 'u')
            {
                i += 2;
            }
            else
            {
                var unit = (char)Convert.ToUInt16(System.Text.Encoding.ASCII.GetString(escaped.Slice(i + 2, 4)), 16);
                isHigh = char.IsHighSurrogate(unit);
                isLow = char.IsLowSurrogate(unit);
                i += 6;
            }

            if (highPending != isLow)
            {
                return true;
            }

            highPending = isHigh;
        }

        return highPending;
    }

    private static Verdict<JsonElement> Malformed(string detail) => Verdict<JsonElement>.Refuse(RefusalReason.Malformed, detail);
}
