using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.Sdk.Connection;

/// <summary>
/// What parties look up beyond <see cref="LedgerState"/>, gathered from the same verified entries: nothing here is a node's hint, so a node can leave nothing out. Read it where the
/// state is read (<see cref="VerifiedLedger.ReadStateAsync"/>).
/// </summary>
public sealed class LedgerHistory
{
    private readonly int _threshold;
    private readonly Dictionary<AccountAddress, List<Digest>> _grants = [];
    private readonly Dictionary<AccountAddress, List<Digest>> _records = [];
    private readonly Dictionary<Digest, (ulong Index, ulong Time)> _erasures = [];
    private readonly Dictionary<Digest, List<UseInTrail>> _uses = [];
    private readonly Dictionary<Digest, (Digest Receipt, ulong Index)> _deliveries = [];
    private readonly Dictionary<ulong, ulong> _enrolledAt = [];
    private readonly Dictionary<(Digest Contract, AccountAddress Regulator), List<(ulong Index, bool Approves)>> _opinions = [];
    private readonly List<Vote> _votes = [];

    internal LedgerHistory(int governorThreshold) => _threshold = governorThreshold;

    /// <summary>Consents signed by an account, oldest first.</summary>
    public IReadOnlyList<Digest> ConsentsOf(AccountAddress granter) => _grants.GetValueOrDefault(granter) ?? [];

    /// <summary>Records anchored to an account as holder, oldest first, erased ones included.</summary>
    public IReadOnlyList<Digest> RecordsOf(AccountAddress holder) => _records.GetValueOrDefault(holder) ?? [];

    /// <summary>Place and time (Unix ms) of a record's tombstone; null while it is not erased.</summary>
    internal (ulong Index, ulong Time)? ErasureOf(Digest record) => _erasures.TryGetValue(record, out var erasure) ? erasure : null;

    /// <summary>Uses of a consent, oldest first.</summary>
    public IReadOnlyList<UseInTrail> UsesOf(Digest consent) => _uses.TryGetValue(consent, out var uses) ? uses.ConvertAll(WithDelivery) : [];

    /// <summary>Digest of the receipt that a use's delivery names; null when it is not delivered.</summary>
    public Digest? ReceiptOf(Digest use) => _deliveries.TryGetValue(use, out var delivery) ? delivery.Receipt : null;

    /// <summary>Time of the entry that completed an enrolment.</summary>
    public DateTimeOffset? EnrolledAt(Enrolment enrolment) =>
        _enrolledAt.TryGetValue(enrolment.Index, out var time) ? UnixTime.DateOfMilliseconds(time) : null;

    /// <summary>
    /// Places of the votes that completed an enrolment before an entry, as many as the ledger demands; null when there was none. Whether the enrolment still holds is the state's matter.
    /// </summary>
    /// <param name="role">The role.</param>
    /// <param name="account">The account; zero for a measurement.</param>
    /// <param name="subject">The subject, or null for any.</param>
    /// <param name="before">Index of the entry that relied on it.</param>
    public IReadOnlyList<ulong>? EnrolmentBefore(LedgerRole role, AccountAddress account, Digest? subject, ulong before)
    {
        // Enrolments are few; the latest that reached the threshold in time is the one relied on.
        var complete = _votes
            .Where(vote => vote.Role == role && vote.Account == account && (subject is null || vote.Subject == subject) && vote.Index < before)
            .GroupBy(vote => vote.Document)
            .Where(votes => votes.Count() >= _threshold)
            .OrderByDescending(votes => votes.ElementAt(_threshold - 1).Index)
            .FirstOrDefault();
        return complete?.Take(_threshold).Select(vote => vote.Index).ToList();
    }

    /// <summary>True when the last word of a regulator on a contract before an entry was an approval.</summary>
    internal bool ApprovalStood(Digest contract, AccountAddress regulator, ulong before) =>
        _opinions.TryGetValue((contract, regulator), out var opinions) && opinions.FindLast(opinion => opinion.Index < before).Approves;

    /// <summary>Every use, oldest first.</summary>
    internal IEnumerable<UseInTrail> Uses => _uses.Values.SelectMany(uses => uses).Select(WithDelivery).OrderBy(use => use.Index);

    internal void Add(ulong index, AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        switch (entry.Kind)
        {
            case EntryKind.Grant:
                ListOf(_grants, entry.Signer).Add(authentic.Digest);
                break;
            case EntryKind.Approve or EntryKind.Withdraw:
                ListOf(_opinions, (entry.Reference, entry.Signer)).Add((index, entry.Kind == EntryKind.Approve));
                break;
            case EntryKind.Anchor:
                ListOf(_records, entry.Party).Add(entry.Reference);
                break;
            case EntryKind.Erase:
                _erasures[entry.Reference] = (index, entry.Time);
                break;
            case EntryKind.Use:
                ListOf(_uses, entry.Reference).Add(new UseInTrail(authentic.Digest, index, UnixTime.DateOfMilliseconds(entry.Time), entry.Count));
                break;
            case EntryKind.Deliver:
                _deliveries[entry.Reference] = (entry.Details, index);
                break;
            case EntryKind.Enrol:
                _enrolledAt[index] = entry.Time;
                _votes.Add(new Vote(entry.Role, entry.Party, entry.Reference, authentic.Digest, index));
                break;
        }
    }

    private UseInTrail WithDelivery(UseInTrail use) => _deliveries.TryGetValue(use.Use, out var delivery) ? use with { DeliveredAt = delivery.Index } : use;

    private static List<TItem> ListOf<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        return list;
    }

    private sealed record Vote(LedgerRole Role, AccountAddress Account, Digest Subject, Digest Document, ulong Index);
}
