using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.Node.Ledger;

/// <summary>Which entries to list; null means any.</summary>
internal sealed record EntryFilter(AccountAddress? Account, Digest? Reference, EntryKind? Kind);
