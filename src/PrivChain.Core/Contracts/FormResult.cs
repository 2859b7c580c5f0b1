using System.Text.Json;

namespace PrivChain.Core.Contracts;

/// <summary>The typed result of one form. Exactly the properties that belong to <see cref="Kind"/> are set.</summary>
public sealed class FormResult
{
    private FormResult(FormResultKind kind) => Kind = kind;

    /// <summary>Which of the properties is set.</summary>
    public FormResultKind Kind { get; }

    /// <summary>The answer of a yes/no form.</summary>
    public bool? YesNo { get; private init; }

    /// <summary>The rounded number.</summary>
    public decimal? Number { get; private init; }

    /// <summary>The band's lower edge, which belongs to the band; null for the lowest band.</summary>
    public decimal? From { get; private init; }

    /// <summary>The band's upper edge, which does not belong to the band; null for the highest band.</summary>
    public decimal? Below { get; private init; }

    /// <summary>The calendar year.</summary>
    public int? Year { get; private init; }

    /// <summary>The masked text or the pseudonym.</summary>
    public string? Text { get; private init; }

    /// <summary>The whole value.</summary>
    public JsonElement? Value { get; private init; }

    /// <summary>No value in the record.</summary>
    public static FormResult Absent { get; } = new(FormResultKind.Absent);

    /// <summary>Optional, and not granted.</summary>
    public static FormResult NotGranted { get; } = new(FormResultKind.NotGranted);

    internal static FormResult OfYesNo(bool answer) => new(FormResultKind.YesNo) { YesNo = answer };

    internal static FormResult OfNumber(decimal number) => new(FormResultKind.Number) { Number = number };

    internal static FormResult OfBand(decimal? from, decimal? below) => new(FormResultKind.Band) { From = from, Below = below };

    internal static FormResult OfYear(int year) => new(FormResultKind.Year) { Year = year };

    internal static FormResult OfMasked(string text) => new(FormResultKind.Masked) { Text = text };

    internal static FormResult OfPseudonym(string text) => new(FormResultKind.Pseudonym) { Text = text };

    internal static FormResult OfValue(JsonElement value) => new(FormResultKind.Value) { Value = value.Clone() };

    /// <summary>The result as canonical JSON (RFC 8785).</summary>
    public byte[] ToJson() => ContractJson.Canonical(Write);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", NameOf(Kind));
        switch (Kind)
        {
            case FormResultKind.Value:
                writer.WritePropertyName("value");
                Value!.Value.WriteTo(writer);
                break;
            case FormResultKind.YesNo:
                writer.WriteBoolean("answer", YesNo!.Value);
                break;
            case FormResultKind.Band:
                WriteNumber(writer, "from", From);
                WriteNumber(writer, "below", Below);
                break;
            case FormResultKind.Number:
                WriteNumber(writer, "number", Number);
                break;
            case FormResultKind.Year:
                writer.WriteNumber("year", Year!.Value);
                break;
            case FormResultKind.Masked:
            case FormResultKind.Pseudonym:
                writer.WriteString("text", Text);
                break;
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; every other shape is refused.</summary>
    internal static bool TryRead(JsonElement element, out FormResult result)
    {
        result = Absent;
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("kind", out var kindElement)
            || kindElement.ValueKind != JsonValueKind.String || !TryKind(kindElement.GetString(), out var kind))
        {
            return false;
        }

        var names = element.EnumerateObject().Select(member => member.Name).Where(name => name != "kind").ToList();
        bool Only(string name, out JsonElement value)
        {
            value = default;
            return names.Count == 1 && names[0] == name && element.TryGetProperty(name, out value);
        }

        switch (kind)
        {
            case FormResultKind.Absent when names.Count == 0:
                return true;
            case FormResultKind.NotGranted when names.Count == 0:
                result = NotGranted;
                return true;
            case FormResultKind.Value when Only("value", out var value) && value.ValueKind != JsonValueKind.Null:
                result = OfValue(value);
                return true;
            case FormResultKind.YesNo when Only("answer", out var answer) && answer.ValueKind is JsonValueKind.True or JsonValueKind.False:
                result = OfYesNo(element.GetProperty("answer").GetBoolean());
                return true;
            case FormResultKind.Number when Only("number", out var number) && ExactNumber.TryRead(number, out var exact) && ExactNumber.IsPortable(exact):
                result = OfNumber(exact);
                return true;
            case FormResultKind.Year when Only("year", out var year) && year.ValueKind == JsonValueKind.Number
                && year.TryGetInt32(out var calendarYear) && calendarYear is >= 1 and <= 9999:
                result = OfYear(calendarYear);
                return true;
            case FormResultKind.Masked or FormResultKind.Pseudonym when Only("text", out var text) && text.ValueKind == JsonValueKind.String:
                result = kind == FormResultKind.Masked ? OfMasked(text.GetString()!) : OfPseudonym(text.GetString()!);
                return true;
            case FormResultKind.Band when names.Count is 1 or 2 && names.All(name => name is "from" or "below"):
                decimal? from = null;
                decimal? below = null;
                foreach (var member in element.EnumerateObject().Where(member => member.Name != "kind"))
                {
                    if (!ExactNumber.TryRead(member.Value, out var edge) || !ExactNumber.IsPortable(edge))
                    {
                        return false;
                    }

                    if (member.Name == "from")
                    {
                        from = edge;
                    }
                    else
                    {
                        below = edge;
                    }
                }

                result = OfBand(from, below);
                return from is null || below is null || from < below;
            default:
                return false;
        }
    }

    /// <summary>The name of a kind in the answer document.</summary>
    public static string NameOf(FormResultKind kind) => kind switch
    {
        FormResultKind.Absent => "absent",
        FormResultKind.NotGranted => "not-granted",
        FormResultKind.Value => "value",
        FormResultKind.YesNo => "yes-no",
        FormResultKind.Band => "band",
        FormResultKind.Number => "number",
        FormResultKind.Year => "year",
        FormResultKind.Masked => "masked",
        FormResultKind.Pseudonym => "pseudonym",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static bool TryKind(string? name, out FormResultKind kind)
    {
        foreach (var candidate in Enum.GetValues<FormResultKind>())
        {
            if (NameOf(candidate) == name)
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, decimal? number)
    {
        if (number is { } exact)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(ExactNumber.Text(exact));
        }
    }
}
