using PrivChain.Core.Bytes;

namespace PrivChain.Enclave.State;

/// <summary>The largest witnessed ledger this broker has seen: a smaller one, or another one of this size, is refused for ever.</summary>
/// <param name="Size">Entries.</param>
/// <param name="Root">Root over them.</param>
internal readonly record struct LedgerMinimum(ulong Size, Digest Root);
