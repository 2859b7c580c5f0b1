using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources;

/// <summary>A source in front of hardware: parts from the device, in an envelope.</summary>
public abstract class HardwareSource : IEvidenceSource
{
    private protected HardwareSource()
    {
    }

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Measurement { get; private protected set; }

    /// <inheritdoc/>
    public virtual ReadOnlyMemory<byte> Program => Measurement;

    /// <summary>What makes the evidence, in words: a path, a device.</summary>
    public abstract string Origin { get; }

    /// <inheritdoc/>
    /// <exception cref="EvidenceSourceException">The device gave none.</exception>
    public async ValueTask<byte[]> GetEvidenceAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation) =>
        ReceivedEvidence.Wrap(Kind, await GetPartsAsync(reportData, cancellation).ConfigureAwait(false));

    /// <summary>Fresh evidence that binds 64 bytes, in the parts of its kind.</summary>
    /// <exception cref="EvidenceSourceException">The device gave none.</exception>
    public ValueTask<EvidenceParts> GetPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation)
    {
        if (reportData.Length != EnclaveClaims.ReportDataSize)
        {
            throw new ArgumentException($"report data has {EnclaveClaims.ReportDataSize} bytes", nameof(reportData));
        }

        cancellation.ThrowIfCancellationRequested();
        return ReadPartsAsync(reportData, cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="EvidenceSourceException">It has none to give (<see cref="EvidenceSourceFault.CannotSeal"/>).</exception>
    public abstract byte[] DeriveSealingKey();

    private protected abstract ValueTask<EvidenceParts> ReadPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation);

    private protected EvidenceSourceException Fault(EvidenceSourceFault fault, string detail, Exception? inner = null) => new(fault, Kind, detail, inner);

    /// <summary>Reads what the device gave with the reader of whoever will verify it: what cannot be read, or binds other bytes than were asked for, is refused here.</summary>
    private protected ReceivedEvidence Read(EvidenceParts parts, ReadOnlyMemory<byte> asked)
    {
        var received = ReceivedEvidence.Parse(Kind, parts);
        if (!received.Accepted)
        {
            throw Fault(received.Fault.Reason == AttestationRefusal.UnknownVersion ? EvidenceSourceFault.UnsupportedForm : EvidenceSourceFault.BadAnswer, received.Fault.ToString());
        }

        MustBind(Decoded(received.Value, "report_data"), asked);
        return received.Value;
    }

    /// <summary>A field that the reader decoded.</summary>
    private protected static byte[] Decoded(ReceivedEvidence received, string field) =>
        Convert.FromHexString(received.Fields.Single(candidate => candidate.Name == field).Value!.GetValue<string>());

    /// <summary>The bytes at a place of the evidence, where its specification puts them.</summary>
    private protected ReadOnlyMemory<byte> Field(ReadOnlyMemory<byte> evidence, int offset, int length, string name) =>
        evidence.Length >= offset + length ? evidence.Slice(offset, length) : throw Fault(EvidenceSourceFault.BadAnswer, $"{evidence.Length} bytes, too few for {name}");

    /// <summary>A quote that binds other bytes than were asked for is somebody else's: it would be refused by whoever gets it, so it is refused here.</summary>
    private protected void MustBind(ReadOnlyMemory<byte> bound, ReadOnlyMemory<byte> asked)
    {
        if (!bound.Span.SequenceEqual(asked.Span))
        {
            throw Fault(EvidenceSourceFault.BadAnswer, "the evidence binds other report data than was asked for");
        }
    }

    private protected static byte[] Padded(ReadOnlySpan<byte> measurement)
    {
        var padded = new byte[EnclaveClaims.MeasurementSize];
        measurement.CopyTo(padded);
        return padded;
    }
}
