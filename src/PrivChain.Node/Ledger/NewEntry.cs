using PrivChain.Core.Bytes;

namespace PrivChain.Node.Ledger;

/// <summary>An entry that the rules admitted, about to be written.</summary>
internal sealed record NewEntry(ulong Index, byte[] Bytes, Digest Leaf, Digest Digest);
