using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>Only whether the record holds a value. An empty text or list is a value: the issuer wrote it.</summary>
public sealed class ExistsForm : FieldForm
{
    /// <inheritdoc/>
    public override string Name => "exists";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => 2;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => true;

    // The one form for which absence is the answer and not the lack of one.
    private protected override FormResult WhenAbsent => FormResult.OfYesNo(false);

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context) => FormResult.OfYesNo(true);
}
