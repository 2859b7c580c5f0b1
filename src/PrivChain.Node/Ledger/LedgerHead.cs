using PrivChain.Core.Bytes;

namespace PrivChain.Node.Ledger;

/// <summary>A checkpoint that may be shown: size and root, and the note that says so.</summary>
/// <param name="Size">Entries covered, all durable.</param>
/// <param name="Root">Root over them.</param>
/// <param name="Note">The signed note, with cosignatures where it is witnessed.</param>
internal sealed record LedgerHead(ulong Size, Digest Root, ReadOnlyMemory<byte> Note);
