using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Core.Records;

namespace PrivChain.Cli.Import;

/// <summary>Turns a cell's text into the JSON value that the field's type wants. What does not fit is left as text: the schema refuses it by name.</summary>
internal static class FieldText
{
    public static JsonNode? ToJson(RecordField field, string text) => field.Type switch
    {
        FieldType.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => JsonValue.Create(integer),
        FieldType.Number when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        FieldType.Boolean when text is "true" or "yes" or "1" => JsonValue.Create(true),
        FieldType.Boolean when text is "false" or "no" or "0" => JsonValue.Create(false),
        FieldType.TextList => new JsonArray([.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => (JsonNode)item)]),
        _ => JsonValue.Create(text),
    };
}
