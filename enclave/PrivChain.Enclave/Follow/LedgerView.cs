using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.State;

namespace PrivChain.Enclave.Follow;

/// <summary>
/// This process's own verified copy of the ledger. One task advances it; readers see it only at witnessed checkpoints at or above the stored minimum. After one
/// failed verification it stays stopped, says why, and nothing is released any more.
/// </summary>
internal sealed class LedgerView
{
    /// <summary>Entries kept for those who wait for one: a batch waits for entries appended moments ago.</summary>
    private const int KeptEntries = 16 * 1024;

    private readonly LedgerFollower _follower;
    private readonly LedgerDomain _domain;
    private readonly LedgerMinimum _minimum;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, WitnessedEntry> _recent = [];
    private readonly Queue<(ulong Index, AuthenticEntry Authentic)> _unwitnessed = new();
    private TaskCompletionSource _advanced = NewPulse();
    private bool _minimumReached;
    private Refusal? _stopped;

    public LedgerView(Genesis genesis, LedgerMinimum minimum)
    {
        _follower = new LedgerFollower(genesis);
        _domain = genesis.Domain;
        _minimum = minimum;
        _minimumReached = minimum.Size == 0;
    }

    /// <summary>Index of the next entry wanted.</summary>
    public ulong Size
    {
        get
        {
            lock (_lock)
            {
                return _follower.Size;
            }
        }
    }

    /// <summary>Why it stopped, or null.</summary>
    public Refusal? Stopped
    {
        get
        {
            lock (_lock)
            {
                return _stopped;
            }
        }
    }

    /// <summary>The last witnessed checkpoint, or null while the minimum is not reached.</summary>
    public WitnessedCheckpoint? Checkpoint
    {
        get
        {
            lock (_lock)
            {
                return _minimumReached ? _follower.Checkpoint : null;
            }
        }
    }

    /// <summary>Ends at the next checkpoint or the stop. Taken before a condition is looked at, no change between the look and the wait is missed.</summary>
    public Task Advanced
    {
        get
        {
            lock (_lock)
            {
                return _advanced.Task;
            }
        }
    }

    /// <summary>
    /// Takes the next chunk. <see cref="RefusalReason.StaleHead"/> and <see cref="RefusalReason.Incomplete"/> are an answer for another position, as after a
    /// reconnection, and do not stop the view; any other refusal stops it for good.
    /// </summary>
    public Refusal? Accept(ReceivedChunk chunk)
    {
        // Signatures are checked outside the lock: it is most of the work, and needs no state.
        var authentic = AuthenticEntry.ReadAll(chunk.Entries, _domain);
        lock (_lock)
        {
            if (_stopped is not null)
            {
                return _stopped;
            }

            if (chunk.FirstIndex != _follower.Size)
            {
                return new Refusal(RefusalReason.Incomplete, $"wanted entries from {_follower.Size}, given from {chunk.FirstIndex}");
            }

            for (var i = 0; i < chunk.Entries.Count; i++)
            {
                if (authentic[i] is not { Accepted: true, Value: { } entry })
                {
                    return Stop(authentic[i].Refusal!);
                }

                var index = _follower.Size;
                var applied = _follower.Accept(entry, chunk.Entries[i].Span);
                if (!applied.Accepted)
                {
                    return Stop(applied.Refusal);
                }

                _unwitnessed.Enqueue((index, entry));
                if (_unwitnessed.Count > KeptEntries)
                {
                    _unwitnessed.Dequeue();
                }

                if (_follower.Size == _minimum.Size)
                {
                    if (_follower.Root != _minimum.Root)
                    {
                        return Stop(new Refusal(RefusalReason.SplitView, $"the first {_minimum.Size} entries are not those seen before"));
                    }

                    _minimumReached = true;
                }
            }

            return chunk.Note.IsEmpty ? null : AcceptNote(chunk.Note);
        }
    }

    /// <summary>
    /// Reads the state at a witnessed checkpoint; waits while entries are applied that no checkpoint covers yet. The reader runs under the view's lock: it
    /// copies what it needs and leaves.
    /// </summary>
    public async Task<Verdict<T>> ReadAsync<T>(Func<LedgerState, T> read, CancellationToken cancellation)
        where T : notnull
    {
        while (true)
        {
            Task advanced;
            lock (_lock)
            {
                if (_stopped is not null)
                {
                    return _stopped;
                }

                if (_minimumReached && _unwitnessed.Count == 0 && _follower.Checkpoint is not null)
                {
                    return read(_follower.State);
                }

                advanced = _advanced.Task;
            }

            if (!await HappenedAsync(advanced, cancellation).ConfigureAwait(false))
            {
                return Verdict<T>.Refuse(RefusalReason.Unavailable, "the ledger is not caught up");
            }
        }
    }

    /// <summary>Waits until the entry at an index was applied under a witnessed checkpoint. Refused with Unavailable when cancelled before.</summary>
    public async Task<Verdict<WitnessedEntry>> WaitForAsync(ulong index, CancellationToken cancellation)
    {
        while (true)
        {
            Task advanced;
            lock (_lock)
            {
                if (_stopped is not null)
                {
                    return _stopped;
                }

                if (_minimumReached && _follower.Checkpoint is { } checkpoint && checkpoint.Checkpoint.Size > index)
                {
                    return _recent.TryGetValue(index, out var found)
                        ? found
                        : Verdict<WitnessedEntry>.Refuse(RefusalReason.Unavailable, $"entry {index} is no longer kept");
                }

                advanced = _advanced.Task;
            }

            if (!await HappenedAsync(advanced, cancellation).ConfigureAwait(false))
            {
                return Verdict<WitnessedEntry>.Refuse(RefusalReason.Unavailable, $"entry {index} was not witnessed in time");
            }
        }
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when the task ended before the cancellation.</summary>
    public static async Task<bool> HappenedAsync(Task task, CancellationToken cancellation)
    {
        try
        {
            await task.WaitAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private Refusal? AcceptNote(ReadOnlyMemory<byte> note)
    {
        var verdict = _follower.AcceptCheckpoint(note.Span);
        if (!verdict.Accepted)
        {
            return verdict.Reason == RefusalReason.StaleHead ? verdict.Refusal : Stop(verdict.Refusal);
        }

        foreach (var (index, entry) in _unwitnessed)
        {
            _recent.Add(index, new WitnessedEntry(index, entry, verdict.Value));
            _recent.Remove(unchecked(index - KeptEntries));
        }

        _unwitnessed.Clear();
        Pulse();
        return null;
    }

    private Refusal Stop(Refusal refusal)
    {
        _stopped = new Refusal(refusal.Reason, $"at entry {_follower.Size}: {refusal.Detail}");
        Pulse();
        return _stopped;
    }

    private void Pulse()
    {
        var reached = _advanced;
        _advanced = NewPulse();
        reached.SetResult();
    }
}
