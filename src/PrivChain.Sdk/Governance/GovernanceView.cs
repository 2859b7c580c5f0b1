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
/// the rules. That none is left out is the node's word until the ledger was followed (<see cref="VerifiedLedger.FollowStateAsync"/>).
/// </summary>
public sealed class GovernanceView
{
    private static readonly EntryKind[] _kinds = [EntryKind.Enrol, EntryKind.Expel, EntryKind.Publish, EntryKind.Approve, EntryKind.Withdraw];

    private GovernanceView(LedgerState state, ulong time, IReadOnlyList<VerifiedOrganisation> organisations) => (State, Time, Organisations) = (state, time, organisations);

    /// <summary>The organisations that hold a role now and whose profile and certificate verify.</summary>
    public IReadOnlyList<VerifiedOrganisation> Organisations { get; }

    /// <summary>Every published contract, oldest first; its index is its place among these entries and not on the ledger.</summary>
    public IReadOnlyList<PublishedContract> Contracts => [.. State.Contracts.OrderBy(contract => contract.Index)];

    /// <summary>Every institution that was ever admitted.</summary>
    public IReadOnlyList<AccountAddress> Institutions => [.. State.EverEnrolledIn(LedgerRole.Institution).Select(enrolment => enrolment.Account).Distinct()];

    // Nothing else was put into it: no consent, no use.
    internal LedgerState State { get; }

    /// <summary>Unix milliseconds at which it was read: the last of its entries may be old, and what was admitted then over.</summary>
    internal ulong Time { get; }

    /// <summary>Reads it under the newest checkpoint.</summary>
    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException">As in <see cref="TrailPages.FindAsync"/>; the rule that an entry breaks without one that was left out; or nobody answers.</exception>
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
                throw new RefusalException(new Refusal(reason, $"entry {entry.Index} ({entry.Entry.Kind}) breaks a rule"));
            }
        }

        var time = connection.UnixMilliseconds;
        return new GovernanceView(
            state, time, await connection.Organisations.ListAsync(state, time, enrolment => UnixTime.DateOfMilliseconds(entries[(int)enrolment.Index].Entry.Time), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The accounts that hold a role now.</summary>
    public IReadOnlySet<AccountAddress> HoldersOf(LedgerRole role) => State.EnrolledIn(role, Time).Select(enrolment => enrolment.Account).ToHashSet();
}
