using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Issuing;

/// <summary>What became of one record.</summary>
/// <param name="Position">Position among the records handed in, from 0.</param>
/// <param name="Record">Digest of the sealed record; zero where it was not sealed.</param>
/// <param name="Index">Index of the anchor.</param>
/// <param name="Refusal">Why it was refused, or null.</param>
public sealed record IssuedRecord(long Position, Digest Record, ulong Index, Refusal? Refusal);
