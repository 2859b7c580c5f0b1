namespace PrivChain.Node.Ledger;

/// <summary>An entry as it stands: index and the bytes that were hashed.</summary>
internal sealed record StoredEntry(ulong Index, byte[] Bytes);
