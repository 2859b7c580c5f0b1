namespace PrivChain.Attestation.Claims;

/// <summary>
/// Status of a platform's trusted computing base in Intel's words, best first: the order is the one a policy's minimum is judged by. Other vendors' evidence, which has version numbers and no status, says
/// <see cref="NotApplicable"/>.
/// </summary>
public enum TcbStatus
{
    /// <summary>The format has no status; a policy's floors for versions speak instead.</summary>
    NotApplicable = 0,
    /// <summary>Nothing to do.</summary>
    UpToDate = 1,
    /// <summary>Software inside must be built against an advisory.</summary>
    SWHardeningNeeded = 2,
    /// <summary>A setting of the platform has to be changed.</summary>
    ConfigurationNeeded = 3,
    /// <summary>Both of the above.</summary>
    ConfigurationAndSWHardeningNeeded = 4,
    /// <summary>The module below was updated; the TD must be launched anew to profit.</summary>
    TDRelaunchAdvised = 5,
    /// <summary>The same, and a setting has to be changed.</summary>
    TDRelaunchAdvisedConfigurationNeeded = 6,
    /// <summary>An update is missing.</summary>
    OutOfDate = 7,
    /// <summary>An update is missing and a setting has to be changed.</summary>
    OutOfDateConfigurationNeeded = 8,
    /// <summary>Nobody looked: no collateral was given.</summary>
    NotChecked = 9,
    /// <summary>Keys of this level are known to be lost.</summary>
    Revoked = 10,
}
