using PrivChain.Core.Bytes;

namespace PrivChain.Sdk.Consent;

/// <summary>A record of the person's that was erased: what is left is its digest and the tombstone.</summary>
/// <param name="Record">Digest of the record.</param>
/// <param name="Tombstone">Where the erasure stands on the ledger.</param>
/// <param name="ErasedAt">When, by the ledger.</param>
public sealed record ErasedRecord(Digest Record, ulong Tombstone, DateTimeOffset ErasedAt);
