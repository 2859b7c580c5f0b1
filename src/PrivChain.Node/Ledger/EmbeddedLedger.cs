using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Node.Observability;
using PrivChain.Node.Storage;

namespace PrivChain.Node.Ledger;

/// <summary>
/// The embedded ledger: one sequencer thread takes authentic entries from a bounded queue, applies the rules, and writes a batch and the checkpoint over it in
/// one transaction. Nothing is acknowledged before that transaction is on disk. When storage fails, nothing of the batch is acknowledged and the
/// engine takes no more: memory may be ahead of the disk, and only a restart, which replays the disk, is sure to agree with it.
/// </summary>
internal sealed partial class EmbeddedLedger : ILedgerEngine, IDisposable
{
    public const int BatchSize = 256;
    public const int QueueLength = 10_000;

    private const ulong MaxStepMilliseconds = 10UL * 366 * 86_400_000;

    private static readonly TimeSpan _window = TimeSpan.FromMilliseconds(2);

    private readonly LedgerStore _store;
    private readonly LogSigner _log;
    private readonly TimeProvider _time;
    private readonly ILogger<EmbeddedLedger> _logger;
    private readonly NodeMetrics _metrics;
    private readonly LedgerState _state;
    private readonly MerkleTree _tree;

    // Guards state and tree; held by the sequencer while it applies a batch, by readers for single questions.
    private readonly Lock _gate = new();
    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _sequencer;
    private volatile bool _accepting = true;
    private bool _disposed;

    private EmbeddedLedger(LedgerStore store, Genesis genesis, LogSigner log, TimeProvider time, ILogger<EmbeddedLedger> logger, NodeMetrics metrics)
    {
        _store = store;
        _log = log;
        _time = time;
        _logger = logger;
        _metrics = metrics;
        Genesis = genesis;
        Domain = genesis.Domain;
        _state = new LedgerState(genesis);
        _tree = new MerkleTree(genesis.Algorithms.Tree);
        _sequencer = new Thread(Run) { IsBackground = true, Name = "sequencer" };
    }

    public Genesis Genesis { get; }

    public LedgerDomain Domain { get; }

    public TrailIndex Trail { get; } = new();

    public bool Accepting => _accepting;

    public HeadSignal Signed { get; } = new();

    public HeadSignal Witnessed { get; } = new();

    /// <summary>Entries waiting to be sequenced.</summary>
    public int Queued => _queue.Reader.Count;

