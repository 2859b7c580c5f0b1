using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Connection;

/// <summary>
/// The ledger as one client believes it: every checkpoint is log-signed, witnessed and consistent with every one seen before; every entry is authentic and proved.
/// Safe for concurrent use, but for <see cref="FollowStateAsync"/>'s result.
/// </summary>
public sealed class VerifiedLedger : IDisposable
{
    private const int EntriesPerPage = 1000;

    // Three frames of a screen.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly Genesis _genesis;
    private readonly Wire.Ledger.LedgerClient _client;
    private readonly IHeadStore _heads;
    private readonly ConnectionOptions _options;
    private readonly LedgerDomain _domain;
    private readonly Digest _ledgerId;
    private readonly TrustedLog _log;
    private readonly WitnessPolicy _witnesses;
    private readonly SemaphoreSlim _headGate = new(1);
    private readonly SemaphoreSlim _followGate = new(1);
    private readonly List<(ulong Index, AuthenticEntry Entry)> _unwitnessed = [];

    // What was followed, for whoever wants to continue from it: empty unless asked for.
    private readonly List<(byte[] Bytes, Digest Digest)> _kept = [];
    private LedgerFollower _follower;
    private WitnessedCheckpoint? _head;

    // The head as the node was asked for it last; null before.
    private Asked? _asked;

    internal VerifiedLedger(Genesis genesis, Wire.Ledger.LedgerClient client, IHeadStore heads, ConnectionOptions options)
    {
        _options = options;
        _genesis = genesis;
        _client = client;
        _heads = heads;
        _domain = genesis.Domain;
        _ledgerId = _domain.LedgerId;
        _log = genesis.Log;
        _witnesses = LedgerFollower.WitnessesOf(genesis);
        _follower = new LedgerFollower(genesis);
        History = new LedgerHistory(genesis.GovernorThreshold);
    }

    /// <summary>Tables gathered while following; as far as the last <see cref="FollowStateAsync"/> came.</summary>
    public LedgerHistory History { get; private set; }

    /// <summary>Told of each entry in its order, once it was verified and stands under a witnessed checkpoint. What throws there breaks the call that was reading.</summary>
    public event Action<ulong, AuthenticEntry>? EntryVerified;

    /// <summary>Index of the entry at which the ledger broke a rule or a signature, after which it is not followed any further; null while none did.</summary>
    public ulong? BrokenAt => _follower.BrokenAt;

    /// <summary>True when the entries handed out are each in order and together not those of the witnessed checkpoint: one of them was changed in what its signer did not sign, or exchanged, and which cannot be told.</summary>
    public bool HasOtherEntries => _follower is { Broken: not null, BrokenAt: null };

    /// <summary>The last checkpoint verified on this connection, or null before the first.</summary>
    public WitnessedCheckpoint? Head => _head;

    /// <summary>
    /// Fetches a witnessed checkpoint of at least <paramref name="atLeastSize"/> entries, waiting for it until the deadline, and proves that it extends the last one
    /// remembered.
    /// </summary>
    /// <exception cref="RefusalException">
    /// <see cref="RefusalReason.SplitView"/>: it contradicts one seen before; both notes are kept in the head store. <see cref="RefusalReason.NotWitnessed"/>,
    /// <see cref="RefusalReason.BadSignature"/>, <see cref="RefusalReason.BadProof"/>, <see cref="RefusalReason.StaleHead"/>, or the node's reason.
    /// </exception>
    public async Task<WitnessedCheckpoint> RefreshAsync(ulong atLeastSize = 0, CancellationToken cancellationToken = default)
    {
        PrivChainConnection.RequireNode(_options);
        var asked = _options.Time.GetTimestamp();
        var reply = await _client.GetCheckpointAsync(
            new Wire.GetCheckpointRequest { AtLeastSize = atLeastSize, Witnessed = true }, cancellationToken: cancellationToken).ConfigureAwait(false);

        // The very same note was verified when it became the head.
        var received = _head is { } known && known.Signed.Note.Bytes.Span.SequenceEqual(reply.Note.Span)
            ? known
            : WitnessedCheckpoint.Verify(reply.Note.Span, _log, _witnesses).OrThrow();
        if (received.Checkpoint.Size < atLeastSize)
        {
            throw Refused(RefusalReason.StaleHead, $"wanted a checkpoint of {atLeastSize} entries, given {received.Checkpoint.Size}");
        }

        var head = await AdoptAsync(received, cancellationToken).ConfigureAwait(false);
        _asked = new Asked(head, asked);
        return head;
    }

