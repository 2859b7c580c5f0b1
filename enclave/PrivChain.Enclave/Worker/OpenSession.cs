using System.Security.Cryptography;
using System.Threading.Channels;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;

namespace PrivChain.Enclave.Worker;

/// <summary>One session with one institution: opens its queries in order, seals answers to it, and keeps count of what is under way.</summary>
internal sealed class OpenSession : IDisposable
{
    /// <summary>Most queries of one session under way; reading stops there until answers have gone.</summary>
    public const int MaxInFlight = 1024;

    private const int HpkeTag = 16;

    private readonly HpkeReceiver _receiver;
    private readonly HpkeSender _sender;
    private readonly Action _leave;
    private readonly SemaphoreSlim _room = new(MaxInFlight, MaxInFlight);
    private readonly Channel<AnswerFrame> _frames = Channel.CreateUnbounded<AnswerFrame>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _underWay = [];
    private bool _disposed;

    public OpenSession(
        RunningWorker worker, QuerySession opening, AccountSignature signature, HpkeReceiver receiver, HpkeSender sender, byte[] encapsulated, Action leave)
    {
        Worker = worker;
        Opening = opening;
        Signature = signature;
        _receiver = receiver;
        _sender = sender;
        _leave = leave;
        _frames.Writer.TryWrite(new AnswerFrame { Accept = new SessionAccept { Encapsulated = ByteString.CopyFrom(encapsulated) } });
    }

    /// <summary>The worker it was opened with.</summary>
    public RunningWorker Worker { get; }

    /// <summary>What the institution signed.</summary>
    public QuerySession Opening { get; }

    /// <summary>Its signature.</summary>
    public AccountSignature Signature { get; }

    /// <summary>Frames to send, in order.</summary>
    public ChannelReader<AnswerFrame> Frames => _frames.Reader;

    /// <summary>Waits until so many more queries may be under way.</summary>
    public async Task RoomAsync(int count, CancellationToken cancellation)
    {
        for (var i = 0; i < count; i++)
        {
            await _room.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the next frame of queries; after a refusal the session is to be closed, since nothing can be said about the order any more.</summary>
    public Verdict<List<PendingQuery>> Open(SealedQueries received)
    {
        if (received.Sealed.Length > SessionFrame.MaxContent + HpkeTag || received.Count > SessionFrame.MaxQueries)
        {
            return Verdict<List<PendingQuery>>.Refuse(RefusalReason.TooLarge, "queries");
        }

        if (received.Count == 0 || received.First > ulong.MaxValue - received.Count)
        {
            return Verdict<List<PendingQuery>>.Refuse(RefusalReason.Malformed, "query ids");
        }

        if (!_receiver.TryOpen(SessionFrame.QueriesData(received.First, received.Count), received.Sealed.Span, out var content))
        {
            return Verdict<List<PendingQuery>>.Refuse(RefusalReason.CannotOpen, "queries");
        }

        if (!SessionFrame.TryUnpack(content, received.Count, out var queries, Worker.Account.Suite))
        {
            return Verdict<List<PendingQuery>>.Refuse(RefusalReason.Malformed, "queries");
        }

        var pending = queries.Select((query, i) => new PendingQuery(this, received.First + (ulong)i, query)).ToList();
        lock (_lock)
        {
            return pending.TrueForAll(query => _underWay.Add(query.Id))
                ? pending
                : Verdict<List<PendingQuery>>.Refuse(RefusalReason.Conflict, "query id");
        }
    }

    /// <summary>Seals and sends the one envelope that answers all queries of a use.</summary>
    /// <param name="queries">The queries, in the order of the use's tree.</param>
    /// <param name="envelope">The answer, over exactly these queries.</param>
    /// <param name="size">The padded size that the contract sets.</param>
    public void Answer(IReadOnlyList<PendingQuery> queries, AnswerEnvelope envelope, int size)
    {
        lock (_lock)
        {
            if (queries.All(query => _underWay.Contains(query.Id)))
            {
                Send(queries, envelope, size);
            }
        }
    }

    /// <summary>Refuses, sealed and of the size of an answer, those of the queries that have no answer yet.</summary>
    public void Refuse(IReadOnlyList<PendingQuery> queries, RefusalReason reason, int size)
    {
        lock (_lock)
        {
            var open = queries.Where(query => _underWay.Contains(query.Id)).ToList();
            if (open.Count > 0)
            {
                Worker.Refused.Add(Opening.Institution, reason, open.Count);
                Send(open, AnswerEnvelope.Refused(QueryDocument.TreeOf(Worker.Account.Suite, open.Select(query => query.Digest)).Root(), reason), size);
            }
        }
    }

    /// <summary>Waits until every query taken has its answer.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < MaxInFlight; i++)
        {
            await _room.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the session with a reason, or without one.</summary>
    public void Close(RefusalReason reason)
    {
        if (reason != RefusalReason.None)
        {
            _frames.Writer.TryWrite(new AnswerFrame { Refused = (uint)reason });
        }

        _frames.Writer.TryComplete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _receiver.Dispose();
            _sender.Dispose();
        }

        _frames.Writer.TryComplete();
        _leave();
    }

    // Under the lock, so that sequence and order of the frames agree.
    private void Send(IReadOnlyList<PendingQuery> queries, AnswerEnvelope envelope, int size)
    {
        if (!_disposed)
        {
            var padded = SizeClass.Pad(envelope.ToArray(), size);
            if (padded.Length != size)
            {
                // The bound was computed from the contract: a longer answer means that the bound is wrong, and its length would tell something.
                throw new InvalidOperationException($"an answer of {padded.Length} bytes where the contract allows {size}");
            }

            var ids = queries.Select(query => query.Id).ToList();
            var answers = new SealedAnswers { Sequence = _sender.Sequence, Sealed = UnsafeByteOperations.UnsafeWrap(_sender.Seal(SessionFrame.AnswersData(ids), padded)) };
            answers.Ids.Add(ids);
            _frames.Writer.TryWrite(new AnswerFrame { Answers = answers });
            CryptographicOperations.ZeroMemory(padded);
        }

        foreach (var query in queries)
        {
            _underWay.Remove(query.Id);
        }

        _room.Release(queries.Count);
    }
}
