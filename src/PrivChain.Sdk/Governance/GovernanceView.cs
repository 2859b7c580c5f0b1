using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Governance;

/// <summary>
/// Who holds which role, and which contracts are published and approved, of a ledger that is too long to be followed: by the entries that say so alone, each proved under one checkpoint and put through
/// the rules, as of the moment of reading. That none is left out is the node's word until the ledger was followed (<see cref="VerifiedLedger.FollowStateAsync"/>). An index of an enrolment or a contract
/// is its place among these entries, and not on the ledger.
/// </summary>
public sealed class GovernanceView
{
    private static readonly EntryKind[] _kinds = [EntryKind.Enrol, EntryKind.Expel, EntryKind.Publish, EntryKind.Approve, EntryKind.Withdraw];

    private readonly List<ProvenEntry> _entries;

    private GovernanceView(WitnessedCheckpoint checkpoint, LedgerState state, ulong time, List<ProvenEntry> entries) => (Checkpoint, State, Time, _entries) = (checkpoint, state, time, entries);

    /// <summary>The checkpoint under which it was read.</summary>
    public WitnessedCheckpoint Checkpoint { get; }

    /// <summary>The organisations that held a role then and whose profile and certificate verify.</summary>
    public IReadOnlyList<VerifiedOrganisation> Organisations { get; private set; } = [];

    /// <summary>Every published contract, oldest first.</summary>
    public IReadOnlyList<PublishedContract> Contracts => [.. State.Contracts.OrderBy(contract => contract.Index)];

    /// <summary>Every institution that a vote is about.</summary>
    public IReadOnlyList<AccountAddress> Institutions =>
        [.. _entries.Where(entry => entry.Entry is { Kind: EntryKind.Enrol or EntryKind.Expel, Role: LedgerRole.Institution }).Select(entry => entry.Entry.Party).Distinct()];

    // Nothing else was put into it: no consent, no use.
    internal LedgerState State { get; }

    /// <summary>Unix milliseconds at which it was read, not before its checkpoint: the last of its entries may be old, and what was admitted then over.</summary>
    internal ulong Time { get; }

    /// <summary>Reads it under the newest checkpoint.</summary>
    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.Incomplete"/>: an entry breaks a rule without one that the node left out; as in <see cref="TrailPages.FindAsync"/>; or nobody answers.</exception>
    public static async Task<GovernanceView> ReadAsync(PrivChainConnection connection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var checkpoint = await connection.Ledger.RefreshAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var entries = new List<ProvenEntry>();
        foreach (var kind in _kinds)
        {
            await foreach (var row in connection.Trail.AllAsync(new TrailQuery { Kind = kind }, checkpoint, cancellationToken).ConfigureAwait(false))
            {
                entries.Add(row.Proof);
            }
        }

        entries.Sort((one, other) => one.Index.CompareTo(other.Index));
        var state = new LedgerState(connection.Genesis);
        foreach (var entry in entries)
        {
            var reason = state.Apply(entry.Authentic);
            if (reason != RefusalReason.None)
            {
                throw new RefusalException(new Refusal(RefusalReason.Incomplete, $"entry {entry.Index} ({entry.Entry.Kind}) breaks a rule ({reason}) without one that the node left out"));
            }
        }

        var view = new GovernanceView(checkpoint, state, Math.Max(connection.UnixMilliseconds, Math.Max(state.Time, checked(checkpoint.CurrentAt * 1000))), entries);
        view.Organisations = await connection.Organisations.ListAsync(state, view.Time, view.Since, cancellationToken).ConfigureAwait(false);
        return view;
    }

    /// <summary>The accounts that held a role then.</summary>
    public IReadOnlySet<AccountAddress> HoldersOf(LedgerRole role) => State.EnrolledIn(role, Time).Select(enrolment => enrolment.Account).ToHashSet();

    /// <summary>Time of the entry that completed an enrolment.</summary>
    internal DateTimeOffset Since(Enrolment enrolment) => UnixTime.DateOfMilliseconds(_entries[(int)enrolment.Index].Entry.Time);

    /// <summary>What regulators said of a contract, with its places on the ledger.</summary>
    internal IEnumerable<ProvenEntry> OpinionsOn(Digest contract) => _entries.Where(entry => entry.Entry.Kind is EntryKind.Approve or EntryKind.Withdraw && entry.Entry.Reference == contract);
}
