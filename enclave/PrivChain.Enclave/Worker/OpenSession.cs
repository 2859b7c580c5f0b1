using System.Buffers.Binary;
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

    private const int MaxSealed = 65536 + 16;

    private readonly HpkeReceiver _receiver;
    private readonly HpkeSender _sender;
    private readonly Action _leave;
    private readonly SemaphoreSlim _room = new(MaxInFlight, MaxInFlight);
    private readonly Channel<AnswerFrame> _frames = Channel.CreateUnbounded<AnswerFrame>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _underWay = [];
    private bool _disposed;

    public OpenSession(
        RunningWorker worker, QuerySession opening, Secp256k1Signature signature, HpkeReceiver receiver, HpkeSender sender, byte[] encapsulated, Action leave)
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
    public Secp256k1Signature Signature { get; }

    /// <summary>Frames to send, in order.</summary>
    public ChannelReader<AnswerFrame> Frames => _frames.Reader;

    /// <summary>Waits until one more query may be under way.</summary>
    public Task RoomAsync(CancellationToken cancellation) => _room.WaitAsync(cancellation);

    /// <summary>Opens the next query; after a refusal the session is to be closed, since nothing can be said about the order any more.</summary>
    public Verdict<PendingQuery> Open(SealedQuery received)
    {
        if (received.Sealed.Length > MaxSealed)
        {
            return Verdict<PendingQuery>.Refuse(RefusalReason.TooLarge, "query");
        }

        if (!_receiver.TryOpen(IdBytes(received.Id), received.Sealed.Span, out var padded))
        {
            return Verdict<PendingQuery>.Refuse(RefusalReason.CannotOpen, "query");
        }

        if (!SizeClass.TryUnpad(padded, out var bytes) || !QueryDocument.TryParse(bytes, out var query))
        {
            return Verdict<PendingQuery>.Refuse(RefusalReason.Malformed, "query");
        }

        lock (_lock)
        {
            return _underWay.Add(received.Id)
                ? new PendingQuery(this, received.Id, query)
                : Verdict<PendingQuery>.Refuse(RefusalReason.Conflict, "query id");
        }
    }

    /// <summary>Seals and sends the answer to a query; a second answer to the same query is dropped.</summary>
    public void Answer(ulong id, AnswerEnvelope envelope)
    {
        var padded = envelope.ToPaddedArray();
        lock (_lock)
        {
            if (!_underWay.Remove(id))
            {
                return;
            }

            if (!_disposed)
            {
                // Sequence and frame order agree because both are made under the lock.
                var sequence = _sender.Sequence;
                var box = _sender.Seal(IdBytes(id), padded);
                _frames.Writer.TryWrite(new AnswerFrame
                {
                    Answer = new SealedAnswer { Id = id, Sequence = sequence, Sealed = UnsafeByteOperations.UnsafeWrap(box) },
                });
            }
        }

        CryptographicOperations.ZeroMemory(padded);
        _room.Release();
    }

    /// <summary>Gives back what <see cref="RoomAsync"/> took when no query came.</summary>
    public void GiveRoomBack() => _room.Release();

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

    private static byte[] IdBytes(ulong id)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id);
        return bytes;
    }
}
