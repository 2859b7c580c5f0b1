using System.Diagnostics;
using System.Threading.Channels;

namespace PrivChain.Signatures;

/// <summary>
/// Collects what many callers ask one by one into batches, and gives each its own answer. A batch goes as soon as it is full, or 200 µs after its first request where others came along with it;
/// a caller who is alone does not wait. One batch at a time, on a thread of the pool that is only taken while there is something to do. For all threads.
/// </summary>
public sealed class BatchCollector<TRequest, TResult> : IThreadPoolWorkItem
{
    private readonly Channel<Pending> _queue;
    private readonly Process _process;
    private readonly TimeSpan _window;
    private readonly Pending[] _batch;
    private readonly TRequest[] _requests;
    private readonly TResult[] _results;
    private bool _inCompany;
    private int _running;

    /// <param name="batchSize">Most requests in a batch.</param>
    /// <param name="capacity">Most requests that wait; a caller beyond them waits for a place.</param>
    /// <param name="process">Answers a batch. Where it throws, every caller of that batch gets the exception.</param>
    /// <param name="window">How long the first of a batch waits for others; null: 200 µs.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the window is negative or above a second.</exception>
    public BatchCollector(int batchSize, int capacity, Process process, TimeSpan? window = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentNullException.ThrowIfNull(process);
        _window = window ?? DefaultWindow;
        ArgumentOutOfRangeException.ThrowIfLessThan(_window, TimeSpan.Zero, nameof(window));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_window, TimeSpan.FromSeconds(1), nameof(window));
        _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _process = process;
        _batch = new Pending[batchSize];
        _requests = new TRequest[batchSize];
        _results = new TResult[batchSize];
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
        if (Interlocked.Exchange(ref _running, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        using (cancellation.UnsafeRegister(static (state, token) => ((Pending)state!).Answer.TrySetCanceled(token), pending))
        {
            return await pending.Answer.Task.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        do
        {
            while (Collect() is > 0 and var count)
            {
                Answer(count);
            }

            Interlocked.Exchange(ref _running, 0);

            // Whoever came in between saw this still running and left its request to it.
        }
        while (_queue.Reader.TryPeek(out _) && Interlocked.Exchange(ref _running, 1) == 0);
    }

    private int Collect()
    {
        var count = Take(0);
        if (count > (_inCompany ? 0 : 1))
        {
            // The pool has no timer as short as this, so the thread offers its core to others until the time is over.
            for (var opened = Stopwatch.GetTimestamp(); count < _batch.Length && Stopwatch.GetElapsedTime(opened) < _window; count = Take(count))
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

    private int Take(int count)
    {
        while (count < _batch.Length && _queue.Reader.TryRead(out var pending))
        {
            // Cancelled while it waited: nobody asks for it any more.
            if (!pending.Answer.Task.IsCompleted)
            {
                _batch[count++] = pending;
            }
        }

        return count;
    }

    private void Answer(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _requests[i] = _batch[i].Request;
        }

        try
        {
            _process(_requests.AsSpan(0, count), _results.AsSpan(0, count));
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

    private sealed class Pending(TRequest request)
    {
        public TRequest Request { get; } = request;

        public TaskCompletionSource<TResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
