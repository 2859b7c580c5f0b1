namespace PrivChain.Core.Refusals;

/// <summary>
/// Why something was refused. One list serves ledger, gRPC status, screen text and exit code; the number is the exit code,
/// so it stays under 200, and no value is ever renumbered or used again.
/// </summary>
public enum RefusalReason
{
    /// <summary>Not refused.</summary>
    None = 0,

    // 10-29: what arrived.
    /// <summary>The bytes or text are not of the form the format allows.</summary>
    Malformed = 10,
    /// <summary>Larger than the limit of this place.</summary>
    TooLarge = 11,
    /// <summary>A version, suite or kind that this program does not know.</summary>
    UnknownVersion = 12,
    /// <summary>A signature is wrong, not low-s, or by another signer.</summary>
    BadSignature = 13,
    /// <summary>Content does not have the digest it is named by.</summary>
    DigestMismatch = 14,
    /// <summary>Ciphertext or tag is wrong, or the key or context is another one.</summary>
    CannotOpen = 15,
    /// <summary>Made for another ledger or chain.</summary>
    WrongLedger = 16,
    /// <summary>A passphrase or phrase is wrong.</summary>
    WrongPassphrase = 17,
    /// <summary>Below the floor for key derivation, key size or suite.</summary>
    TooWeak = 18,
    /// <summary>The record does not follow its schema.</summary>
    SchemaViolation = 19,
    /// <summary>Command line or configuration is wrong.</summary>
    BadSettings = 20,
    /// <summary>Of another cryptographic suite than the ledger's.</summary>
    WrongSuite = 21,

    // 30-59: ledger rules.
    /// <summary>The signer does not hold the role that this entry needs.</summary>
    NotEnrolled = 30,
    /// <summary>The same document or digest is already on the ledger.</summary>
    AlreadyRecorded = 31,
    /// <summary>The entry refers to something that is not on the ledger.</summary>
    UnknownReference = 32,
    /// <summary>The contract is not approved, or its approval was withdrawn.</summary>
    NotApproved = 33,
    /// <summary>Before the time from which it is valid.</summary>
    NotYetValid = 34,
    /// <summary>After the time until which it is valid.</summary>
    Expired = 35,
    /// <summary>The consent was revoked earlier on the ledger.</summary>
    Revoked = 36,
    /// <summary>All uses are spent.</summary>
    Exhausted = 37,
    /// <summary>The institution has too few points for the price.</summary>
    TooFewPoints = 38,
    /// <summary>The signer is not the party entitled to this.</summary>
    NotYours = 39,
    /// <summary>Times, uses or price are outside what the contract allows.</summary>
    TermsOutsideContract = 40,
    /// <summary>The use is already delivered.</summary>
    AlreadyDelivered = 41,
    /// <summary>The record was erased.</summary>
    Erased = 42,
    /// <summary>A field that must be zero for this kind is not.</summary>
    TermsNotAllowed = 43,
    /// <summary>Ledger time would run backwards.</summary>
    TimeWentBack = 44,

    // 60-79: trail.
    /// <summary>An inclusion or consistency proof does not hold.</summary>
    BadProof = 60,
    /// <summary>Two signed checkpoints disagree: proof of guilt.</summary>
    SplitView = 61,
    /// <summary>Fewer witnesses than the ledger's quorum have cosigned.</summary>
    NotWitnessed = 62,
    /// <summary>A checkpoint older or smaller than one already seen.</summary>
    StaleHead = 63,
    /// <summary>Part of the trail is missing.</summary>
    Incomplete = 64,
    /// <summary>Time asserted by the witness and time of the ledger are too far apart.</summary>
    ClockSkew = 65,

    // 80-99: evidence.
    /// <summary>The kind of evidence is not named by the policy (simulated evidence included).</summary>
    EvidenceNotAccepted = 80,
    /// <summary>The evidence is not signed by a root that the ledger names.</summary>
    UntrustedRoot = 81,
    /// <summary>The measurement is not enrolled.</summary>
    MeasurementNotAccepted = 82,
    /// <summary>The evidence is of a debug enclave.</summary>
    DebugEnclave = 83,
    /// <summary>The evidence does not bind this key, nonce or ledger.</summary>
    EvidenceNotBound = 84,
    /// <summary>The evidence is too old, or of the future.</summary>
    EvidenceNotFresh = 85,
    /// <summary>The security version is below the floor.</summary>
    TcbTooOld = 86,
    /// <summary>This session key was recorded before: a clone.</summary>
    CloneRefused = 87,
    /// <summary>The contract demands more unlike roots than are present.</summary>
    TooFewRoots = 88,

