using System.Globalization;
using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>
/// The first or last characters of a text. Two rules keep short values from showing: at least half of the text stays hidden, and the mask
/// always has four dots, so the length does not show. Characters are Unicode text elements: a base letter goes with its accents.
/// </summary>
public sealed class MaskForm : FieldForm
{
    internal const int MaximumKeep = 32;

    /// <summary>What stands for everything hidden, whatever its length.</summary>
    internal const string Hidden = "••••";

    internal MaskForm(int keep, bool last) => (Keep, Last) = (keep, last);

    /// <summary>How many characters are kept at most, 1 to 32.</summary>
    public int Keep { get; }

    /// <summary>True when the last characters are kept, false for the first ones.</summary>
    public bool Last { get; }

    /// <inheritdoc/>
    public override string Name => "mask";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => null;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => type == FieldType.Text;

    // Never more of the text than half, and the dots.
    internal override int LongestResult(RecordField field) => base.LongestResult(field) + field.MaxValueBytes;

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return NotApplicable("a text");
        }

        var text = value.GetString()!;
        var starts = StringInfo.ParseCombiningCharacters(text);
        var kept = Math.Min(Keep, starts.Length / 2);
        if (kept == 0)
        {
            return FormResult.OfMasked(Hidden);
        }

        return FormResult.OfMasked(Last ? Hidden + text[starts[^kept]..] : text[..starts[kept]] + Hidden);
    }

    private protected override void WriteParameters(Utf8JsonWriter writer) => writer.WriteNumber(Last ? "keepLast" : "keepFirst", Keep);
}
