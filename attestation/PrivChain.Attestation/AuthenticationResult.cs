namespace PrivChain.Attestation;

/// <summary>What authentication found about genuine evidence, before any policy is asked. Only <see cref="Valid"/> passes the default policy.</summary>
public enum AuthenticationResult
{
    /// <summary>Every check that the format has was made and holds.</summary>
    Valid = 1,
    /// <summary>Genuine, in debug mode.</summary>
    ValidDebug = 2,
    /// <summary>Genuine, on a platform whose TCB status is not UpToDate.</summary>
    ValidTcbNotUpToDate = 3,
    /// <summary>Signatures and chain hold; collateral or reference values that say more were not given.</summary>
    ValidSignatureOnly = 4,
    /// <summary>A certificate chain that holds, without a report.</summary>
    ValidChain = 5,
    /// <summary>Genuine, over hashes that can be forged (SHA-1).</summary>
    ValidWeakHash = 6,
}
