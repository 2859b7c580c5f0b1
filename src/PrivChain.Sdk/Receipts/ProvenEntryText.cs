using PrivChain.Core.Bytes;

namespace PrivChain.Sdk.Receipts;

/// <summary>An entry in a receipt: where it stands, its bytes, and the proof that it is under the receipt's checkpoint.</summary>
/// <param name="Index">Position in the ledger.</param>
/// <param name="Entry">The bytes.</param>
/// <param name="Proof">RFC 9162 inclusion proof for the checkpoint's size.</param>
public sealed record ProvenEntryText(ulong Index, ReadOnlyMemory<byte> Entry, IReadOnlyList<Digest> Proof);
