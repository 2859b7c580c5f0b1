using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Intel;

/// <summary>
/// The TCB status of a quote by the rules of Intel's quote verification library (its "Quote Verification", steps 4.1.2.4.11 to 4.1.2.4.17): TDX module, quoting enclave, the platform's level, merged.
/// </summary>
internal sealed class TcbEvaluation
{
    private TcbEvaluation()
    {
    }

    /// <summary>The merged status, as the library's answer would be.</summary>
    public required TcbStatus Status { get; init; }

    /// <summary>The platform's level.</summary>
    public required TcbLevel Level { get; init; }

    /// <summary>The quoting enclave's level.</summary>
    public required ModuleLevel Qe { get; init; }

    /// <summary>The identity that judged the TDX module, or null for SGX and for modules of major version 0.</summary>
    public TdxModuleIdentity? Module { get; init; }

    /// <summary>The module's level, or null.</summary>
    public ModuleLevel? ModuleLevel { get; init; }

    /// <summary>Every advisory that is open at one of the levels.</summary>
    public IReadOnlyList<string> Advisories => [.. Level.Advisories.Concat(Qe.Advisories).Concat(ModuleLevel?.Advisories ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static AttestationVerdict<TcbEvaluation> Evaluate(IntelQuote quote, PckExtension platform, TcbInfo info, QeIdentity identity)
    {
        var td = quote.Td;
        var module = td is null ? null : info.ModuleOf(td.TeeTcbSvn.Span[1]);
        if (td is not null && (module is null || !module.IsOf(td)))
        {
            return Refuse(
                AttestationRefusal.TdxModuleMismatch, "mrsignerseam", module is null ? "an identity of this module" : "signer and attributes of the module's identity",
                $"major version {td.TeeTcbSvn.Span[1]}, signer {Convert.ToHexStringLower(td.MrSignerSeam.Span)}, attributes {Convert.ToHexStringLower(td.SeamAttributes.Span)}");
        }

        var report = quote.Signature.QeReport;
        if (identity.Mismatch(report) is { } mismatch)
        {
            return new AttestationVerdict<TcbEvaluation>(mismatch);
        }

        if (ModuleLevel.Match(identity.Levels, report.IsvSvn) is not { } qe)
        {
            return Refuse(AttestationRefusal.UnsupportedTcb, "qe.isvsvn", "a level of the quoting enclave's identity", $"{report.IsvSvn}");
        }

        // The first level, from the highest down, that the platform reaches; for TDX also the first that it reaches with the TDX components.
        var sgx = info.Levels.FirstOrDefault(level => level.IsReachedBy(platform.Components.Span, platform.PceSvn));
        var level = td is null ? sgx : info.Levels.FirstOrDefault(level => level.IsReachedBy(platform.Components.Span, platform.PceSvn) && level.IsReachedByTdx(td.TeeTcbSvn.Span));
        if (sgx is null || level is null)
        {
            return Refuse(
                AttestationRefusal.UnsupportedTcb, "tcbLevels", "a level that the platform reaches",
                $"components {Convert.ToHexStringLower(platform.Components.Span)}, PCESVN {platform.PceSvn}" + (td is null ? "" : $", TEE_TCB_SVN {Convert.ToHexStringLower(td.TeeTcbSvn.Span)}"));
        }

        ModuleLevel? moduleLevel = null;
        if (td is not null && td.TeeTcbSvn.Span[1] > 0 && (moduleLevel = ModuleLevel.Match(module!.Levels, td.TeeTcbSvn.Span[0])) is null)
        {
            return Refuse(AttestationRefusal.UnsupportedTcb, "tdxModuleIdentities", $"a level of {module.Id}", $"module version {td.TeeTcbSvn.Span[0]}");
        }

        var status = Merge(level.Status, moduleLevel?.Status ?? TcbStatus.UpToDate);
        if (td?.TeeTcbSvn2 is { } now && qe.Status == TcbStatus.UpToDate && moduleLevel?.Status == TcbStatus.OutOfDate && !IsOutOfDate(sgx.Status) && IsOutOfDate(status))
        {
            if (now.Span[1] > 0 && info.ModuleOf(now.Span[1]) is null)
            {
                return Refuse(AttestationRefusal.TdxModuleMismatch, "teeTcbSvn2", "an identity of the module that runs now", $"major version {now.Span[1]}");
            }

            status = Relaunch(now.Span, info, sgx.Status, status);
        }

        status = Merge(status, qe.Status);
        return status == TcbStatus.Revoked || sgx.Status == TcbStatus.Revoked
            ? Refuse(AttestationRefusal.TcbRevoked, "tcbStatus", "a level that is not revoked", $"level of {level.Date:u}")
            : new AttestationVerdict<TcbEvaluation>(
                new TcbEvaluation { Status = status, Level = level, Qe = qe, Module = moduleLevel is null ? null : module, ModuleLevel = moduleLevel });
    }

    /// <summary>A platform's status with that of one of its parts: revoked is revoked, and an outdated part makes the whole outdated.</summary>
    public static TcbStatus Merge(TcbStatus whole, TcbStatus part) => (part, whole) switch
    {
        (TcbStatus.Revoked, _) => TcbStatus.Revoked,
        (TcbStatus.OutOfDate, TcbStatus.UpToDate or TcbStatus.SWHardeningNeeded) => TcbStatus.OutOfDate,
        (TcbStatus.OutOfDate, TcbStatus.ConfigurationNeeded or TcbStatus.ConfigurationAndSWHardeningNeeded) => TcbStatus.OutOfDateConfigurationNeeded,
        _ => whole,
    };

    // The module was outdated when the TD was launched and is up to date now, under it: a new launch is all that is missing (step 4.1.2.4.17.4.3).
    private static TcbStatus Relaunch(ReadOnlySpan<byte> now, TcbInfo info, TcbStatus sgx, TcbStatus status)
    {
        var latest = info.Levels[0].Tdx.Span;
        var moduleNow = now[1] == 0 ? latest[0] : info.ModuleOf(now[1])!.Levels[0].IsvSvn;
        return now[0] < moduleNow || now[2] < latest[2] ? status
            : NeedsConfiguration(sgx) || NeedsConfiguration(status) ? TcbStatus.TDRelaunchAdvisedConfigurationNeeded
            : TcbStatus.TDRelaunchAdvised;
    }

    private static bool NeedsConfiguration(TcbStatus status) =>
        status is TcbStatus.ConfigurationNeeded or TcbStatus.ConfigurationAndSWHardeningNeeded or TcbStatus.OutOfDateConfigurationNeeded;

    private static bool IsOutOfDate(TcbStatus status) => status is TcbStatus.OutOfDate or TcbStatus.OutOfDateConfigurationNeeded or TcbStatus.Revoked;

    private static AttestationVerdict<TcbEvaluation> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