    /// <summary>Opens the file, replays it and starts the sequencer. The signer becomes the engine's to dispose.</summary>
    /// <exception cref="RefusalException">The file is of another ledger, was changed, or the signer's keys are not the log's.</exception>
    public static EmbeddedLedger Open(string path, Genesis genesis, LogSigner log, TimeProvider time, ILogger<EmbeddedLedger> logger, NodeMetrics metrics)
    {
        if (!log.VerifierKeys.SequenceEqual(genesis.Log.Keys))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "log key: not the one that the genesis names"));
        }

        var store = new LedgerStore(Database.Open(path, "ledger"));
        EmbeddedLedger? engine = null;
        try
        {
            if (!store.Genesis(genesis.ToArray()).AsSpan().SequenceEqual(genesis.ToArray()))
            {
                throw new RefusalException(new Refusal(RefusalReason.WrongLedger, $"{path} was begun with another genesis"));
            }

            engine = new EmbeddedLedger(store, genesis, log, time, logger, metrics);
            var started = Stopwatch.GetTimestamp();
            LedgerReplay.Run(store, genesis, engine._state, engine._tree, engine.Trail);
            engine.ShowHeads();
            Log.LedgerReplayed(logger, engine._tree.Size, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            engine._sequencer.Start();
            return engine;
        }
        catch
        {
            engine?._stopping.Dispose();
            store.Dispose();
            throw;
        }
    }

    public Task<Verdict<Appended>> AppendAsync(AuthenticEntry entry)
    {
        if (!_accepting)
        {
            return Task.FromResult(Verdict<Appended>.Refuse(RefusalReason.StorageFailed));
        }

        var pending = new Pending(entry);
        return _queue.Writer.TryWrite(pending)
            ? pending.Done.Task
            : Task.FromResult(Verdict<Appended>.Refuse(_accepting ? RefusalReason.Overloaded : RefusalReason.Unavailable));
    }

    public IReadOnlyList<byte[]> Read(ulong start, int count)
    {
        var size = Durable;
        return start >= size ? [] : _store.Read(start, (int)Math.Min((ulong)count, size - start));
    }

    public IReadOnlyList<StoredEntry> Read(IReadOnlyCollection<ulong> indices)
    {
        RequireDurable(Durable, indices.All(index => index < Durable));
        return _store.Read(indices);
    }

    public StoredEntry? Find(Digest document, AccountAddress? signer) =>
        _store.Find(document, signer) is { } found && found.Index < Durable ? found : null;

    public IReadOnlyList<StoredEntry> List(EntryFilter filter, ulong start, int count)
    {
        var size = Durable;
        return start >= size ? [] : _store.List(filter, start, size, count);
    }

    public IReadOnlyList<Digest> InclusionProof(ulong index, ulong size)
    {
        RequireDurable(size, index < size);
        lock (_gate)
        {
            return _tree.InclusionProof(index, size);
        }
    }

    public IReadOnlyList<Digest> ConsistencyProof(ulong oldSize, ulong newSize)
    {
        RequireDurable(newSize, oldSize <= newSize);
        lock (_gate)
        {
            return _tree.ConsistencyProof(oldSize, newSize);
        }
    }

    public byte[]? Tile(TilePath path)
    {
        var shift = TilePath.Height * path.Level;
        var available = shift < 64 ? Durable >> shift : 0;
        if (path.IsEntries || path.Index > available / TilePath.FullWidth || (path.Index * TilePath.FullWidth) + (ulong)path.Width > available)
        {
            return null;
        }

        lock (_gate)
        {
            return TileTree.ReadTile(_tree, path);
        }
    }

    public T Query<T>(Func<LedgerState, T> question)
    {
        lock (_gate)
        {
            return question(_state);
        }
    }

    public void RecordWitnessed(LedgerHead head)
    {
        try
        {
            _store.SaveWitnessed(head);
        }
        catch (SqliteException exception)
        {
            Stop(exception);
        }

        // Cosigned is cosigned, stored or not: readers can still prove what is durable.
        Witnessed.Set(head);
    }

    /// <summary>Stops taking entries, finishes the ones in the queue, closes the file.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _accepting = false;
        _queue.Writer.TryComplete();
        _stopping.Cancel();
        _sequencer.Join();
        _stopping.Dispose();
        _store.Dispose();
        _log.Dispose();
    }

    private ulong Durable => Signed.Current?.Size ?? 0;

    private void RequireDurable(ulong size, bool ordered)
    {
        if (!ordered || size > Durable)
        {
            throw new RefusalException(new Refusal(RefusalReason.NotFound, "outside the ledger"));
        }
    }

    // Entries after the last signed checkpoint cannot be there (one transaction writes both), but signing again costs nothing and heals a file restored in part.
    private void ShowHeads()
    {
        var signed = SignHead();
        _store.Commit([], signed);
        Signed.Set(signed);
        if (_store.Head("witnessed") is { } stored)
        {
            var witnessed = WitnessedCheckpoint.Verify(stored.Note, Genesis.Log, LedgerFollower.WitnessesOf(Genesis));
            if (!witnessed.Accepted || witnessed.Value.Checkpoint.Size > _tree.Size || _tree.Root(witnessed.Value.Checkpoint.Size) != witnessed.Value.Checkpoint.Root)
            {
                throw new RefusalException(new Refusal(RefusalReason.StorageFailed, "ledger: the stored witnessed checkpoint is not one of this tree"));
            }

            Witnessed.Set(new LedgerHead(witnessed.Value.Checkpoint.Size, witnessed.Value.Checkpoint.Root, stored.Note));
        }
    }

    private LedgerHead SignHead()
    {
        var checkpoint = new Checkpoint(Genesis.Origin, _tree.Size, _tree.Root());
        return new LedgerHead(checkpoint.Size, checkpoint.Root, _log.Sign(checkpoint).Note.Bytes);
    }

    private void Run()
    {
        var batch = new List<Pending>(BatchSize);
        try
        {
            while (Collect(batch))
            {
                Sequence(batch);
                batch.Clear();
            }
        }
        catch (Exception exception)
        {
            // Not only SqliteException: whatever it was, memory can no longer be trusted to agree with the disk.
            Stop(exception);
            foreach (var pending in batch)
            {
                pending.Done.TrySetResult(Verdict<Appended>.Refuse(RefusalReason.StorageFailed));
            }

            while (_queue.Reader.TryRead(out var pending))
            {
                pending.Done.TrySetResult(Verdict<Appended>.Refuse(RefusalReason.StorageFailed));
            }
        }
    }

    private void Stop(Exception exception)
    {
        _accepting = false;
        _queue.Writer.TryComplete();
        Log.StorageFailed(_logger, exception);
    }

    // Waits for a first entry, then takes what comes until the batch is full or the window is over. False when stopped and drained.
    private bool Collect(List<Pending> batch)
    {
        Pending? first;
        while (!_queue.Reader.TryRead(out first))
        {
            if (!_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                return false;
            }
        }

        batch.Add(first);
        var opened = Stopwatch.GetTimestamp();
        while (true)
        {
            while (batch.Count < BatchSize && _queue.Reader.TryRead(out var next))
            {
                batch.Add(next);
            }

            if (batch.Count == BatchSize || Stopwatch.GetElapsedTime(opened) >= _window || _stopping.IsCancellationRequested)
            {
                return true;
            }

            Thread.Sleep(1);
        }
    }

    private void Sequence(List<Pending> batch)
    {
        using var activity = NodeMetrics.Activities.StartActivity("ledger.commit");
        var admitted = new List<(ulong Index, byte[] Bytes, Digest Digest)>(batch.Count);
        var written = new List<NewEntry>(batch.Count);
        var recorded = new Dictionary<(Digest, AccountAddress), Appended>();
        var verdicts = new Verdict<Appended>[batch.Count];
        LedgerHead? head = null;
        lock (_gate)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                verdicts[i] = Admit(batch[i].Entry, admitted, recorded);
            }

            if (admitted.Count > 0)
            {
                var leaves = Domain.Suite.Tree.Leaves(admitted.ConvertAll(static entry => (ReadOnlyMemory<byte>)entry.Bytes));
                _tree.AppendAll(leaves);
                written.AddRange(admitted.Zip(leaves, static (entry, leaf) => new NewEntry(entry.Index, entry.Bytes, leaf, entry.Digest)));
                head = SignHead();
            }
        }

        if (head is not null)
        {
            var started = Stopwatch.GetTimestamp();
            _store.Commit(written, head);
            _metrics.Committed(written.Count, Stopwatch.GetElapsedTime(started));
            Signed.Set(head);
        }

        // Refusals wait for the commit too: a refusal may rest on an entry of the same batch.
        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Done.SetResult(verdicts[i]);
        }
    }

    private Verdict<Appended> Admit(AuthenticEntry unsequenced, List<(ulong Index, byte[] Bytes, Digest Digest)> admitted, Dictionary<(Digest, AccountAddress), Appended> recorded)
    {
        // Ledger time never goes back, so one entry at the end of the calendar would end every consent for ever: a clock that is that far ahead is refused until it is right.
        var clock = UnixTime.Milliseconds(_time.GetUtcNow());
        if (clock - Math.Min(clock, Math.Max(_state.Time, Genesis.CreatedAt)) > MaxStepMilliseconds)
        {
            return Verdict<Appended>.Refuse(RefusalReason.ClockSkew, "the node's clock is more than ten years ahead of its ledger");
        }

        // Never backwards, whatever the clock does.
        var entry = unsequenced.At(Math.Max(_state.Time, clock));
        var index = _state.Size;
        var reason = _state.Apply(entry);
        var key = (entry.Digest, entry.Entry.Signer);
        if (reason == RefusalReason.None)
        {
            Trail.Add(entry.Entry, TrailIndex.ParentOf(entry.Entry, _state));
            admitted.Add((index, entry.Entry.ToArray(), entry.Digest));
            recorded.Add(key, new Appended(index, entry.Entry.Time, AlreadyRecorded: true));
            return new Appended(index, entry.Entry.Time, AlreadyRecorded: false);
        }

        // No rule admits a document twice, so a repeat is always refused first and looked for then.
        if (recorded.TryGetValue(key, out var now))
        {
            return now;
        }

        return _store.FindOnWriter(entry.Digest, entry.Entry.Signer) is { } before && Entry.TryParse(before.Bytes, out var stored)
            ? new Appended(before.Index, stored.Time, AlreadyRecorded: true)
            : Verdict<Appended>.Refuse(reason);
    }

    private sealed class Pending(AuthenticEntry entry)
    {
        public AuthenticEntry Entry { get; } = entry;

        public TaskCompletionSource<Verdict<Appended>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
