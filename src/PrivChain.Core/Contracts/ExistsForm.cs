using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>
/// Only whether the record holds something. An empty text, list or object says nothing, so it counts as nothing: "there are procedures" of an empty list of procedures would be a lie about the
/// person. Text of blanks is something; where it must not be, the record's schema says so.
/// </summary>
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

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context) => FormResult.OfYesNo(value.ValueKind switch
    {
        JsonValueKind.String => !value.ValueEquals(string.Empty),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.GetPropertyCount() > 0,
        _ => true,
    });
}
