using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.Sdk.Connection;

/// <summary>
/// What parties look up beyond <see cref="LedgerState"/>, gathered from the same verified entries: nothing here is a node's hint, so a node can leave nothing out.
/// </summary>
public sealed class LedgerHistory
{
    private readonly Dictionary<AccountAddress, List<Digest>> _grants = [];
    private readonly Dictionary<AccountAddress, List<Digest>> _records = [];
    private readonly Dictionary<Digest, List<UseInTrail>> _uses = [];
    private readonly Dictionary<ulong, ulong> _enrolledAt = [];

    internal LedgerHistory()
    {
    }

    /// <summary>Consents signed by an account, oldest first.</summary>
    public IReadOnlyList<Digest> ConsentsOf(AccountAddress granter) => _grants.GetValueOrDefault(granter) ?? [];

    /// <summary>Records anchored to an account as holder, oldest first, erased ones included.</summary>
    public IReadOnlyList<Digest> RecordsOf(AccountAddress holder) => _records.GetValueOrDefault(holder) ?? [];

    /// <summary>Uses of a consent, oldest first.</summary>
    public IReadOnlyList<UseInTrail> UsesOf(Digest consent) => _uses.GetValueOrDefault(consent) ?? [];

    /// <summary>Time of the entry that completed an enrolment.</summary>
    public DateTimeOffset? EnrolledAt(Enrolment enrolment) =>
        _enrolledAt.TryGetValue(enrolment.Index, out var time) ? DateTimeOffset.FromUnixTimeMilliseconds(checked((long)time)) : null;

    internal void Add(ulong index, AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        switch (entry.Kind)
        {
            case EntryKind.Grant:
                ListOf(_grants, entry.Signer).Add(authentic.Digest);
                break;
            case EntryKind.Anchor:
                ListOf(_records, entry.Party).Add(entry.Reference);
                break;
            case EntryKind.Use:
                ListOf(_uses, entry.Reference).Add(new UseInTrail(authentic.Digest, index, DateTimeOffset.FromUnixTimeMilliseconds(checked((long)entry.Time)), entry.Count));
                break;
            case EntryKind.Enrol:
                _enrolledAt[index] = entry.Time;
                break;
        }
    }

    private static List<TItem> ListOf<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        return list;
    }
}
