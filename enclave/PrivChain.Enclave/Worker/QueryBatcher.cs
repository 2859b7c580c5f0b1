using System.Threading.Channels;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Worker;

/// <summary>Collects queries of all sessions for a moment, so that one signature, one entry and one checkpoint serve many.</summary>
/// <param name="process">Answers a batch.</param>
/// <param name="quiet">Called after queries, when none came for <see cref="Quiet"/> and none is under way, and once more after <see cref="Again"/>: what an answer leads to, such as copies that are sent, ends later on a busy machine.</param>
/// <param name="time">The clock.</param>
internal sealed class QueryBatcher(Func<IReadOnlyList<PendingQuery>, CancellationToken, Task> process, Action quiet, TimeProvider time)
{
    /// <summary>Most queries in one batch.</summary>
    public const int MaxBatch = 256;

    /// <summary>How long no query came when <c>quiet</c> is called.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    /// <summary>How long after that it is called the second time.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromSeconds(20);

    private const int MaxBatchesUnderWay = 8;
    private const int MaxWaiting = 4096;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(2);

    private readonly Channel<PendingQuery> _waiting = Channel.CreateBounded<PendingQuery>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Hands in a query; waits while the queue is full.</summary>
    public ValueTask EnqueueAsync(PendingQuery query, CancellationToken cancellation) => _waiting.Writer.WriteAsync(query, cancellation);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // Batches overlap: while one waits for its checkpoint, the next is collected.
        using var room = new SemaphoreSlim(MaxBatchesUnderWay, MaxBatchesUnderWay);
        try
        {
            Queue<TimeSpan> pauses = [];
            while (await NextAsync(room, pauses, cancellation).ConfigureAwait(false))
            {
                pauses = new([Quiet, Again]);
                await room.WaitAsync(cancellation).ConfigureAwait(false);
                var batch = new List<PendingQuery>();
                Take(batch);
                if (batch.Count < MaxBatch)
                {
                    await Task.Delay(Moment, time, cancellation).ConfigureAwait(false);
                    Take(batch);
                }

                _ = OneAsync(batch, room, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: sessions end with the server.
        }
    }

    private async Task<bool> NextAsync(SemaphoreSlim room, Queue<TimeSpan> pauses, CancellationToken cancellation)
    {
        var next = _waiting.Reader.WaitToReadAsync(cancellation).AsTask();
        while (pauses.TryPeek(out var pause))
        {
            try
            {
                return await next.WaitAsync(pause, time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // A batch under way will have something to forget too: wait once more.
                if (room.CurrentCount == MaxBatchesUnderWay)
                {
                    pauses.Dequeue();
                    quiet();
                }
            }
        }

        return await next.ConfigureAwait(false);
    }

    private async Task OneAsync(List<PendingQuery> batch, SemaphoreSlim room, CancellationToken cancellation)
    {
        try
        {
            await Task.Run(() => process(batch, cancellation), cancellation).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever went wrong: no answer leaves half made. The type alone says nothing about anybody's data.
            var reason = exception is RefusalException refused ? refused.Reason
                : exception is OperationCanceledException ? RefusalReason.Cancelled : RefusalReason.Internal;
            foreach (var group in batch.GroupBy(query => query.Session))
            {
                group.Key.Refuse([.. group], reason, AnswerEnvelope.SmallestClass);
            }
        }
        finally
        {
            try
            {
                room.Release();
            }
            catch (ObjectDisposedException)
            {
                // The collector has stopped.
            }
        }
    }

    private void Take(List<PendingQuery> batch)
    {
        while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var query))
        {
            batch.Add(query);
        }
    }
}
