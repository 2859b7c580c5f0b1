using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace PrivChain.Signatures;

/// <summary>
/// Collects what many callers ask one by one into batches, and gives each its own answer. A batch goes as soon as it is full, or 200 µs after its first request where others came along with it;
/// a caller who is alone does not wait. As many batches at once as it was given, each on a thread of the pool that is only taken while there is something to do; one of them at a time collects, so that
/// none takes what would make another's batch full. For all threads.
/// </summary>
public sealed class BatchCollector<TRequest, TResult>
{
    private readonly Channel<Pending> _queue;
    private readonly Process _process;
    private readonly TimeSpan _window;
    private readonly ConcurrentStack<Worker> _idle = [];
    private bool _inCompany;
    private int _collecting;

    /// <param name="batchSize">Most requests in a batch.</param>
    /// <param name="capacity">Most requests that wait; a caller beyond them waits for a place.</param>
    /// <param name="process">Answers a batch; called for several at once where that was asked for. Where it throws, every caller of that batch gets the exception.</param>
    /// <param name="window">How long the first of a batch waits for others; null: 200 µs.</param>
    /// <param name="batchesAtOnce">Most batches that are answered at the same time.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the window is negative or above a second.</exception>
    public BatchCollector(int batchSize, int capacity, Process process, TimeSpan? window = null, int batchesAtOnce = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentNullException.ThrowIfNull(process);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchesAtOnce, 1);
        _window = window ?? DefaultWindow;
        ArgumentOutOfRangeException.ThrowIfLessThan(_window, TimeSpan.Zero, nameof(window));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_window, TimeSpan.FromSeconds(1), nameof(window));
        _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(capacity));
        _process = process;
        for (var i = 0; i < batchesAtOnce; i++)
        {
            _idle.Push(new Worker(this, batchSize));
        }
    }

    /// <summary>Answers each request of a batch in its place.</summary>
    public delegate void Process(ReadOnlySpan<TRequest> requests, Span<TResult> results);

    /// <summary>How long the first of a batch waits for others where nothing else is said.</summary>
    public static TimeSpan DefaultWindow { get; } = TimeSpan.FromMicroseconds(200);

    internal int Waiting => _queue.Reader.Count;

    /// <summary>Asks for one answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Ends the wait of this caller alone.</param>
    /// <exception cref="OperationCanceledException">Cancelled before the answer was there.</exception>
    public async Task<TResult> AskAsync(TRequest request, CancellationToken cancellation = default)
    {
        var pending = new Pending(request);
        await _queue.Writer.WriteAsync(pending, cancellation).ConfigureAwait(false);
        Wake();
        using (cancellation.UnsafeRegister(static (state, token) => ((Pending)state!).Answer.TrySetCanceled(token), pending))
        {
            return await pending.Answer.Task.ConfigureAwait(false);
        }
    }

    // Has somebody collect what waits, unless somebody does or all are at work: whoever is done looks again.
    private void Wake()
    {
        while (_queue.Reader.TryPeek(out _) && Interlocked.Exchange(ref _collecting, 1) == 0)
        {
            if (_idle.TryPop(out var worker))
            {
                ThreadPool.UnsafeQueueUserWorkItem(worker, preferLocal: false);
                return;
            }

            Interlocked.Exchange(ref _collecting, 0);
            if (_idle.IsEmpty)
            {
                return;
            }
        }
    }

    private int Collect(Pending[] batch)
    {
        var count = Take(batch, 0);
        if (count > (_inCompany ? 0 : 1))
        {
            // The pool has no timer as short as this, so the thread offers its core to others until the time is over.
            for (var opened = Stopwatch.GetTimestamp(); count < batch.Length && Stopwatch.GetElapsedTime(opened) < _window; count = Take(batch, count))
            {
                Thread.Yield();
            }
        }

        if (count > 0)
        {
            _inCompany = count > 1;
        }

        return count;
    }

    private int Take(Pending[] batch, int count)
    {
        while (count < batch.Length && _queue.Reader.TryRead(out var pending))
        {
            // Cancelled while it waited: nobody asks for it any more.
            if (!pending.Answer.Task.IsCompleted)
            {
                batch[count++] = pending;
            }
        }

        return count;
    }

    /// <summary>What one batch needs.</summary>
    private sealed class Worker(BatchCollector<TRequest, TResult> owner, int batchSize) : IThreadPoolWorkItem
    {
        private readonly Pending[] _batch = new Pending[batchSize];
        private readonly TRequest[] _requests = new TRequest[batchSize];
        private readonly TResult[] _results = new TResult[batchSize];

        // Begins as the one that collects.
        public void Execute()
        {
            do
            {
                var count = owner.Collect(_batch);
                Interlocked.Exchange(ref owner._collecting, 0);
                owner.Wake();
                Answer(count);
            }
            while (owner._queue.Reader.TryPeek(out _) && Interlocked.Exchange(ref owner._collecting, 1) == 0);

            owner._idle.Push(this);

            // Whoever came in between found nobody idle.
            owner.Wake();
        }

        private void Answer(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _requests[i] = _batch[i].Request;
            }

            try
            {
                if (count > 0)
                {
                    owner._process(_requests.AsSpan(0, count), _results.AsSpan(0, count));
                }

                for (var i = 0; i < count; i++)
                {
                    _batch[i].Answer.TrySetResult(_results[i]);
                }
            }
            catch (Exception exception)
            {
                // Whatever it was, a caller must not wait for ever.
                for (var i = 0; i < count; i++)
                {
                    _batch[i].Answer.TrySetException(exception);
                }
            }
            finally
            {
                Array.Clear(_batch, 0, count);
                Array.Clear(_requests, 0, count);
                Array.Clear(_results, 0, count);
            }
        }
    }

    private sealed class Pending(TRequest request)
    {
        public TRequest Request { get; } = request;

        public TaskCompletionSource<TResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
