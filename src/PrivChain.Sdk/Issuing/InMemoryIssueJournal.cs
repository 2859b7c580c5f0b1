using System.Collections.Concurrent;

namespace PrivChain.Sdk.Issuing;

/// <summary>A journal for the life of one process: an import that fails can be started again in it.</summary>
public sealed class InMemoryIssueJournal : IIssueJournal
{
    private readonly ConcurrentDictionary<string, bool> _done = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PendingBatch> _pending = new(StringComparer.Ordinal);
    private int _next;

    /// <inheritdoc/>
    public bool IsDone(string key) => _done.ContainsKey(key);

    /// <inheritdoc/>
    public IReadOnlyList<PendingBatch> LoadPending()
    {
        // Taken out: the import saves them again when it sends them.
        var batches = _pending.Values.ToList();
        _pending.Clear();
        return batches;
    }

    /// <inheritdoc/>
    public Task<string> SavePendingAsync(PendingBatch batch, CancellationToken cancellationToken = default)
    {
        var name = Interlocked.Increment(ref _next).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _pending[name] = batch;
        return Task.FromResult(name);
    }

    /// <inheritdoc/>
    public Task CompleteAsync(string name, PendingBatch batch, IReadOnlyCollection<string> issued, CancellationToken cancellationToken = default)
    {
        foreach (var key in issued)
        {
            _done[key] = true;
        }

        _pending.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
