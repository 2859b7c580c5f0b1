using System.Text.Json;
using System.Text.RegularExpressions;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Records;

/// <summary>
/// Reads our profile of JSON Schema 2020-12: one object, flat properties, no references, every keyword known and every text and list
/// bounded. A keyword outside the profile is refused by name: ignoring one would accept records that its author meant to refuse.
/// All faults of a document are reported at once.
/// </summary>
internal sealed partial class RecordSchemaParser
{
    private const int MaxFields = 128;
    private const int MaxTextLength = 4000;
    private const int MaxListItems = 1000;
    private const int MaxEnumValues = 256;
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    // Claims that an SD-JWT, its verifiers or a JavaScript reader give a meaning of their own.
    private static readonly HashSet<string> ReservedNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "vct", "status", "holder", "constructor", "prototype", "toString", "valueOf",
    };

    private readonly List<string> _faults = [];

    internal static Verdict<RecordSchema> Parse(ReadOnlySpan<byte> utf8)
    {
        var document = StrictJson.ParseObject(utf8);
        if (!document.Accepted)
        {
            return document.Refusal;
        }

        var canonical = Jcs.Canonicalize(document.Value);
        return canonical.Accepted ? new RecordSchemaParser().Read(document.Value, canonical.Value) : canonical.Refusal;
    }

    private Verdict<RecordSchema> Read(JsonElement document, byte[] canonical)
    {
        OnlyKeywords("schema", document, "$schema", "$id", "type", "x-title", "additionalProperties", "required", "properties");
        Expect(TextOf(document, "$schema") == Dialect, $"$schema: wanted {Dialect}");
        Expect(TextOf(document, "type") == "object", "type: wanted object");
        Expect(
            document.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.False,
            "additionalProperties: wanted false");

        var urn = UrnForm().Match(TextOf(document, "$id") ?? string.Empty);
        Expect(urn.Success, "$id: wanted urn:privchain:schema:<name>:<version>");
        var title = Title("schema", document);

        var fields = new List<RecordField>();
        if (!document.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            Fault("properties: wanted an object");
        }
        else
        {
            var required = Required(document, properties);
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var property in properties.EnumerateObject().Take(MaxFields + 1))
            {
                Expect(
                    FieldName().IsMatch(property.Name) && !ReservedNames.Contains(property.Name) && names.Add(property.Name),
                    $"{property.Name}: a name is ASCII letters and digits, starts in lower case, is not reserved and differs in more than case");
                fields.Add(Field(property.Name, property.Value, required.Contains(property.Name)));
            }

            Expect(fields.Count is > 0 and <= MaxFields, $"properties: wanted 1 to {MaxFields}");
        }

        if (_faults.Count > 0)
        {
            return Verdict<RecordSchema>.Refuse(RefusalReason.Malformed, string.Join("; ", _faults.Take(32)));
        }

        return new RecordSchema($"{urn.Groups[1].Value}/{urn.Groups[2].Value}", title, fields, Digest.OfSha256(canonical), canonical);
    }

    private HashSet<string> Required(JsonElement document, JsonElement properties)
    {
        var required = new HashSet<string>(StringComparer.Ordinal);
        if (!document.TryGetProperty("required", out var list))
        {
            return required;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            Fault("required: wanted a list");
            return required;
        }

        foreach (var item in list.EnumerateArray())
        {
            var known = item.ValueKind == JsonValueKind.String && properties.TryGetProperty(item.GetString()!, out _) && required.Add(item.GetString()!);
            Expect(known, "required: wanted names of properties, each once");
        }

        return required;
    }

    private RecordField Field(string name, JsonElement field, bool required)
    {
        if (field.ValueKind != JsonValueKind.Object)
        {
            Fault($"{name}: wanted an object");
            field = JsonElement.Parse("{}"u8);
        }

        var type = TypeOf(name, field);
        string[] own = type switch
        {
            FieldType.Text => ["minLength", "maxLength", "pattern", "enum", "const", "x-values"],
            FieldType.Date or FieldType.Time => ["format"],
            FieldType.Integer => ["minimum", "maximum", "enum", "const", "x-values", "x-unit"],
            FieldType.Number => ["minimum", "maximum", "x-unit"],
            FieldType.TextList => ["items", "maxItems", "x-size"],
            _ => [],
        };
        OnlyKeywords(name, field, ["type", "x-title", "x-dpv", "x-sensitivity", .. own]);

        var texts = type == FieldType.TextList ? Items(name, field) : field;
        var minimum = Number(name, field, "minimum");
        var maximum = Number(name, field, "maximum");
        Expect(!(minimum > maximum), $"{name}: minimum is above maximum");

        var allowed = AllowedValues(name, field, type);
        var bounded = allowed.Count > 0 || type is not (FieldType.Text or FieldType.TextList);
        var minLength = Count(name, texts, "minLength", 0, MaxTextLength, 0);
        var maxLength = Count(name, texts, "maxLength", 1, MaxTextLength, bounded ? MaxTextLength : null);
        Expect(minLength <= maxLength, $"{name}: minLength is above maxLength");
        var maxItems = type == FieldType.TextList ? Count(name, field, "maxItems", 1, MaxListItems, null) : 0;

        // A character has at most four canonical bytes, since control characters are refused, plus a sign and quotes; numbers are short.
        var largest = allowed.Count > 0 ? allowed.Max(System.Text.Encoding.UTF8.GetByteCount)
            : type == FieldType.Text ? 2 + (4L * maxLength)
            : EcmaNumber.MaxLength;
        var padded = type == FieldType.TextList ? Size(name, field) : RecordField.ClassFor(name, largest);
        Expect(padded > 0, $"{name}: its largest value fits no size class up to {RecordField.MaxPaddedSize}");

        return new RecordField
        {
            Name = name,
            Title = Title(name, field),
            Type = type,
            Category = Matching(name, field, "x-dpv", CategoryForm(), "dpv-pd:<Category>"),
            Sensitivity = Matching(name, field, "x-sensitivity", SensitivityForm(), "S1, S2 or S3") is ['S', var digit] ? (Sensitivity)(digit - '0') : Sensitivity.S3,
            Required = required,
            Unit = field.TryGetProperty("x-unit", out _) ? Matching(name, field, "x-unit", UnitForm(), "a short unit") : null,
            AllowedValues = allowed,
            ValueTitles = ValueTitles(name, field, allowed),
            Minimum = minimum,
            Maximum = maximum,
            MinLength = minLength,
            MaxLength = maxLength,
            MaxItems = maxItems,
            PaddedSize = padded,
            Pattern = Pattern(name, texts),
        };
    }

    private FieldType TypeOf(string name, JsonElement field)
    {
        var format = TextOf(field, "format");
        switch (TextOf(field, "type"))
        {
            case "string":
                Expect(format is "date" or "date-time" || !field.TryGetProperty("format", out _), $"{name}: format: wanted date or date-time");
                return format switch { "date" => FieldType.Date, "date-time" => FieldType.Time, _ => FieldType.Text };
            case "integer":
                return FieldType.Integer;
            case "number":
                return FieldType.Number;
            case "boolean":
                return FieldType.Boolean;
            case "array":
                return FieldType.TextList;
            default:
                Fault($"{name}: type: wanted string, integer, number, boolean or array");
                return FieldType.Boolean;
        }
    }

    private JsonElement Items(string name, JsonElement field)
    {
        if (!field.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Object || TextOf(items, "type") != "string")
        {
            Fault($"{name}: items: wanted an object with type string");
            return field;
        }

        OnlyKeywords($"{name}: items", items, "type", "minLength", "maxLength", "pattern");
        return items;
    }

    private List<string> AllowedValues(string name, JsonElement field, FieldType type)
    {
        var values = new List<string>();
        var hasEnum = field.TryGetProperty("enum", out var list);
        var hasConst = field.TryGetProperty("const", out var only);
        Expect(!(hasEnum && hasConst), $"{name}: enum and const exclude each other");
        if (hasEnum && (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxEnumValues))
        {
            Fault($"{name}: enum: wanted 1 to {MaxEnumValues} values");
            return values;
        }

        var wanted = type == FieldType.Integer ? JsonValueKind.Number : JsonValueKind.String;
        foreach (var value in hasEnum ? [.. list.EnumerateArray()] : hasConst ? new[] { only } : [])
        {
            var canonical = Jcs.Canonicalize(value);
            var text = canonical.Accepted ? System.Text.Encoding.UTF8.GetString(canonical.Value) : string.Empty;
            Expect(value.ValueKind == wanted && !values.Contains(text), $"{name}: enum: wanted values of the field's type, each once");
            values.Add(text);
        }

        return values;
    }

    private Dictionary<string, LocalText> ValueTitles(string name, JsonElement field, List<string> allowed)
    {
        var titles = new Dictionary<string, LocalText>(StringComparer.Ordinal);
        if (!field.TryGetProperty("x-values", out var values))
        {
            return titles;
        }

        if (values.ValueKind != JsonValueKind.Object)
        {
            Fault($"{name}: x-values: wanted an object");
            return titles;
        }

        var codes = allowed.Select(value => value.Trim('"')).ToHashSet(StringComparer.Ordinal);
        foreach (var value in values.EnumerateObject())
        {
            Expect(codes.Remove(value.Name), $"{name}: x-values: wanted values of enum, each once");
            titles[value.Name] = TitleText($"{name}: x-values", value.Value);
        }

        Expect(codes.Count == 0, $"{name}: x-values: a value of enum has no title");
        return titles;
    }

    private Regex? Pattern(string name, JsonElement field)
    {
        if (!field.TryGetProperty("pattern", out var value))
        {
            return null;
        }

        // Classes such as \d mean other characters in ECMAScript than here, and an unanchored pattern accepts anything around a match.
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
        if (text.Length is < 3 or > 256 || text[0] != '^' || text[^1] != '$' || LetterEscape().IsMatch(text) || text.Contains("(?", StringComparison.Ordinal))
        {
            Fault($"{name}: pattern: wanted ^…$ without groups that start with ? and without escaped letters");
            return null;
        }

        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            Fault($"{name}: pattern: not a regular expression of the profile");
            return null;
        }
    }

    private int Size(string name, JsonElement field)
    {
        var size = Count(name, field, "x-size", 256, RecordField.MaxPaddedSize, null);
        Expect(SizeClass.Sizes.Contains(size), $"{name}: x-size: wanted a size class of at least 256");
        return size;
    }

    private LocalText Title(string where, JsonElement owner) =>
        TitleText($"{where}: x-title", owner.TryGetProperty("x-title", out var title) ? title : default);

    private LocalText TitleText(string where, JsonElement title)
    {
        if (title.ValueKind != JsonValueKind.Object)
        {
            Fault($"{where}: wanted an object with en and zh");
            return new LocalText(string.Empty, string.Empty);
        }

        OnlyKeywords(where, title, "en", "zh");
        var text = new LocalText(TextOf(title, "en") ?? string.Empty, TextOf(title, "zh") ?? string.Empty);
        Expect(text.En.Length is > 0 and <= 200 && text.Zh.Length is > 0 and <= 200, $"{where}: wanted en and zh, neither empty");
        return text;
    }

    private string Matching(string name, JsonElement field, string keyword, Regex form, string wanted)
    {
        var text = TextOf(field, keyword) ?? string.Empty;
        Expect(form.IsMatch(text), $"{name}: {keyword}: wanted {wanted}");
        return text;
    }

    private double? Number(string name, JsonElement field, string keyword)
    {
        if (!field.TryGetProperty(keyword, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.GetDouble();
        }

        Fault($"{name}: {keyword}: wanted a number");
        return null;
    }

    private int Count(string name, JsonElement field, string keyword, int least, int most, int? ifAbsent)
    {
        if (!field.TryGetProperty(keyword, out var value))
        {
            Expect(ifAbsent is not null, $"{name}: {keyword}: wanted, so that a value is bounded");
            return ifAbsent ?? least;
        }

        var valid = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= least && count <= most;
        Expect(valid, $"{name}: {keyword}: wanted {least} to {most}");
        return valid ? value.GetInt32() : least;
    }

    private void OnlyKeywords(string where, JsonElement owner, params ReadOnlySpan<string> keywords)
    {
        foreach (var member in owner.EnumerateObject())
        {
            Expect(keywords.Contains(member.Name), $"{where}: the keyword {member.Name} is not part of the profile");
        }
    }

    private static string? TextOf(JsonElement owner, string keyword) =>
        owner.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private void Expect(bool holds, string fault)
    {
        if (!holds)
        {
            Fault(fault);
        }
    }

    private void Fault(string fault) => _faults.Add(fault);

    [GeneratedRegex(@"\Aurn:privchain:schema:([a-z][a-z0-9-]{0,63}):([1-9][0-9]{0,4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex UrnForm();

    [GeneratedRegex(@"\A[a-z][A-Za-z0-9]{0,47}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FieldName();

    [GeneratedRegex(@"\Adpv-pd:[A-Z][A-Za-z]{0,47}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CategoryForm();

    [GeneratedRegex(@"\AS[123]\z", RegexOptions.CultureInvariant)]
    private static partial Regex SensitivityForm();

    [GeneratedRegex(@"\A[A-Za-z0-9%/]{1,16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UnitForm();

    [GeneratedRegex(@"\\[A-Za-z0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex LetterEscape();
}
