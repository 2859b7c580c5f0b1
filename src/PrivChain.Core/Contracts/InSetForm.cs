using System.Collections.Immutable;
using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>
/// Only whether the value is one of those listed; for a list field, whether any of its members is. Text compares code unit by code unit:
/// issuers sign codes, and two spellings that look alike are two codes.
/// </summary>
public sealed class InSetForm : FieldForm
{
    internal const int MaximumValues = 256;

    internal InSetForm(ImmutableArray<string> texts) => (Texts, Numbers) = (texts, []);

    internal InSetForm(ImmutableArray<decimal> numbers) => (Texts, Numbers) = ([], numbers);

    /// <summary>The texts, or none when the set holds numbers.</summary>
    public ImmutableArray<string> Texts { get; }

    /// <summary>The numbers, or none when the set holds texts.</summary>
    public ImmutableArray<decimal> Numbers { get; }

    /// <inheritdoc/>
    public override string Name => "in-set";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => 2;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => Numbers.IsEmpty ? type is FieldType.Text or FieldType.TextList : type is FieldType.Number or FieldType.Integer;

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when Numbers.IsEmpty:
                return FormResult.OfYesNo(Texts.Contains(value.GetString()!, StringComparer.Ordinal));
            case JsonValueKind.Number when !Numbers.IsEmpty && ExactNumber.TryRead(value, out var number):
                return FormResult.OfYesNo(Numbers.Contains(number));
            case JsonValueKind.Array when Numbers.IsEmpty:
                var found = false;
                foreach (var member in value.EnumerateArray())
                {
                    if (member.ValueKind != JsonValueKind.String)
                    {
                        return NotApplicable("a list of texts");
                    }

                    found |= Texts.Contains(member.GetString()!, StringComparer.Ordinal);
                }

                return FormResult.OfYesNo(found);
            default:
                return NotApplicable(Numbers.IsEmpty ? "a text or a list of texts" : "a number");
        }
    }

    private protected override void WriteParameters(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("values");
        foreach (var text in Texts)
        {
            writer.WriteStringValue(text);
        }

        foreach (var number in Numbers)
        {
            writer.WriteRawValue(ExactNumber.Text(number));
        }

        writer.WriteEndArray();
    }
}
