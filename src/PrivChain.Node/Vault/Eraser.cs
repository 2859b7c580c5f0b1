using PrivChain.Core.Bytes;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;

namespace PrivChain.Node.Vault;

/// <summary>
/// Destroys the ciphertext of erased records. The tombstone is durable first; if the process dies between, the sweep at the next start finds what the ledger says is erased. Where readers hold
/// the write-ahead log, its truncation is tried again until it succeeds.
/// </summary>
internal sealed class Eraser(RecordStore store, ILedgerEngine ledger, ILogger<Eraser> logger) : BackgroundService
{
    private readonly SemaphoreSlim _pending = new(0);

    public void Destroy(Digest record)
    {
        if (!store.Destroy([record]))
        {
            Log.TruncationDelayed(logger);
            _pending.Release();
        }

        Log.Destroyed(logger, 1);
    }

    /// <summary>Before any call is taken. What a person stated and no anchor names, because the ledger was full or the process died, is nobody's to erase, and would take their room for good.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var left = store.Records()
            .Where(record => ledger.Query(state => state.Record(record.Digest)) is var anchored && (anchored is { Erased: true } || (anchored is null && record.OfStranger)))
            .Select(record => record.Digest).ToList();
        if (left.Count > 0)
        {
            Log.Destroyed(logger, left.Count);
            store.Destroy(left);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Even when nothing is left to destroy: the process may have died between the deletion and the truncation.
        _pending.Release();

        try
        {
            while (true)
            {
                await _pending.WaitAsync(stoppingToken);
                using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
                while (!store.TruncateLog())
                {
                    await retry.WaitForNextTickAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: the next start truncates.
        }
    }
}
