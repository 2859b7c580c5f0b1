using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>SEV-SNP reports with the host's certificate table, from configfs-tsm; sealing keys from the firmware (<see cref="SevGuestDevice"/>).</summary>
public sealed class SnpSource : HardwareSource
{
    // AMD 56860, table ATTESTATION_REPORT.
    private const int ReportSize = 0x4A0;
    private const int ReportDataOffset = 0x50;
    private const int MeasurementOffset = 0x90;

    private readonly ITsmFolder _tsm;
    private readonly SevGuestDevice _device;

    internal SnpSource(ITsmFolder tsm, SevGuestDevice device)
    {
        _tsm = tsm;
        _device = device;
        Measurement = Field(Ask(new byte[EnclaveClaims.ReportDataSize]).OutBlob, MeasurementOffset, EnclaveClaims.MeasurementSize, "the measurement").ToArray();
    }

    /// <summary>The provider that configfs-tsm names.</summary>
    public const string Provider = "sev_guest";

    /// <inheritdoc/>
    public override string Kind => EvidenceKind.SevSnp;

    /// <inheritdoc/>
    public override string Origin => "configfs-tsm, provider " + Provider;

    /// <inheritdoc/>
    public override byte[] DeriveSealingKey() => SealingKey.Derive(Kind, _device.DeriveKey());

    private protected override ValueTask<EvidenceParts> ReadPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation)
    {
        var report = Ask(reportData);
        return ValueTask.FromResult(EvidenceParts.Of((byte[])[.. report.OutBlob.Span, .. report.AuxBlob.Span]));
    }

    private TsmReport Ask(ReadOnlyMemory<byte> reportData)
    {
        var report = TsmRequest.Ask(_tsm, Kind, Provider, reportData.Span);
        if (report.OutBlob.Length != ReportSize)
        {
            throw Fault(EvidenceSourceFault.BadAnswer, $"a report of {report.OutBlob.Length} bytes, wanted {ReportSize}");
        }

        MustBind(Field(report.OutBlob, ReportDataOffset, EnclaveClaims.ReportDataSize, "report data"), reportData);
        return report;
    }
}
