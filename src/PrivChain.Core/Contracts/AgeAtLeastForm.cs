using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>Only whether so many full years have passed since the date, by the calendar.</summary>
public sealed class AgeAtLeastForm : FieldForm
{
    internal const int MaximumYears = 150;

    internal AgeAtLeastForm(int years) => Years = years;

    /// <summary>The wanted age, 1 to 150.</summary>
    public int Years { get; }

    /// <inheritdoc/>
    public override string Name => "age-at-least";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => 2;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => type == FieldType.Date;

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context)
    {
        if (!CalendarDate.TryRead(value, out var birth))
        {
            return NotApplicable("a date");
        }

        return birth > context.Today ? NotApplicable("a date that is not in the future") : FormResult.OfYesNo(CalendarDate.FullYears(birth, context.Today) >= Years);
    }

    private protected override void WriteParameters(Utf8JsonWriter writer) => writer.WriteNumber("years", Years);
}
