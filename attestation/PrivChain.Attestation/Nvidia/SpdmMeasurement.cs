namespace PrivChain.Attestation.Nvidia;

/// <summary>One measurement block in DMTF form (DSP0274, tables 22 and 23).</summary>
/// <param name="Index">1 to 255.</param>
/// <param name="ValueType">Bit 7: raw bytes and not a digest; lower bits: what was measured.</param>
/// <param name="Value">Digest or bytes.</param>
internal sealed record SpdmMeasurement(byte Index, byte ValueType, ReadOnlyMemory<byte> Value)
{
    /// <summary>False where the device has nothing to measure at this index.</summary>
    public bool IsMeasured => Value.Span.ContainsAnyExcept((byte)0);
}
