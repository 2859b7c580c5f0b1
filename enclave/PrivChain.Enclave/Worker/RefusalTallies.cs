using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Worker;

/// <summary>
/// Tells every enrolled regulator what the workers of this process refused: soon after the first refusal, then once a minute while there is more. A node could keep all of it back, so nothing waits for it, and what it
/// does not take is told with the next.
/// </summary>
internal sealed class RefusalTallies(LedgerDomain domain, WorkerKeeper workers, IWorkerNodes nodes, TimeProvider time)
{
    /// <summary>Least time between two tallies of a worker.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // As many as a call of the node takes.
    private const int MaxRegulators = 100;

    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _lastLimit = TimeSpan.FromSeconds(2);

    private readonly Dictionary<RunningWorker, DateTimeOffset> _told = [];

    /// <summary>Runs until cancelled; what was counted since the last tally is told at the end, if the node takes it at once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_look, time, cancellation).ConfigureAwait(false);
                await LookAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            using var limit = new CancellationTokenSource(_lastLimit, time);
            foreach (var worker in workers.Running)
            {
                await TellAsync(worker, limit.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Tells of every worker whose last tally is long enough ago.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var running = workers.Running;
        foreach (var worker in running.Where(worker => !_told.TryGetValue(worker, out var last) || now - last >= Pause || now < last))
        {
            if (await TellAsync(worker, cancellation).ConfigureAwait(false))
            {
                _told[worker] = now;
            }
        }

        foreach (var gone in _told.Keys.Except(running).ToList())
        {
            _told.Remove(gone);
        }
    }

    /// <summary>Tells all regulators of one worker's refusals.</summary>
    /// <returns>False when there was nothing to tell.</returns>
    public async Task<bool> TellAsync(RunningWorker worker, CancellationToken cancellation)
    {
        if (worker.Refused.Take() is not { } tally)
        {
            return false;
        }

        try
        {
            var node = nodes.Of(worker);
            var body = tally.ToArray();
            var sentAt = UnixTime.Seconds(time.GetUtcNow());
            var regulators = await node.Auditors.AllAsync(UnixTime.Milliseconds(time.GetUtcNow()), MaxRegulators, cancellation).ConfigureAwait(false);
            if (regulators.Count == 0)
            {
                // Not caught up with the ledger, no profile to be had, or nobody enrolled yet.
                worker.Refused.NotSent();
                return true;
            }

            await node.Node.PutTalliesAsync(
                [.. regulators.Select(regulator => (regulator.Account, InboxMessage.Seal(
                    domain, worker.Account, regulator.Account, regulator.Key, InboxMessageKind.RefusalTally, sentAt, body, RefusalTally.PaddedSize)))],
                cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RefusalException or ObjectDisposedException or OperationCanceledException)
        {
            // Away, stopping, or a worker whose time is over.
            worker.Refused.NotSent();
        }

        return true;
    }
}
