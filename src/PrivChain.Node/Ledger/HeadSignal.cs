namespace PrivChain.Node.Ledger;

/// <summary>The newest head, and a way to wait for a newer one. Heads only grow; a new note of the same size wakes waiters too.</summary>
internal sealed class HeadSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LedgerHead? _current;

    public LedgerHead? Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    public void Set(LedgerHead head)
    {
        TaskCompletionSource woken;
        lock (_gate)
        {
            if (_current is not null && head.Size < _current.Size)
            {
                return;
            }

            _current = head;
            woken = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        woken.SetResult();
    }

    /// <summary>The first head for which the condition holds, now or later.</summary>
    public async Task<LedgerHead> WaitAsync(Func<LedgerHead, bool> wanted, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_current is not null && wanted(_current))
                {
                    return _current;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }
}
