using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>The calendar year of a date.</summary>
public sealed class YearForm : FieldForm
{
    /// <inheritdoc/>
    public override string Name => "year";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => null;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => type == FieldType.Date;

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context) =>
        CalendarDate.TryRead(value, out var date) ? FormResult.OfYear(date.Year) : NotApplicable("a date");
}
