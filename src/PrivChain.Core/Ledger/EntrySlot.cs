namespace PrivChain.Core.Ledger;

/// <summary>The fields of an entry that a signed document can carry.</summary>
internal enum EntrySlot
{
    Role,
    Party,
    Reference,
    Details,
    NotBefore,
    NotAfter,
    Count,
    Price,
}
