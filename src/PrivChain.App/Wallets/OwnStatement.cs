using System.Globalization;
using System.Text.Json;
using PrivChain.Core.Records;

namespace PrivChain.App.Wallets;

/// <summary>What a person types into the form of a schema, field by field, and the record that it makes.</summary>
internal sealed class OwnStatement(RecordSchema schema)
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public RecordSchema Schema { get; } = schema;

    /// <summary>The text of a field: of a list a line for each, of a coded value the value's JSON; empty where there is none.</summary>
    public string this[RecordField field]
    {
        get => _texts.GetValueOrDefault(field.Name, string.Empty);
        set => _texts[field.Name] = value;
    }

    /// <summary>True when the field is empty and need not be, or its value follows the schema.</summary>
    public bool Fits(RecordField field) => Read(field) is { } value ? field.BrokenRule(value) is null : this[field].Trim().Length == 0 && !field.Required;

    /// <summary>The record as JSON. Every field fits.</summary>
    public byte[] ToJson()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        foreach (var field in Schema.Fields)
        {
            if (Read(field) is { } value)
            {
                writer.WritePropertyName(field.Name);
                value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    // Null where nothing is typed, or no value of that type.
    private JsonElement? Read(RecordField field)
    {
        var text = this[field].Trim();
        if (text.Length == 0)
        {
            return null;
        }

        if (field.AllowedValues.Count > 0 && field.Type != FieldType.TextList)
        {
            return field.AllowedValues.Contains(text) ? JsonElement.Parse(text) : null;
        }

        return field.Type switch
        {
            FieldType.Boolean => text is "true" or "false" ? JsonElement.Parse(text) : null,
            FieldType.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? Json(writer => writer.WriteNumberValue(whole)) : null,
            FieldType.Number => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? Json(writer => writer.WriteNumberValue(number)) : null,
            FieldType.TextList => Json(writer =>
            {
                writer.WriteStartArray();
                foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                {
                    writer.WriteStringValue(line);
                }

                writer.WriteEndArray();
            }),
            _ => Json(writer => writer.WriteStringValue(text)),
        };
    }

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            write(writer);
        }

        return JsonElement.Parse(output.WrittenSpan);
    }
}
