namespace PrivChain.Attestation;

/// <summary>The three steps of verification, in order (RFC 9334: evidence is authenticated, then appraised).</summary>
public enum AttestationStep
{
    /// <summary>Bytes to fields.</summary>
    Parse = 1,
    /// <summary>Signature and chain to a trusted root.</summary>
    Authenticate = 2,
    /// <summary>Claims against the policy.</summary>
    Appraise = 3,
}