    // 100-119: contracts, consents, queries.
    /// <summary>The contract asks for more than its purpose allows.</summary>
    OverAsking = 100,
    /// <summary>The field is not named by contract or consent.</summary>
    FieldNotInContract = 101,
    /// <summary>Meant for somebody else: the reply key is not the one in the consent, or a sign-in is for another address than the one dialled.</summary>
    WrongRecipient = 102,
    /// <summary>The issuer did not sign this, or is not enrolled for this kind of record.</summary>
    IssuerNotTrusted = 103,
    /// <summary>The record or its consent package is not there.</summary>
    RecordMissing = 104,
    /// <summary>The query does not fit the contract.</summary>
    QueryOutsideContract = 105,
    /// <summary>The checker found limits missing, or forms that pin a value down.</summary>
    UnsafeContract = 106,
    /// <summary>The person refused the request.</summary>
    RefusedByPerson = 107,
    /// <summary>A value cannot be put into the form the contract names.</summary>
    FormNotApplicable = 108,

    // 120-139: service.
    /// <summary>No valid sign-in.</summary>
    NotSignedIn = 120,
    /// <summary>Signed in, but not allowed to do this with that.</summary>
    NotAllowed = 121,
    /// <summary>No such thing, or none that this caller may see.</summary>
    NotFound = 122,
    /// <summary>Rate, size of queue or quota is used up; try again later.</summary>
    Overloaded = 123,
    /// <summary>Not reachable, starting or stopping.</summary>
    Unavailable = 124,
    /// <summary>No deadline was set, it is too long, or it passed.</summary>
    Deadline = 125,
    /// <summary>Something with this identity is already there with other content.</summary>
    Conflict = 126,
    /// <summary>Disk or storage failed; nothing was acknowledged.</summary>
    StorageFailed = 127,
    /// <summary>A steering variable or file is not on the enclave's list.</summary>
    UnmeasuredInput = 128,
    /// <summary>The caller cancelled.</summary>
    Cancelled = 129,

    // 130-139: a wallet outside that signs.
    /// <summary>No wallet is there, or it did not answer as wallets do.</summary>
    WalletUnavailable = 130,
    /// <summary>The person said no in the wallet.</summary>
    WalletRefused = 131,
    /// <summary>The wallet signed with another account, or something else than it was asked.</summary>
    WalletAccount = 132,
    /// <summary>The wallet is set to another chain than the ledger's.</summary>
    WalletChain = 133,

    // 140-169: evidence of real hardware and its collateral.
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
    /// <summary>A certificate chain breaks a path rule.</summary>
    InvalidChain = 147,
    /// <summary>Signatures of a certificate chain fit, names do not.</summary>
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
    /// <summary>A value bound by hash inside the evidence does not fit.</summary>
    BindingMismatch = 154,
    /// <summary>The key that a token names is not in the key set.</summary>
    UnknownKey = 155,
    /// <summary>The signature algorithm is not on the list for this format.</summary>
    AlgorithmNotAllowed = 156,
    /// <summary>A token of another issuer.</summary>
    IssuerMismatch = 157,
    /// <summary>A TPM structure of another type than a quote.</summary>
    WrongAttestType = 158,
    /// <summary>A format id that is not known.</summary>
    UnsupportedFormat = 159,
    /// <summary>A wrapper without evidence in it.</summary>
    MissingEvidence = 160,
    /// <summary>The TCB status is below the policy's minimum.</summary>
    TcbStatusNotAccepted = 161,
    /// <summary>The policy denies this chip family, or does not name this hardware id.</summary>
    PlatformNotAccepted = 162,
    /// <summary>A mode of the platform that the policy does not allow.</summary>
    ConditionNotAccepted = 163,
    /// <summary>The algorithm is known but cannot be verified here.</summary>
    UnsupportedAlgorithm = 164,
    /// <summary>Collateral is valid but older than the policy allows.</summary>
    CollateralTooOld = 165,
    /// <summary>An advisory is open for which the policy has no exception in force.</summary>
    AdvisoryNotAccepted = 166,
    /// <summary>Claims without any signature.</summary>
    Unsigned = 167,
    /// <summary>The appraisal policy itself is not usable.</summary>
    BadPolicy = 168,

    /// <summary>Our own invariant is broken.</summary>
    Internal = 199,
}
