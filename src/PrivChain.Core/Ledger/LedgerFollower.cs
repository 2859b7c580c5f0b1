using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Ledger;

/// <summary>
/// Follows one ledger from its first entry and believes nothing: each entry is authenticated and put through the rules, and at each checkpoint the log's
/// signature, the witnesses' quorum and the root over everything followed must hold. Brokers, SDK and the offline verifier run the same code. After a refusal
/// it stays refused: a ledger that broke a rule once is not followed further. Not safe for concurrent use.
/// </summary>
public sealed class LedgerFollower
{
    private readonly TrustedLog _log;
    private readonly WitnessPolicy _witnesses;
    private readonly LedgerDomain _domain;
    private readonly MerkleFrontier _frontier;
    private readonly LedgerState _state;

    // Entries accepted whose leaves are not in the frontier yet: many are hashed side by side, no later than somebody asks for the root.
    private readonly List<ReadOnlyMemory<byte>> _unhashed = new(TilePath.FullWidth);

    /// <exception cref="FormatException">A key in the genesis is not a verifier key.</exception>
    public LedgerFollower(Genesis genesis)
        : this(genesis, new MerkleFrontier(genesis.Algorithms.Tree))
    {
    }

    private LedgerFollower(Genesis genesis, MerkleFrontier frontier)
    {
        _frontier = frontier;
        _domain = genesis.Domain;
        _state = new LedgerState(genesis);
        _log = genesis.Log;
        _witnesses = WitnessesOf(genesis);
    }

    /// <summary>State after the last entry accepted. Entries after <see cref="Checkpoint"/> are authentic and lawful, but not witnessed yet.</summary>
    public LedgerState State => _state;

    /// <summary>Number of entries accepted.</summary>
    public ulong Size => _state.Size;

    /// <summary>Root over the entries accepted.</summary>
    public Digest Root
    {
        get
        {
            HashAll();
            return _frontier.Root;
        }
    }

    /// <summary>The last witnessed checkpoint accepted, or null before the first.</summary>
    public WitnessedCheckpoint? Checkpoint { get; private set; }

    /// <summary>Index of the entry at fault, once one was refused; null while all is in order, and when entries and checkpoint do not fit together, since then any of them may be the one.</summary>
    public ulong? BrokenAt { get; private set; }

    /// <summary>What was refused, after which nothing is followed any further; null while all was in order.</summary>
    public Refusal? Broken { get; private set; }

    /// <summary>The witness policy that a genesis sets.</summary>
    public static WitnessPolicy WitnessesOf(Genesis genesis) =>
        new(genesis.Witnesses.Select(NoteVerifierKey.Parse), genesis.WitnessQuorum);

    /// <summary>
    /// Continues where an earlier follower of this ledger stopped. Signatures of entries and their place in the tree are NOT checked again: only for what a follower accepted, kept so that nobody else
    /// can have changed it. The rules are applied, and the checkpoint has to be signed, witnessed and over this frontier.
    /// </summary>
    /// <param name="genesis">The ledger.</param>
    /// <param name="entries">All entries accepted.</param>
    /// <param name="frontier">The tree's right edge after them; taken over.</param>
    /// <param name="note">The checkpoint that covered exactly these.</param>
    public static Verdict<LedgerFollower> DangerouslyResume(Genesis genesis, IEnumerable<AuthenticEntry> entries, MerkleFrontier frontier, ReadOnlySpan<byte> note)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(frontier);
        var follower = new LedgerFollower(genesis, frontier);
        foreach (var entry in entries)
        {
            var reason = follower._state.Apply(entry);
            if (reason != RefusalReason.None)
            {
                return Verdict<LedgerFollower>.Refuse(reason, $"kept entry {follower.Size} breaks a rule");
            }
        }

        if (frontier.Size != follower.Size)
        {
            return Verdict<LedgerFollower>.Refuse(RefusalReason.Malformed, $"a frontier of {frontier.Size} entries was kept with {follower.Size}");
        }

        var checkpoint = follower.AcceptCheckpoint(note);
        return checkpoint.Accepted ? follower : checkpoint.Refusal;
    }

    /// <summary>The tree's right edge after the entries accepted.</summary>
    public MerkleFrontier Frontier
    {
        get
        {
            HashAll();
            return _frontier.Clone();
        }
    }

    /// <summary>Accepts the next entry, not witnessed yet.</summary>
    public Verdict<AuthenticEntry> Accept(ReadOnlyMemory<byte> entryBytes) => Broken ?? Accept(AuthenticEntry.ReadAll([entryBytes], _domain)[0], entryBytes.Span);

    /// <summary>Accepts the next entry, of which <see cref="AuthenticEntry.ReadAll"/> gave this verdict for this ledger's domain.</summary>
    /// <param name="read">The verdict; a refusal breaks this follower as if it had read the entry itself.</param>
    /// <param name="entryBytes">The entry's bytes as received: the leaf.</param>
    public Verdict<AuthenticEntry> Accept(Verdict<AuthenticEntry> read, ReadOnlySpan<byte> entryBytes) =>
        read.Accepted ? Accept(read.Value, entryBytes)
        : Broken ?? Break(read.Reason, read.Reason == RefusalReason.Malformed ? $"entry {Size} is malformed" : $"entry {Size}: {read.Refusal.Detail}");

    /// <summary>Accepts the next entry, whose signature the caller has had checked (in parallel, say) for this ledger's domain.</summary>
    /// <param name="authentic">The entry.</param>
    /// <param name="entryBytes">Its bytes as received: the leaf.</param>
    public Verdict<AuthenticEntry> Accept(AuthenticEntry authentic, ReadOnlySpan<byte> entryBytes)
    {
        if (Broken is not null)
        {
            return Broken;
        }

        var reason = _state.Apply(authentic);
        if (reason != RefusalReason.None)
        {
            return Break(reason, $"entry {Size} ({authentic.Entry.Kind}) breaks a rule");
        }

        _unhashed.Add(entryBytes.ToArray());
        if (_unhashed.Count == TilePath.FullWidth)
        {
            HashAll();
        }

        return authentic;
    }

    /// <summary>Accepts a checkpoint that covers exactly the entries accepted so far.</summary>
    public Verdict<WitnessedCheckpoint> AcceptCheckpoint(ReadOnlySpan<byte> note)
    {
        if (Broken is not null)
        {
            return Broken;
        }

        var verdict = WitnessedCheckpoint.Verify(note, _log, _witnesses);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        var checkpoint = verdict.Value.Checkpoint;
        if (checkpoint.Size != Size)
        {
            // Not proof of guilt: an older or newer note than the entries that came with it.
            return Verdict<WitnessedCheckpoint>.Refuse(RefusalReason.StaleHead, $"checkpoint of {checkpoint.Size} entries, {Size} were followed");
        }

        if (checkpoint.Root != Root)
        {
            Broken = new Refusal(RefusalReason.SplitView, $"the root at {Size} is not that of the entries");
            return Broken;
        }

        Checkpoint = verdict.Value;
        return verdict.Value;
    }

    private void HashAll()
    {
        _frontier.AppendAll(_domain.Suite.Tree.Leaves(_unhashed));
        _unhashed.Clear();
    }

    private Verdict<AuthenticEntry> Break(RefusalReason reason, string detail)
    {
        BrokenAt = Size;
        Broken = new Refusal(reason, detail);
        return Broken;
    }
}
