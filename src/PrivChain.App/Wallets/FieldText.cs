using System.Text.Json;
using PrivChain.App.Language;
using PrivChain.Core.Contracts;
using PrivChain.Core.Records;

namespace PrivChain.App.Wallets;

/// <summary>A value of the person's own record in words: codes by their titles, numbers with their unit.</summary>
internal static class FieldText
{
    public static string Of(JsonElement value, RecordField field, Words words) => value.ValueKind switch
    {
        JsonValueKind.String => Coded(value.GetString()!, field, words),
        JsonValueKind.True => words["yes"],
        JsonValueKind.False => words["no"],
        JsonValueKind.Array when value.GetArrayLength() == 0 => words["value.none"],
        JsonValueKind.Array => string.Join(words["separator"], value.EnumerateArray().Select(item => Of(item, field, words))),
        JsonValueKind.Number when !field.ValueTitles.ContainsKey(value.GetRawText()) => ContractRendering.Measured(value.GetRawText(), field, words.Display),
        _ => Coded(value.GetRawText(), field, words),
    };

    /// <summary>What a contract shows of a field, for whoever is not the person asked.</summary>
    public static string Seen(RenderedField field, Words words)
    {
        var text = words["field.of", field.Record, field.Title] + words["colon"] + field.What;
        return field.Optional ? words["contracts.field.optional", text] : text;
    }

    private static string Coded(string text, RecordField field, Words words) =>
        TerminalText.Neutralise(field.ValueTitles.TryGetValue(text, out var title) ? words.Pick(title) : text);
}
