using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Terminal;

/// <summary>What a person can do about a refusal.</summary>
internal static class Advice
{
    public static string For(RefusalReason reason) => reason switch
    {
        RefusalReason.BadSettings => "see --help",
        RefusalReason.WrongSuite => "take a keystore of the ledger's suite: `privchain wallet new --suite`",
        RefusalReason.WrongPassphrase => "try again; what is lost cannot be recovered without the phrase",
        RefusalReason.TooWeak => "choose a longer passphrase or a higher cost",
        RefusalReason.NotEnrolled => "ask a governor to enrol the account",
        RefusalReason.NotApproved => "a regulator approves with `privchain contract approve`",
        RefusalReason.Expired or RefusalReason.Exhausted or RefusalReason.Revoked => "ask the person again with `privchain request`",
        RefusalReason.CertificateRevoked => "do not deal with it; governors end an enrolment with `privchain expel`",
        RefusalReason.TooFewPoints => "governors grant points when they enrol",
        RefusalReason.Unavailable => "is the deployment up? `privchain up`",
        RefusalReason.NotFound => "check the name, and that this account may see it",
        RefusalReason.EvidenceNotAccepted => "only kinds that the contract or policy names are taken; simulated evidence, which proves nothing about hardware, with --accept-simulated or a policy that says so",
        RefusalReason.MeasurementNotAccepted => "governors enrol a measurement with `privchain enrol measurement`",
        RefusalReason.UntrustedRoot => "name the root that you trust: a genesis, or --root; for an organisation, --certificate with its own first",
        RefusalReason.MissingCollateral => "fetch it with `privchain attest collateral fetch`",
        RefusalReason.UnsupportedFormat => "name the kind with --kind",
        RefusalReason.BadPolicy => "see `privchain attest policy check`",
        RefusalReason.OverAsking or RefusalReason.UnsafeContract => "see `privchain contract check`",
        RefusalReason.Overloaded => "wait and try again",
        RefusalReason.SplitView => "keep this proof: two signed histories disagree",
        RefusalReason.Erased => "the record is gone for good",
        _ => string.Empty,
    };
}
