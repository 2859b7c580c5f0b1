namespace PrivChain.Sdk.Connection;

/// <summary>How far following a ledger has come.</summary>
/// <param name="Done">Entries verified.</param>
/// <param name="Total">Entries of the checkpoint that is followed.</param>
public readonly record struct LedgerProgress(ulong Done, ulong Total);
