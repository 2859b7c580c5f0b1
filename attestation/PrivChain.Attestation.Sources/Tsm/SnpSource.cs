using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>SEV-SNP reports with the host's certificate table, from configfs-tsm; sealing keys from the firmware (<see cref="SevGuestDevice"/>).</summary>
public sealed class SnpSource : HardwareSource
{
    private readonly ITsmFolder _tsm;
    private readonly SevGuestDevice _device;

    internal SnpSource(ITsmFolder tsm, SevGuestDevice device)
    {
        _tsm = tsm;
        _device = device;
        Measurement = Decoded(Ask(new byte[EnclaveClaims.ReportDataSize]), "measurement");
    }

    /// <summary>The provider that configfs-tsm names.</summary>
    public const string Provider = "sev_guest";

    /// <inheritdoc/>
    public override string Kind => EvidenceKind.SevSnp;

    /// <inheritdoc/>
    public override string Origin => "configfs-tsm, provider " + Provider;

    /// <inheritdoc/>
    public override byte[] DeriveSealingKey() => SealingKey.Derive(Kind, _device.DeriveKey());

    private protected override ValueTask<EvidenceParts> ReadPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation) => ValueTask.FromResult(Ask(reportData).Parts);

    // Report and certificate table, one behind the other.
    private ReceivedEvidence Ask(ReadOnlyMemory<byte> reportData)
    {
        var report = TsmRequest.Ask(_tsm, Kind, Provider, reportData.Span);
        return Read(EvidenceParts.Of((byte[])[.. report.OutBlob.Span, .. report.AuxBlob.Span]), reportData);
    }
}
