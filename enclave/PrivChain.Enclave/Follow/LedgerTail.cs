using PrivChain.Core.Refusals;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.State;

namespace PrivChain.Enclave.Follow;

/// <summary>Feeds the view from the node for as long as the process runs: reconnects where it left off, and stores the minimum as it grows.</summary>
internal sealed class LedgerTail(INode node, LedgerView view, SealedState state, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // A release needs a fresh cosignature whatever is stored here; the minimum catches a ledger rolled back together with its witnesses, so a second's loss is borne.
    private static readonly TimeSpan StoreEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs until cancelled or until a verification fails; the failure is in <see cref="LedgerView.Stopped"/>.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (!cancellation.IsCancellationRequested && view.Stopped is null)
        {
            var before = view.Size;
            try
            {
                await FollowAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
            catch (RefusalException)
            {
                // The node is away or refuses: nothing is released meanwhile, and we ask again.
            }

            StoreMinimum();
            pause = view.Size > before ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            try
            {
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        StoreMinimum();
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var stored = time.GetTimestamp();
        await foreach (var chunk in node.FollowAsync(view.Size, cancellation).ConfigureAwait(false))
        {
            if (view.Accept(chunk) is not null)
            {
                return;
            }

            if (time.GetElapsedTime(stored) >= StoreEvery)
            {
                StoreMinimum();
                stored = time.GetTimestamp();
            }
        }
    }

    private void StoreMinimum()
    {
        if (view.Checkpoint is { } checkpoint)
        {
            state.Raise(new LedgerMinimum(checkpoint.Checkpoint.Size, checkpoint.Checkpoint.Root));
        }
    }
}
