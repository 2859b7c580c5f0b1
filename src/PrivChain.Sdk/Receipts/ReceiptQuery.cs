using PrivChain.Core.Bytes;

namespace PrivChain.Sdk.Receipts;

/// <summary>The query in a receipt, and the proof that it is one of those that the use names.</summary>
/// <param name="Digest">Digest of the institution's query.</param>
/// <param name="Index">Position of the query among those of the use.</param>
/// <param name="Size">Number of queries of the use.</param>
/// <param name="Proof">RFC 9162 inclusion proof for the use's root.</param>
public sealed record ReceiptQuery(Digest Digest, uint Index, uint Size, IReadOnlyList<Digest> Proof);
