namespace PrivChain.Attestation.OpenEnclave;

/// <summary>The values of <c>oe_result_t</c> (<c>bits/result.h</c>) that mean something of their own here, and the reason that each is in our words.</summary>
internal static class OeResult
{
    public const int Ok = 0;
    public const int InvalidParameter = 3;
    public const int OutOfMemory = 5;
    public const int NotFound = 9;
    public const int ConstraintFailed = 14;
    public const int ServiceUnavailable = 18;
    public const int PlatformError = 21;
    public const int ReportParseError = 26;
    public const int MissingCertificateChain = 27;
    public const int JsonInfoParseError = 33;

    /// <summary>The evidence is genuine and its platform is not up to date: claims come along.</summary>
    public const int TcbLevelInvalid = 34;

    public const int QuoteProviderLoadError = 35;
    public const int QuoteProviderCallError = 36;
    public const int InvalidRevocationInfo = 37;
    public const int InvalidQeIdentityInfo = 39;
    public const int InvalidEndorsement = 40;
    public const int CrlExpired = 42;
    public const int CrlMissing = 43;
    public const int Revoked = 44;

    /// <summary>What a quoting enclave that is out of date under the collateral ends in: nothing valid is left to have a period.</summary>
    public const int FailedToFindValidityPeriod = 45;

    public const int IncorrectReportSize = 47;
    public const int QeIdentityVerificationFailed = 49;
    public const int QeIdentityUniqueIdMismatch = 50;
    public const int QeIdentityProductIdMismatch = 51;
    public const int QuoteHashMismatch = 58;
    public const int QuoteLibraryLoadError = 61;

    /// <summary>True for results that say something of this machine and nothing of the evidence.</summary>
    public static bool IsUnavailable(int result) => result is OutOfMemory or ServiceUnavailable or PlatformError or QuoteProviderLoadError or QuoteProviderCallError or QuoteLibraryLoadError;

    // What has no reason of its own (OE_VERIFY_FAILED stands for most) is a signature or chain that does not hold.
    public static AttestationRefusal Reason(int result) => result switch
    {
        InvalidParameter or ConstraintFailed or ReportParseError or IncorrectReportSize => AttestationRefusal.Malformed,
        NotFound => AttestationRefusal.UnsupportedFormat,
        MissingCertificateChain => AttestationRefusal.IncompleteChain,
        JsonInfoParseError or InvalidRevocationInfo or InvalidQeIdentityInfo or InvalidEndorsement => AttestationRefusal.MalformedCollateral,
        CrlMissing => AttestationRefusal.MissingCollateral,
        CrlExpired => AttestationRefusal.Expired,
        Revoked => AttestationRefusal.CertificateRevoked,
        QeIdentityVerificationFailed or QeIdentityUniqueIdMismatch or QeIdentityProductIdMismatch => AttestationRefusal.QeIdentityMismatch,
        FailedToFindValidityPeriod => AttestationRefusal.TcbStatusNotAccepted,
        QuoteHashMismatch => AttestationRefusal.BindingMismatch,
        _ => AttestationRefusal.BadSignature,
    };
}
