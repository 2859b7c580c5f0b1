using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;

namespace PrivChain.Core.Records;

/// <summary>One field of a record schema: what it is called, what it may hold, and the size every value of it is padded to.</summary>
public sealed class RecordField
{
    /// <summary>Largest size class of a field: a record of 256 fields stays bounded.</summary>
    internal const int MaxPaddedSize = 16384;

    // 4 bytes of length, then ["<22 characters of salt>","<name>",<value>].
    private const int PaddingAndSalt = 4 + 1 + 24 + 1 + 2 + 1 + 1;

    private const double MaxInteger = 9007199254740991;

    internal RecordField()
    {
    }

    /// <summary>Name in the record, such as <c>birthDate</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Title in both languages.</summary>
    public required LocalText Title { get; init; }

    /// <summary>Type of a value.</summary>
    public required FieldType Type { get; init; }

    /// <summary>Category of personal data, such as <c>dpv-pd:Age</c>.</summary>
    public required string Category { get; init; }

    /// <summary>Sensitivity.</summary>
    public required Sensitivity Sensitivity { get; init; }

    /// <summary>True when every record must have it.</summary>
    public required bool Required { get; init; }

    /// <summary>Unit of a number, such as <c>CNY</c> or <c>m2</c>; null when it has none.</summary>
    public string? Unit { get; init; }

    /// <summary>The only values allowed, as canonical JSON text (<c>"A11"</c> with its quotes, <c>1</c>); empty when not enumerated.</summary>
    public IReadOnlyList<string> AllowedValues { get; init; } = [];

    /// <summary>Titles of coded values by their text (<c>A11</c>, <c>1</c>); empty when values speak for themselves.</summary>
    public IReadOnlyDictionary<string, LocalText> ValueTitles { get; init; } = new Dictionary<string, LocalText>();

    /// <summary>Smallest number allowed, or null.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest number allowed, or null.</summary>
    public double? Maximum { get; init; }

    /// <summary>Fewest characters (code points) of a text, or of each text of a list.</summary>
    public int MinLength { get; init; }

    /// <summary>Most characters (code points) of a text, or of each text of a list.</summary>
    public int MaxLength { get; init; }

    /// <summary>Most texts in a list; zero for other types.</summary>
    public int MaxItems { get; init; }

    /// <summary>
    /// Size in bytes that every disclosure of this field is padded to, absent or present, short or long: the length of a sealed
    /// part tells nothing about the value.
    /// </summary>
    public int PaddedSize { get; internal init; }

    internal Regex? Pattern { get; init; }

    /// <summary>The rule that a value breaks, by its keyword in the schema, or null when it breaks none. Never holds the value.</summary>
    public string? BrokenRule(JsonElement value)
    {
        var broken = Type switch
        {
            FieldType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "type boolean",
            FieldType.Integer or FieldType.Number => BrokenNumberRule(value),
            FieldType.TextList => BrokenListRule(value),
            _ => value.ValueKind == JsonValueKind.String ? BrokenTextRule(value) : "type string",
        };
        if (broken is not null || (AllowedValues.Count == 0 && Type is not (FieldType.TextList or FieldType.Text)))
        {
            return broken;
        }

        var canonical = Jcs.Canonicalize(value);
        if (!canonical.Accepted)
        {
            return "JSON";
        }

        if (Type != FieldType.TextList && AllowedValues.Count > 0 && !AllowedValues.Contains(System.Text.Encoding.UTF8.GetString(canonical.Value)))
        {
            return "enum";
        }

        return canonical.Value.Length > MaxValueBytes ? "x-size" : null;
    }

    /// <summary>Most bytes of canonical JSON that fit the padded size.</summary>
    internal int MaxValueBytes => PaddedSize - PaddingAndSalt - Name.Length;

    /// <summary>The size class for a field whose largest value has so many bytes, or zero when there is none.</summary>
    internal static int ClassFor(string name, long largestValue)
    {
        var needed = PaddingAndSalt + name.Length + largestValue;
        foreach (var size in SizeClass.Sizes)
        {
            if (size >= 256 && size <= MaxPaddedSize && needed <= size)
            {
                return size;
            }
        }

        return 0;
    }

    private string? BrokenNumberRule(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !double.IsFinite(number))
        {
            return Type == FieldType.Integer ? "type integer" : "type number";
        }

        // One encoding for each integer: 1.0 and 1e3 are other texts for the same value.
        if (Type == FieldType.Integer && (!value.TryGetInt64(out _) || Math.Abs(number) > MaxInteger))
        {
            return "type integer";
        }

        return number < Minimum ? "minimum" : number > Maximum ? "maximum" : null;
    }

    private string? BrokenListRule(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return "type array";
        }

        if (value.GetArrayLength() > MaxItems)
        {
            return "maxItems";
        }

        foreach (var item in value.EnumerateArray())
        {
            var broken = item.ValueKind == JsonValueKind.String ? BrokenTextRule(item) : "items type string";
            if (broken is not null)
            {
                return broken;
            }
        }

        return null;
    }

    private string? BrokenTextRule(JsonElement value)
    {
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "type string";
        }

        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            if (!IsPlain(rune))
            {
                return "plain text";
            }
        }

        if (length < MinLength)
        {
            return "minLength";
        }

        if (length > MaxLength)
        {
            return "maxLength";
        }

        return Type switch
        {
            FieldType.Date when !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => "format date",
            FieldType.Time when !DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => "format date-time",
            _ => Pattern is null || Matches(Pattern, text) ? null : "pattern",
        };
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // Undecided is refused.
            return false;
        }
    }

    // A field is shown to people on one line: line ends, other control characters and marks that turn the reading
    // direction would let a value pose as something else on screen. It also bounds a character to four canonical bytes.
    private static bool IsPlain(System.Text.Rune rune) =>
        rune.Value is not (< 0x20 or (>= 0x7f and <= 0x9f) or 0x061c or 0x200e or 0x200f or (>= 0x2028 and <= 0x202e) or (>= 0x2066 and <= 0x2069) or 0xfffd);
}
