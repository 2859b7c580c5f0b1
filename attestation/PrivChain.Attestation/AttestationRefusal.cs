namespace PrivChain.Attestation;

/// <summary>
/// Why evidence was refused. The numbers are those of the platform's one list of refusals, so that a caller maps by number; this library stands alone and repeats only
/// the reasons it uses. <see cref="VerdictName"/> has the name of each in the vocabulary of verdicts that other verifiers' test sets use.
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
    /// <summary>A signature over the evidence, or inside its own chain, is wrong.</summary>
    BadSignature = 13,
    /// <summary>A certificate, list, collateral item or token is not valid yet at the time of verification.</summary>
    NotYetValid = 34,
    /// <summary>A certificate, list, collateral item or token is not valid any more at the time of verification.</summary>
    Expired = 35,
    /// <summary>The policy does not name this kind of evidence (simulated evidence included).</summary>
    EvidenceNotAccepted = 80,
    /// <summary>Not signed by a root that the caller trusts.</summary>
    UntrustedRoot = 81,
    /// <summary>Neither the measurement nor the signer is on the policy's lists.</summary>
    MeasurementNotAccepted = 82,
    /// <summary>The enclave runs in debug mode.</summary>
    DebugEnclave = 83,
    /// <summary>The evidence binds other keys, another ledger, role or nonce.</summary>
    EvidenceNotBound = 84,
    /// <summary>Too old, or from the future, or without anything that shows its age.</summary>
    EvidenceNotFresh = 85,
    /// <summary>The security version is below the floor.</summary>
    TcbTooOld = 86,
    /// <summary>Fewer unlike roots than the policy wants.</summary>
    TooFewRoots = 88,
    /// <summary>Collateral is not signed by whom it must be.</summary>
    BadCollateralSignature = 140,
    /// <summary>Collateral does not parse.</summary>
    MalformedCollateral = 141,
    /// <summary>Collateral that the verdict needs is absent.</summary>
    MissingCollateral = 142,
    /// <summary>Collateral is for another platform or kind of TEE.</summary>
    CollateralMismatch = 143,
    /// <summary>A certificate is on its issuer's revocation list.</summary>
    CertificateRevoked = 144,
    /// <summary>The vendor has revoked this TCB level.</summary>
    TcbRevoked = 145,
    /// <summary>A certificate between evidence and root is absent.</summary>
    IncompleteChain = 146,
    /// <summary>The chain breaks a path rule: not a CA, path too long, key usage, a critical extension that nobody read.</summary>
    InvalidChain = 147,
    /// <summary>Signatures chain, names do not.</summary>
    ChainNameMismatch = 148,
    /// <summary>No TCB level of the collateral matches.</summary>
    UnsupportedTcb = 149,
    /// <summary>The quoting enclave is not the one that the collateral describes.</summary>
    QeIdentityMismatch = 150,
    /// <summary>The TDX module is not one that the collateral describes.</summary>
    TdxModuleMismatch = 151,
    /// <summary>The nonce is not the one that was asked for.</summary>
    NonceMismatch = 152,
    /// <summary>The event log does not replay to the measured values.</summary>
    EventLogMismatch = 153,
    /// <summary>Signatures are right, but a value bound by hash inside the evidence does not fit.</summary>
    BindingMismatch = 154,
    /// <summary>The key that a token names is not in the key set.</summary>
    UnknownKey = 155,
    /// <summary>The signature algorithm is not on the list for this format.</summary>
    AlgorithmNotAllowed = 156,
    /// <summary>A token of another issuer.</summary>
    IssuerMismatch = 157,
    /// <summary>A TPM structure of another type than a quote.</summary>
    WrongAttestType = 158,
    /// <summary>A format id that this library does not know.</summary>
    UnsupportedFormat = 159,
    /// <summary>A wrapper without evidence in it.</summary>
    MissingEvidence = 160,
    /// <summary>The TCB status is below the policy's minimum.</summary>
    TcbStatusNotAccepted = 161,
    /// <summary>The policy denies this chip family, or does not name this hardware id.</summary>
    PlatformNotAccepted = 162,
    /// <summary>A mode that the policy does not allow: migration, another VMPL, a service TD, weak hashes.</summary>
    ConditionNotAccepted = 163,
    /// <summary>The algorithm is known but cannot be verified here.</summary>
    UnsupportedAlgorithm = 164,
    /// <summary>Collateral is valid but older than the policy allows.</summary>
    CollateralTooOld = 165,
    /// <summary>An advisory is open for which the policy has no exception in force.</summary>
    AdvisoryNotAccepted = 166,
    /// <summary>Claims without any signature: they may be looked at and are never evidence.</summary>
    Unsigned = 167,
    /// <summary>The policy itself is not usable.</summary>
    BadPolicy = 168,
}
