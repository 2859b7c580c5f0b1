namespace PrivChain.Attestation;

/// <summary>
/// Why evidence was refused. The numbers are those of the platform's one list of refusals, so that a caller maps by number; this library stands alone and repeats only
/// the reasons it uses.
/// </summary>
public enum AttestationRefusal
{
    /// <summary>Not refused.</summary>
    None = 0,
    /// <summary>The bytes are not of the form the format allows.</summary>
    Malformed = 10,
    /// <summary>Larger than any evidence may be.</summary>
    TooLarge = 11,
    /// <summary>A kind or version that this library does not know.</summary>
    UnknownVersion = 12,
    /// <summary>The signature is wrong.</summary>
    BadSignature = 13,
    /// <summary>The policy does not name this kind of evidence (simulated evidence included).</summary>
    EvidenceNotAccepted = 80,
    /// <summary>Not signed by a root that the caller trusts.</summary>
    UntrustedRoot = 81,
    /// <summary>The measurement is not on the policy's list.</summary>
    MeasurementNotAccepted = 82,
    /// <summary>The enclave runs in debug mode.</summary>
    DebugEnclave = 83,
    /// <summary>The evidence binds other keys, another ledger, role or nonce.</summary>
    EvidenceNotBound = 84,
    /// <summary>Too old, or from the future.</summary>
    EvidenceNotFresh = 85,
    /// <summary>The security version is below the floor.</summary>
    TcbTooOld = 86,
    /// <summary>Fewer unlike roots than the policy wants.</summary>
    TooFewRoots = 88,
}
