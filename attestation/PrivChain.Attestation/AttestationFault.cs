namespace PrivChain.Attestation;

/// <summary>A refusal: where it happened and wanted against given. It never holds secrets.</summary>
/// <param name="Reason">The one reason.</param>
/// <param name="Step">The step that refused.</param>
/// <param name="Field">The field at fault, in the format's own words.</param>
/// <param name="Wanted">What would have been accepted.</param>
/// <param name="Given">What the evidence says.</param>
public sealed record AttestationFault(AttestationRefusal Reason, AttestationStep Step, string Field, string Wanted, string Given)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Reason} ({Step}, {Field}): wanted {Wanted}, given {Given}";

    internal static AttestationFault Parse(string field, string wanted, string given, AttestationRefusal reason = AttestationRefusal.Malformed) =>
        new(reason, AttestationStep.Parse, field, wanted, given);

    internal static AttestationFault Authenticate(AttestationRefusal reason, string field, string wanted, string given) =>
        new(reason, AttestationStep.Authenticate, field, wanted, given);

    internal static AttestationFault Appraise(AttestationRefusal reason, string field, string wanted, string given) =>
        new(reason, AttestationStep.Appraise, field, wanted, given);
}
