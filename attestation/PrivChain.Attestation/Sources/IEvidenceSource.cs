namespace PrivChain.Attestation.Sources;

/// <summary>Where an enclave gets its evidence from: one implementation for each root of trust.</summary>
public interface IEvidenceSource
{
    /// <summary>The kind of evidence it makes.</summary>
    string Kind { get; }

    /// <summary>The measurement under which it runs, 48 bytes.</summary>
    ReadOnlyMemory<byte> Measurement { get; }

    /// <summary>Everything that was measured of what runs, 48 bytes, as <see cref="Claims.EnclaveClaims.Program"/> has it.</summary>
    ReadOnlyMemory<byte> Program => Measurement;

    /// <summary>Fresh evidence that binds 64 bytes of report data.</summary>
    ValueTask<byte[]> GetEvidenceAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation);

    /// <summary>A 32-byte key that only this measurement on this machine gets again; the caller wipes it.</summary>
    byte[] DeriveSealingKey();
}
