using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;

namespace PrivChain.Attestation;

/// <summary>An enclave whose evidence was accepted under a policy. Code that sends secrets takes this, not an address. Only <see cref="EvidenceVerifier"/> makes one.</summary>
public sealed class AttestedEnclave
{
    internal AttestedEnclave(AuthenticEvidence evidence, AppraisalPolicy policy)
    {
        Evidence = evidence;
        Policy = policy;
    }

    /// <summary>Evidence, collateral and time that this verdict follows from: the same three always give it again.</summary>
    public AuthenticEvidence Evidence { get; }

    /// <summary>The policy that accepted it.</summary>
    public AppraisalPolicy Policy { get; }

    /// <summary>What was proved, and what was not.</summary>
    public EnclaveClaims Claims => Evidence.Claims;

    /// <summary>True when nothing about hardware was proved; every receipt and screen says so.</summary>
    public bool IsSimulated => Claims.Kind == EvidenceKind.Simulated;
}
