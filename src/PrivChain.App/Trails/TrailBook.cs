using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Trails;

/// <summary>The verified entries in their order, each put beside what it belongs to. It is told of every entry and asks nobody, so a node can leave nothing out.</summary>
internal sealed class TrailBook
{
    private readonly TrailIndex _index = new();
    private readonly List<TrailRow> _rows = [];
    private readonly Dictionary<Digest, TrailRow> _contracts = [];
    private readonly Dictionary<Digest, TrailRow> _grants = [];
    private readonly Dictionary<Digest, TrailRow> _uses = [];
    private readonly Dictionary<Digest, TrailRow> _deliveries = [];
    private ContractStanding _contractsNow = ContractStanding.None;

    public IReadOnlyList<TrailRow> Rows => _rows;

    /// <summary>Every institution that an entry is about, in the order in which they appeared.</summary>
    public IReadOnlyList<AccountAddress> Institutions => _index.Institutions;

    private ulong Size => (ulong)_rows.Count;

    /// <summary>Adds the next entry.</summary>
    /// <exception cref="ArgumentException">It is not the next one.</exception>
    public void Add(ulong index, AuthenticEntry authentic)
    {
        if (index != Size)
        {
            throw new ArgumentException($"entry {index} after {_rows.Count} entries", nameof(index));
        }

        var (entry, digest) = (authentic.Entry, authentic.Digest);
        var parent = entry.Kind switch
        {
            EntryKind.Approve or EntryKind.Withdraw or EntryKind.Grant => _contracts[entry.Reference],
            EntryKind.Revoke or EntryKind.Use => _grants[entry.Reference],
            EntryKind.Deliver => _uses[entry.Reference],
            _ => null,
        };
        var institution = parent?.Institution
            ?? (entry.Kind == EntryKind.Publish ? entry.Signer
            : entry is { Kind: EntryKind.Enrol or EntryKind.Expel, Role: LedgerRole.Institution } ? entry.Party
            : AccountAddress.Zero);
        var row = new TrailRow(
            index, entry, digest, institution,
            entry.Kind == EntryKind.Publish ? entry.Reference : parent?.Contract ?? default,
            entry.Kind == EntryKind.Grant ? digest : parent?.Consent ?? default,
            entry.Kind == EntryKind.Use ? digest : parent?.Use ?? default);
        _index.Add(entry, parent?.Index);
        _rows.Add(row);
        switch (entry.Kind)
        {
            case EntryKind.Publish:
                _contracts[entry.Reference] = row;
                break;
            case EntryKind.Grant:
                _grants[digest] = row;
                break;
            case EntryKind.Use:
                _uses[digest] = row;
                break;
            case EntryKind.Deliver:
                _deliveries[entry.Reference] = row;
                break;
        }
    }

    /// <summary>Says which contracts are approved and usable now: that depends on who is admitted at this moment.</summary>
    public void SetContracts(ContractStanding contracts) => _contractsNow = contracts;

    public TrailRow? Publication(Digest contract) => _contracts.GetValueOrDefault(contract);

    public TrailRow? Grant(Digest consent) => _grants.GetValueOrDefault(consent);

    public TrailRow? Use(Digest use) => _uses.GetValueOrDefault(use);

    public TrailRow? Delivery(Digest use) => _deliveries.GetValueOrDefault(use);

    /// <summary>What became of it, at a time in Unix seconds.</summary>
    public TrailOutcome OutcomeOf(TrailRow row, ulong now) => _index.OutcomeOf(row.Index, Size, now, _contractsNow);

    /// <summary>How many entries match, and those after the newest <paramref name="skip"/>, newest first.</summary>
    public (ulong Found, IReadOnlyList<TrailRow> Rows) Find(TrailQuery query, ulong skip, int count, ulong now)
    {
        var found = _index.Find(query, Size, skip, count, now, _contractsNow);
        return (found.Count, [.. found.Places.Select(place => _rows[(int)place])]);
    }

    /// <summary>The way from a contract's publication to the delivery of one use (<see cref="TrailIndex.CaseOf"/>).</summary>
    public IReadOnlyList<TrailRow> CaseOf(TrailRow row) => [.. _index.CaseOf(row.Index, Size).Select(place => _rows[(int)place])];
}
