namespace PrivChain.Attestation.Claims;

/// <summary>Modes of a platform that weaken what evidence means. Each is refused unless a policy names it in <c>acceptedConditions</c>.</summary>
public static class EvidenceCondition
{
    /// <summary>SEV-SNP or TDX: the guest may be migrated by an agent.</summary>
    public const string MigrationAllowed = "migration-allowed";

    /// <summary>SEV-SNP: the report was asked for from a privilege level other than 0.</summary>
    public const string VmplNotZero = "vmpl-not-zero";

    /// <summary>SEV-SNP: simultaneous multithreading may be on. Almost every cloud needs it.</summary>
    public const string SmtAllowed = "smt-allowed";

    /// <summary>SEV-SNP: current and committed firmware differ, so it can be rolled back.</summary>
    public const string ProvisionalFirmware = "provisional-firmware";

    /// <summary>TDX: the host can inject #VE into the guest (SEPT_VE_DISABLE is not set).</summary>
    public const string SeptVeEnabled = "sept-ve-enabled";

    /// <summary>TDX: a service TD is bound (MRSERVICETD is not zero).</summary>
    public const string ServiceTd = "service-td";

    /// <summary>TDX: supervisor protection keys or performance counters are in the guest's hands, or the attribute is reserved.</summary>
    public const string UnusualTdAttributes = "unusual-td-attributes";

    /// <summary>Hashes that can be forged (SHA-1).</summary>
    public const string WeakHash = "weak-hash";

    /// <summary>A key that is too short (RSA below 2048 bits) and that the evidence vouches for.</summary>
    public const string WeakKey = "weak-key";

    /// <summary>The clock of a TPM may have gone back since it was last right.</summary>
    public const string ClockNotSafe = "clock-not-safe";

    /// <summary>DICE or another device that says itself it is not configured, not secured or in recovery.</summary>
    public const string DeviceNotSecured = "device-not-secured";

    /// <summary>Nothing in the evidence says whether debugging is possible, where its format has a place to say it.</summary>
    public const string DebugNotStated = "debug-not-stated";

    /// <summary>Secure boot is off in a guest whose evidence says so.</summary>
    public const string SecureBootOff = "secure-boot-off";

    /// <summary>Every condition.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        MigrationAllowed, VmplNotZero, SmtAllowed, ProvisionalFirmware, SeptVeEnabled, ServiceTd, UnusualTdAttributes, WeakHash, WeakKey, ClockNotSafe, DeviceNotSecured, DebugNotStated, SecureBootOff,
    ];
}
