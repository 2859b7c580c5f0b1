using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>The nearest multiple of a step; a value half way goes away from zero.</summary>
public sealed class RoundForm : FieldForm
{
    internal RoundForm(decimal step) => Step = step;

    /// <summary>The step, more than zero.</summary>
    public decimal Step { get; }

    /// <inheritdoc/>
    public override string Name => "round";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => null;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => type is FieldType.Number or FieldType.Integer;

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context)
    {
        // The limit keeps the sum below inside what a decimal holds exactly.
        if (!ExactNumber.TryRead(value, out var number) || Math.Abs(number) >= ExactNumber.PortableLimit)
        {
            return NotApplicable("a number below 10^15");
        }

        // Remainder and difference are exact in decimal; a division would not be.
        var remainder = Math.Abs(number) % Step;
        var lower = Math.Abs(number) - remainder;
        var rounded = Math.Sign(number) * (remainder >= Step - remainder ? lower + Step : lower);
        return ExactNumber.IsPortable(rounded) ? FormResult.OfNumber(rounded) : NotApplicable("a number that rounds to at most 15 digits");
    }

    private protected override void WriteParameters(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("to");
        writer.WriteRawValue(ExactNumber.Text(Step));
    }
}
