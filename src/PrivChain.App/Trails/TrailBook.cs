using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.App.Trails;

/// <summary>The verified entries in their order, each put beside what it belongs to. It is told of every entry and asks nobody, so a node can leave nothing out.</summary>
internal sealed class TrailBook
{
    private readonly List<TrailRow> _rows = [];
    private readonly Dictionary<Digest, TrailRow> _contracts = [];
    private readonly Dictionary<Digest, TrailRow> _grants = [];
    private readonly Dictionary<Digest, TrailRow> _uses = [];
    private readonly Dictionary<Digest, uint> _spent = [];
    private readonly Dictionary<Digest, TrailRow> _revocations = [];
    private readonly Dictionary<Digest, TrailRow> _deliveries = [];
    private HashSet<Digest> _approved = [];

    public IReadOnlyList<TrailRow> Rows => _rows;

    /// <summary>Adds the next entry.</summary>
    /// <exception cref="ArgumentException">It is not the next one.</exception>
    public void Add(ulong index, AuthenticEntry authentic)
    {
        if (index != (ulong)_rows.Count)
        {
            throw new ArgumentException($"entry {index} after {_rows.Count} entries", nameof(index));
        }

        var (entry, digest) = (authentic.Entry, authentic.Digest);
        switch (entry.Kind)
        {
            case EntryKind.Publish:
                _contracts[entry.Reference] = Put(entry.Signer, entry.Reference);
                break;
            case EntryKind.Approve or EntryKind.Withdraw:
                Put(_contracts[entry.Reference].Institution, entry.Reference);
                break;
            case EntryKind.Grant:
                _grants[digest] = Put(entry.Party, entry.Reference, digest);
                break;
            case EntryKind.Revoke:
                _revocations[entry.Reference] = PutUnder(entry.Reference);
                break;
            case EntryKind.Use:
                _uses[digest] = PutUnder(entry.Reference, digest);
                _spent[entry.Reference] = _spent.GetValueOrDefault(entry.Reference) + entry.Count;
                break;
            case EntryKind.Deliver:
                _deliveries[entry.Reference] = PutUnder(_uses[entry.Reference].Consent, entry.Reference);
                break;
            case EntryKind.Enrol or EntryKind.Expel when entry.Role == LedgerRole.Institution:
                Put(entry.Party);
                break;
            default:
                Put(AccountAddress.Zero);
                break;
        }

        TrailRow PutUnder(Digest consent, Digest use = default) => Put(_grants[consent].Institution, _grants[consent].Contract, consent, use);

        TrailRow Put(AccountAddress institution, Digest contract = default, Digest consent = default, Digest use = default)
        {
            var row = new TrailRow(index, entry, digest, institution, contract, consent, use);
            _rows.Add(row);
            return row;
        }
    }

    /// <summary>Says which contracts are approved now: that depends on who is a regulator at this moment.</summary>
    public void SetApproved(IEnumerable<Digest> contracts) => _approved = [.. contracts];

    public TrailRow? Publication(Digest contract) => _contracts.GetValueOrDefault(contract);

    public TrailRow? Grant(Digest consent) => _grants.GetValueOrDefault(consent);

    public TrailRow? Use(Digest use) => _uses.GetValueOrDefault(use);

    public TrailRow? Revocation(Digest consent) => _revocations.GetValueOrDefault(consent);

    public TrailRow? Delivery(Digest use) => _deliveries.GetValueOrDefault(use);

    /// <summary>What became of it, at a time in Unix seconds.</summary>
    public TrailOutcome OutcomeOf(TrailRow row, ulong now) => row.Entry.Kind switch
    {
        EntryKind.Publish => _approved.Contains(row.Contract) ? TrailOutcome.Approved : TrailOutcome.NotApproved,
        EntryKind.Grant => _revocations.ContainsKey(row.Consent) ? TrailOutcome.Revoked
            : _spent.GetValueOrDefault(row.Consent) >= row.Entry.Count ? TrailOutcome.Spent
            : row.Entry.NotAfter < now ? TrailOutcome.Over
            : TrailOutcome.Stands,
        EntryKind.Use => _deliveries.ContainsKey(row.Use) ? TrailOutcome.Delivered : TrailOutcome.Undelivered,
        _ => TrailOutcome.None,
    };

    /// <summary>
    /// The way from a contract's publication to the delivery of one use: publication, approvals that came before the consent, consent, the worker's session, use, delivery, and what ended it.
    /// For an entry that belongs to no use, as much of it as there is; at least the entry itself.
    /// </summary>
    public IReadOnlyList<TrailRow> CaseOf(TrailRow row)
    {
        var found = new SortedDictionary<ulong, TrailRow>();
        Take(row);
        Take(Publication(row.Contract));
        var grant = Grant(row.Consent);
        Take(grant);
        Take(Revocation(row.Consent));
        var use = Use(row.Use);
        Take(use);
        Take(Delivery(row.Use));
        var last = (use ?? grant ?? row).Index;
        foreach (var other in _rows.Where(other => other.Entry.Kind is EntryKind.Approve or EntryKind.Withdraw && !row.Contract.IsZero && other.Contract == row.Contract && other.Index < last))
        {
            Take(other);
        }

        // A worker's account is made for one session.
        Take(use is null ? null : _rows.Find(other => other.Entry.Kind == EntryKind.Session && other.Entry.Party == use.Entry.Party));
        return [.. found.Values];

        void Take(TrailRow? one)
        {
            if (one is not null)
            {
                found[one.Index] = one;
            }
        }
    }
}
