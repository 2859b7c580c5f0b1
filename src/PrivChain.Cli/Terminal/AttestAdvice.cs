using PrivChain.Attestation;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Terminal;

/// <summary>What a person can do about evidence that was refused: the same reasons mean other things there than in dealings with people.</summary>
internal static class AttestAdvice
{
    /// <param name="reason">Why it was refused.</param>
    /// <param name="field">What was wrong.</param>
    /// <param name="kind">The kind of evidence, or null when it did not read.</param>
    public static string For(AttestationRefusal reason, string field, string? kind) => reason switch
    {
        AttestationRefusal.Expired or AttestationRefusal.NotYetValid when IsCollateral(field) => "fetch it again with `privchain attest collateral fetch`, or judge as of another time with --at",
        AttestationRefusal.Expired or AttestationRefusal.NotYetValid => "ask for new evidence, or judge as of the time when this was made with --at",
        AttestationRefusal.EvidenceNotAccepted when kind == EvidenceKind.Simulated => "simulated evidence proves nothing about hardware; a policy that names it and says acceptSimulated takes it all the same",
        AttestationRefusal.EvidenceNotAccepted => "a policy takes the kinds that its acceptedKinds names",
        AttestationRefusal.MeasurementNotAccepted => "if this is the program that you mean, write its measurement into the policy",
        AttestationRefusal.CertificateRevoked => "do not deal with it",
        _ => Advice.For((RefusalReason)(int)reason),
    };

    private static bool IsCollateral(string field) =>
        CollateralName.All.Contains(field, StringComparer.Ordinal) || field.Contains("crl", StringComparison.OrdinalIgnoreCase) || field.StartsWith("tcbSigning", StringComparison.Ordinal);
}
