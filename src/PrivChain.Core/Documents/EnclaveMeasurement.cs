using PrivChain.Core.Bytes;

namespace PrivChain.Core.Documents;

/// <summary>What was measured of an enclave as evidence carries it (48 bytes; of several registers, one digest over them) and as the ledger names it (its digest).</summary>
public static class EnclaveMeasurement
{
    /// <summary>The digest that governors enrol and session entries refer to.</summary>
    public static Digest DigestOf(ReadOnlySpan<byte> measurement) => Digest.Sha256(Labels.Measurement, measurement.ToArray());
}
