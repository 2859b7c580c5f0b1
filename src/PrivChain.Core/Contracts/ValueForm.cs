using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>The exact value, as the issuer signed it.</summary>
public sealed class ValueForm : FieldForm
{
    /// <inheritdoc/>
    public override string Name => "value";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => null;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => true;

    internal override int LongestResult(RecordField field) => base.LongestResult(field) + field.MaxValueBytes;

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context) => FormResult.OfValue(value);
}