    /// <summary>An entry with proof of its place.</summary>
    /// <param name="index">Where it stands.</param>
    /// <param name="under">A checkpoint of this ledger to prove it under; null: the newest, waiting until it covers the entry.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ProvenEntry> GetEntryAsync(ulong index, WitnessedCheckpoint? under = null, CancellationToken cancellationToken = default)
    {
        if (await KeptEntryAsync(index, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return await ProveAsync(index, kept, under, cancellationToken).ConfigureAwait(false);
        }

        var reply = await _client.GetEntriesAsync(new Wire.GetEntriesRequest { Start = index, Count = 1 }, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (reply.Entries.Count != 1)
        {
            throw Refused(RefusalReason.NotFound, $"the node has no entry {index}");
        }

        return await ProveAsync(index, reply.Entries[0].ToByteArray(), under, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where a document stands, proved; null when the node knows of none. That a node knows of none proves nothing: ask <see cref="FollowStateAsync"/> for that.</summary>
    public async Task<ProvenEntry?> FindAsync(Digest document, AccountAddress? signer = null, CancellationToken cancellationToken = default)
    {
        Wire.FindEntryReply reply;
        try
        {
            reply = await _client.FindEntryAsync(
                new Wire.FindEntryRequest
                {
                    Digest = PrivChainConnection.Bytes(document),
                    Signer = signer is { } account ? PrivChainConnection.Bytes(account) : ByteString.Empty,
                },
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RefusalException exception) when (exception.Reason is RefusalReason.NotFound or RefusalReason.UnknownReference)
        {
            return null;
        }

        var proven = await ProveAsync(reply.Index, reply.Entry.ToByteArray(), null, cancellationToken).ConfigureAwait(false);
        return proven.Digest == document && (signer is null || proven.Entry.Signer == signer)
            ? proven
            : throw Refused(RefusalReason.DigestMismatch, $"the node sent another entry for document {document}");
    }

    /// <summary>Appends a signed entry and waits until it stands under a witnessed checkpoint. Sent again, the same document comes back from where it stands.</summary>
    /// <exception cref="RefusalException">The rule that it breaks, or <see cref="RefusalReason.Deadline"/> while it may still come to stand: send it again.</exception>
    public async Task<ProvenEntry> AppendAsync(Entry entry, CancellationToken cancellationToken = default)
    {
        var sent = entry with { Time = 0 };
        var reply = await _client.AppendAsync(
            new Wire.AppendRequest { Entry = ByteString.CopyFrom(sent.ToArray()) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return await ProveAppendedAsync(sent, reply.Index, reply.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Replays every entry up to the newest witnessed checkpoint, verifying all of it; the first call reads the whole ledger, later ones what is new. The state belongs to
    /// this object and moves on with the next call: read it before that, from one thread, or use <see cref="ReadStateAsync"/>.
    /// </summary>
    /// <exception cref="RefusalException">What <see cref="RefreshAsync"/> refuses, or the rule that an entry breaks: such a ledger is not followed any further.</exception>
    public async Task<LedgerState> FollowStateAsync(CancellationToken cancellationToken = default)
    {
        await _followGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CatchUpAsync(0, cancellationToken).ConfigureAwait(false);
            return _follower.State;
        }
        finally
        {
            _followGate.Release();
        }
    }

    /// <summary>Follows as <see cref="FollowStateAsync"/> does and reads the state while nothing moves it.</summary>
    /// <param name="read">Quick, and without calling back into this object.</param>
    /// <param name="atLeastSize">Entries that the state must have.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<T> ReadStateAsync<T>(Func<LedgerState, T> read, ulong atLeastSize = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        await _followGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CatchUpAsync(atLeastSize, cancellationToken).ConfigureAwait(false);
            return read(_follower.State);
        }
        finally
        {
            _followGate.Release();
        }
    }

    /// <summary>
    /// What was followed up to the last checkpoint, for <see cref="DangerouslyResumeAsync(ReadOnlyMemory{byte}, CancellationToken)"/>; null before the first. Wants <see cref="ConnectionOptions.KeepsEntries"/>. It has to be kept where
    /// nobody else can change it, such as sealed under a key of one's own.
    /// </summary>
    public async Task<byte[]?> SaveStateAsync(CancellationToken cancellationToken = default)
    {
        await _followGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _follower.Checkpoint is { } checkpoint && checkpoint.Checkpoint.Size == (ulong)_kept.Count && _follower.Size == checkpoint.Checkpoint.Size
                ? FollowedState.Write(_domain, _follower.Frontier, checkpoint.Signed.Note.Bytes.Span, _kept)
                : null;
        }
        finally
        {
            _followGate.Release();
        }
    }

    /// <summary>
    /// Continues from what <see cref="SaveStateAsync"/> gave, without reading the ledger anew: its entries are believed to be those that were verified then. Everything after it is verified as ever,
    /// and has to follow from its checkpoint.
    /// </summary>
    /// <returns>False when more was followed already: nothing is done then.</returns>
    /// <exception cref="RefusalException">It is of another ledger, or not whole; nothing is changed then.</exception>
    public Task<bool> DangerouslyResumeAsync(ReadOnlyMemory<byte> saved, CancellationToken cancellationToken = default) =>
        ResumeAsync(Task.FromResult<ReadOnlyMemory<byte>?>(saved), cancellationToken);

    /// <summary>As <see cref="DangerouslyResumeAsync(ReadOnlyMemory{byte}, CancellationToken)"/> for what is still being read: whoever asks for the ledger after this call waits for it.</summary>
    /// <param name="saved">What was saved; null when nothing is.</param>
    /// <returns>False when nothing was saved, or more was followed already.</returns>
    /// <exception cref="RefusalException">As there.</exception>
    public Task<bool> DangerouslyResumeAsync(Task<ReadOnlyMemory<byte>?> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        return ResumeAsync(saved, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _headGate.Dispose();
        _followGate.Dispose();
    }

    internal async Task<ProvenEntry> ProveAppendedAsync(Entry sent, ulong index, ulong time, CancellationToken cancellationToken)
    {
        // Only the time is the sequencer's; all else must be what was signed here. A document recorded before stands with the time it got then.
        var recorded = sent with { Time = time };
        return await ProveAsync(index, recorded.ToArray(), null, cancellationToken).ConfigureAwait(false);
    }

    internal async Task<IReadOnlyList<byte[]>> ReadRawAsync(ulong start, uint count, CancellationToken cancellationToken)
    {
        var reply = await _client.GetEntriesAsync(new Wire.GetEntriesRequest { Start = start, Count = count }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return reply.Entries.Count > 0 && reply.Entries.Count <= count && reply.Entries.All(entry => entry.Length == _domain.Suite.EntrySize)
            ? [.. reply.Entries.Select(entry => entry.ToByteArray())]
            : throw Refused(RefusalReason.Incomplete, $"the node does not hand out the entries from {start} on");
    }

    // What was followed need not be fetched again; null where it was not, or is not kept.
    private async Task<byte[]?> KeptEntryAsync(ulong index, CancellationToken cancellationToken)
    {
        await _followGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return index < (ulong)_kept.Count ? _kept[(int)index].Bytes : null;
        }
        finally
        {
            _followGate.Release();
        }
    }

    private async Task<ProvenEntry> ProveAsync(ulong index, byte[] entryBytes, WitnessedCheckpoint? under, CancellationToken cancellationToken)
    {
        // No ledger has a place after that one.
        if (index == ulong.MaxValue)
        {
            throw Refused(RefusalReason.BadProof, "the node names a place that no ledger has");
        }

        var checkpoint = under ?? (_head is { } head && head.Checkpoint.Size > index
            ? head
            : await RefreshAsync(index + 1, cancellationToken).ConfigureAwait(false));
        var reply = await _client.GetInclusionProofAsync(
            new Wire.GetInclusionProofRequest { Index = index, Size = checkpoint.Checkpoint.Size }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return ProvenEntry.Verify(index, entryBytes, HashesOf(reply.Hashes), checkpoint, _domain).OrThrow();
    }

    private async Task<bool> ResumeAsync(Task<ReadOnlyMemory<byte>?> saved, CancellationToken cancellationToken)
    {
        await _followGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await saved.ConfigureAwait(false) is not { } bytes || _follower.Size > 0)
            {
                return false;
            }

            var state = FollowedState.Read(bytes.Span, _domain).OrThrow();
            var follower = LedgerFollower.DangerouslyResume(_genesis, state.Entries.Select(entry => entry.Authentic), state.Frontier, state.Note).OrThrow();
            var history = new LedgerHistory(_genesis.GovernorThreshold);
            for (var index = 0; index < state.Entries.Count; index++)
            {
                history.Add((ulong)index, state.Entries[index].Authentic);
            }

            // Only now, when nothing can be refused any more.
            (_follower, History) = (follower, history);
            if (_options.KeepsEntries)
            {
                _kept.AddRange(state.Entries.Select(entry => (entry.Bytes, entry.Authentic.Digest)));
            }

            return true;
        }
        finally
        {
            _followGate.Release();
        }
    }

    // The one place where a checkpoint becomes the head: smaller ones must lead to it, larger ones follow from it.
    private async Task<WitnessedCheckpoint> AdoptAsync(WitnessedCheckpoint received, CancellationToken cancellationToken)
    {
        await _headGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _head ??= await LoadHeadAsync(cancellationToken).ConfigureAwait(false);
            if (_head is null)
            {
                await _heads.SaveAsync(_ledgerId, received.Signed.Note.Bytes, cancellationToken).ConfigureAwait(false);
                return _head = received;
            }

            if (received.Checkpoint.Size < _head.Checkpoint.Size)
            {
                // Older, but perhaps of the same history: then what is remembered is the better answer.
                await ProveConsistentAsync(received, _head, cancellationToken).ConfigureAwait(false);
                return _head;
            }

            await ProveConsistentAsync(_head, received, cancellationToken).ConfigureAwait(false);
            if (received.Checkpoint.Size > _head.Checkpoint.Size)
            {
                await _heads.SaveAsync(_ledgerId, received.Signed.Note.Bytes, cancellationToken).ConfigureAwait(false);
            }

            return _head = received;
        }
        finally
        {
            _headGate.Release();
        }
    }

    private async Task<WitnessedCheckpoint?> LoadHeadAsync(CancellationToken cancellationToken)
    {
        var note = await _heads.LoadAsync(_ledgerId, cancellationToken).ConfigureAwait(false);
        return note is null ? null : WitnessedCheckpoint.Verify(note, _log, _witnesses).OrThrow();
    }

    private async Task ProveConsistentAsync(WitnessedCheckpoint smaller, WitnessedCheckpoint larger, CancellationToken cancellationToken)
    {
        var (old, next) = (smaller.Checkpoint, larger.Checkpoint);
        if (old.Size == 0)
        {
            return;
        }

        if (old.Size == next.Size)
        {
            if (old.Root != next.Root)
            {
                await RefuseSplitAsync(smaller, larger, default, [], cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        var reply = await _client.GetConsistencyProofAsync(
            new Wire.GetConsistencyProofRequest { OldSize = old.Size, NewSize = next.Size }, cancellationToken: cancellationToken).ConfigureAwait(false);
        var proof = HashesOf(reply.Hashes);
        if (MerkleProof.VerifyConsistency(_log.Suite.Tree, old.Size, next.Size, old.Root, next.Root, proof))
        {
            return;
        }

        // A wrong proof alone shows a bad node. One that is right for another old root shows two histories under the log's own signature.
        var implied = ConsistencyRoots.ImpliedOldRoot(_log.Suite.Tree, old.Size, next.Size, next.Root, proof);
        await RefuseSplitAsync(smaller, larger, implied ?? default, implied is null ? [] : proof, cancellationToken).ConfigureAwait(false);
    }

    private async Task RefuseSplitAsync(
        WitnessedCheckpoint smaller, WitnessedCheckpoint larger, Digest implied, IReadOnlyList<Digest> proof, CancellationToken cancellationToken)
    {
        var kept = new SplitViewProof(smaller.Signed.Note.Bytes, larger.Signed.Note.Bytes, implied, proof);
        await _heads.KeepProofAsync(_ledgerId, kept, cancellationToken).ConfigureAwait(false);
        throw kept.ProvesGuilt(_log)
            ? Refused(RefusalReason.SplitView, $"the log signed two histories, at {smaller.Checkpoint.Size} and {larger.Checkpoint.Size} entries; the proof is kept")
            : Refused(RefusalReason.SplitView, $"the node cannot show that its {larger.Checkpoint.Size} entries begin with the {smaller.Checkpoint.Size} seen before; both notes are kept");
    }

    private async Task CatchUpAsync(ulong atLeastSize, CancellationToken cancellationToken)
    {
        if (_follower.Broken is { } broken)
        {
            throw new RefusalException(broken);
        }

        if (_options.Offline && _follower.Checkpoint is not null && _follower.Size >= atLeastSize)
        {
            return;
        }

        // Entries of an interrupted call wait for a checkpoint that covers them.
        var wantedSize = Math.Max(atLeastSize, _follower.Size);
        var target = _asked is { } last && last.Head.Checkpoint.Size >= wantedSize && _options.Time.GetElapsedTime(last.At) < _options.CheckpointLasts
            ? last.Head
            : await RefreshAsync(wantedSize, cancellationToken).ConfigureAwait(false);
        if (_follower.Checkpoint?.Checkpoint.Size == _follower.Size && _follower.Size >= target.Checkpoint.Size)
        {
            return;
        }

        try
        {
            await CatchUpAsync(target, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Over, whether it came to the end or broke off.
            _options.Progress?.Report(new LedgerProgress(target.Checkpoint.Size, target.Checkpoint.Size));
        }
    }

    private async Task CatchUpAsync(WitnessedCheckpoint target, CancellationToken cancellationToken)
    {
        var paused = _options.Time.GetTimestamp();
        var portion = OperatingSystem.IsBrowser() ? 1 : EntriesPerPage;
        while (_follower.Size < target.Checkpoint.Size)
        {
            var wanted = (uint)Math.Min(EntriesPerPage, target.Checkpoint.Size - _follower.Size);
            var page = await ReadRawAsync(_follower.Size, wanted, cancellationToken).ConfigureAwait(false);
            for (var start = 0; start < page.Count;)
            {
                var began = _options.Time.GetTimestamp();
                var count = Math.Min(portion, page.Count - start);
                Accept(page, start, count);
                start += count;
                portion = Portion(count, _options.Time.GetElapsedTime(began));
                if (_options.Progress is { } progress && _options.Time.GetElapsedTime(paused) > _pause)
                {
                    // Whoever wants to show progress needs the thread for it: in a browser there is only this one.
                    progress.Report(new LedgerProgress(_follower.Size, target.Checkpoint.Size));
                    await Task.Delay(1, cancellationToken).ConfigureAwait(false);
                    paused = _options.Time.GetTimestamp();
                }
            }
        }

        // The state is handed out only now: until the root holds, entries are lawful but nobody's history.
        _follower.AcceptCheckpoint(target.Signed.Note.Bytes.Span).OrThrow();
        foreach (var (index, entry) in _unwitnessed)
        {
            History.Add(index, entry);
            EntryVerified?.Invoke(index, entry);
        }

        _unwitnessed.Clear();
    }

    private void Accept(IReadOnlyList<byte[]> page, int start, int count)
    {
        var authentic = AuthenticEntry.ReadAll([.. page.Skip(start).Take(count).Select(static bytes => (ReadOnlyMemory<byte>)bytes)], _domain);
        for (var i = 0; i < count; i++)
        {
            var index = _follower.Size;
            var entry = _follower.Accept(authentic[i], page[start + i]).OrThrow();
            _unwitnessed.Add((index, entry));
            if (_options.KeepsEntries)
            {
                _kept.Add((page[start + i], entry.Digest));
            }
        }
    }

    // A browser's only thread has a page to show: as many entries at once as take it less than a pause. Elsewhere a page of entries takes a few milliseconds.
    private static int Portion(int before, TimeSpan took) =>
        !OperatingSystem.IsBrowser() ? EntriesPerPage
        : took > _pause ? Math.Max(before / 2, 1)
        : took < _pause / 4 ? Math.Min(before * 2, EntriesPerPage)
        : before;

    internal static IReadOnlyList<Digest> HashesOf(IReadOnlyList<ByteString> hashes) =>
        hashes.Count > MerkleProof.MaxLength || hashes.Any(hash => hash.Length != Digest.Size)
            ? throw Refused(RefusalReason.BadProof, "the node sent something that is no proof")
            : [.. hashes.Select(hash => new Digest(hash.Span))];

    private static RefusalException Refused(RefusalReason reason, string detail) => new(new Refusal(reason, detail));

    private sealed record Asked(WitnessedCheckpoint Head, long At);
}
