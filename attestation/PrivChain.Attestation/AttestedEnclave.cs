namespace PrivChain.Attestation;

/// <summary>An enclave whose evidence was accepted under a policy. Code that sends secrets takes this, not an address. Only <see cref="EvidenceVerifier"/> makes one.</summary>
public sealed class AttestedEnclave
{
    internal AttestedEnclave(EnclaveClaims claims) => Claims = claims;

    /// <summary>What was proved, and what was not.</summary>
    public EnclaveClaims Claims { get; }

    /// <summary>True when nothing about hardware was proved; every receipt and screen says so.</summary>
    public bool IsSimulated => Claims.Kind == EvidenceKind.Simulated;
}
