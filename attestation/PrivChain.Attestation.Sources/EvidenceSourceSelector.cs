using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Sources.Dice;
using PrivChain.Attestation.Sources.Gramine;
using PrivChain.Attestation.Sources.Tpm;
using PrivChain.Attestation.Sources.Tsm;

namespace PrivChain.Attestation.Sources;

/// <summary>
/// Picks a source by what the machine has, the narrowest protection first: SGX under Gramine (this program alone), SEV-SNP, TDX (this guest), a DICE device that was named, a TPM (what was booted). The one that is
/// picked must work: when it fails, the choice fails. Simulated evidence is never picked; whoever wants it makes it by name.
/// </summary>
public static class EvidenceSourceSelector
{
    /// <summary>Lets the machine decide.</summary>
    public const string Auto = "auto";

    /// <summary>Names that <see cref="OpenAsync"/> takes, <see cref="Auto"/> first, then in the order of choice.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, EvidenceKind.Sgx, EvidenceKind.SevSnp, EvidenceKind.Tdx, EvidenceKind.FpgaDice, EvidenceKind.Tpm];

    /// <summary>Opens a source by name. Its <see cref="HardwareSource.Kind"/> and <see cref="HardwareSource.Origin"/> say which it is.</summary>
    /// <exception cref="EvidenceSourceException">The machine has none, or the one it has failed.</exception>
    /// <exception cref="ArgumentException">Not one of <see cref="Names"/>.</exception>
    public static async ValueTask<HardwareSource> OpenAsync(string name, EvidenceSourceSettings settings, CancellationToken cancellation) => (name == Auto ? Find(settings) : name) switch
    {
        EvidenceKind.Sgx => new GramineSource(settings.GramineFolder),
        EvidenceKind.SevSnp => new SnpSource(settings.Tsm, new SevGuestDevice()),
        EvidenceKind.Tdx => new TdxSource(settings.Tsm),
        EvidenceKind.FpgaDice => await DiceSource.OpenAsync(settings.DiceChannel, settings.Roots, settings.Time, cancellation).ConfigureAwait(false),
        EvidenceKind.Tpm => new TpmSource(settings.TpmTcti, settings.TpmPcrs, settings.StateFolder, settings.Time),
        null => throw new EvidenceSourceException(EvidenceSourceFault.Absent, Auto, "this machine has no root of trust that is known here"),
        _ => throw new ArgumentException($"wanted one of {string.Join(", ", Names)}", nameof(name)),
    };

    /// <summary>A sealing key of a TPM beside a source that has none. It opens for what was booted, not for this program alone.</summary>
    /// <exception cref="EvidenceSourceException">No TPM, or other PCR values than when it was made.</exception>
    public static byte[] DeriveTpmSealingKey(EvidenceSourceSettings settings)
    {
        using var tools = new TpmTools(settings.TpmTcti, settings.Time);
        return SealingKey.Derive(EvidenceKind.Tpm, TpmSeal.OpenOrCreate(tools, settings.TpmPcrs, settings.StateFolder));
    }

    private static string? Find(EvidenceSourceSettings settings)
    {
        if (GramineSource.IsPresent(settings.GramineFolder))
        {
            return EvidenceKind.Sgx;
        }

        return TsmRequest.ProviderOf(settings.Tsm) switch
        {
            SnpSource.Provider => EvidenceKind.SevSnp,
            TdxSource.Provider => EvidenceKind.Tdx,

            // A provider that is not known is a machine that is not known: what else it has would hide that.
            { } other => throw new EvidenceSourceException(EvidenceSourceFault.OtherProvider, Auto, $"configfs-tsm names the provider {other}, which is not known here"),
            null when settings.DiceChannel.Length > 0 => EvidenceKind.FpgaDice,
            null when File.Exists(settings.TpmDevice) => EvidenceKind.Tpm,
            null => null,
        };
    }
}
