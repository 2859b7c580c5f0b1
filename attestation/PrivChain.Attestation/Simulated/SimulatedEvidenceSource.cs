using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Sources;

namespace PrivChain.Attestation.Simulated;

/// <summary>Evidence of a <see cref="SimulatedRoot"/> for one program.</summary>
/// <param name="root">The test root; stays the caller's.</param>
/// <param name="measurement">48 bytes.</param>
/// <param name="svn">Security version of the program.</param>
/// <param name="time">The clock that the root signs.</param>
public sealed class SimulatedEvidenceSource(SimulatedRoot root, ReadOnlyMemory<byte> measurement, ushort svn, TimeProvider time) : IEvidenceSource
{
    /// <inheritdoc/>
    public string Kind => EvidenceKind.Simulated;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Measurement => measurement;

    /// <inheritdoc/>
    public ValueTask<byte[]> GetEvidenceAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(root.Issue(measurement.Span, svn, debug: false, reportData.Span, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    /// <inheritdoc/>
    public byte[] DeriveSealingKey() => root.DeriveSealingKey(measurement.Span);
}
