using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Enclave.Worker;
using PrivChain.Schemas.V1;
using Hpke = PrivChain.Core.Hpke.Hpke;

namespace PrivChain.Enclave.Tests.World;

/// <summary>The institution's side of one query session, over channels in the place of gRPC.</summary>
internal sealed class TestInstitution : IAsyncStreamReader<QueryFrame>, IAsyncStreamWriter<AnswerFrame>, IDisposable
{
    private readonly EnclaveWorld _world;
    private readonly Channel<QueryFrame> _toEnclave = Channel.CreateUnbounded<QueryFrame>();
    private readonly Channel<AnswerFrame> _fromEnclave = Channel.CreateUnbounded<AnswerFrame>();
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(30));
    private HpkeSender? _sender;
    private HpkeReceiver? _receiver;
    private byte[] _info = [];
    private ulong _next;

    public TestInstitution(EnclaveWorld world)
    {
        _world = world;
        Running = RunAsync();
    }

    public Task Running { get; }

    public QueryFrame Current { get; private set; } = null!;

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>The opening it would send; a test changes it.</summary>
    public SessionOpen Opening()
    {
        var worker = _world.Worker;
        var info = QuerySessions.Info(Labels.QuerySession, _world.Domain.LedgerId, worker.Account, _world.Institution.Address);
        _info = QuerySessions.Info(Labels.AnswerToInstitution, _world.Domain.LedgerId, worker.Account, _world.Institution.Address);
        _sender = Hpke.SetupSender(worker.SessionKey, info, out var encapsulated);
        var recipient = _world.InstitutionKey.PublicKey;
        var session = new QuerySession(
            _world.Institution.Address, worker.Account, worker.SessionKey.Fingerprint, Digest.OfSha256(encapsulated), recipient.Fingerprint, _world.NowSeconds);
        return new SessionOpen
        {
            Institution = ByteString.CopyFrom(_world.Institution.Address.ToArray()),
            Encapsulated = ByteString.CopyFrom(encapsulated),
            RecipientKey = ByteString.CopyFrom(recipient.ToArray()),
            OpenedAt = _world.NowSeconds,
            Signature = ByteString.CopyFrom(_world.Domain.Sign(_world.Institution, session.StructHash(Suite.International)).ToArray()),
        };
    }

    /// <summary>Opens; gives the reason, or none.</summary>
    public async Task<RefusalReason> OpenAsync(SessionOpen? opening = null)
    {
        Send(new QueryFrame { Open = opening ?? Opening() });
        var frame = await NextAsync();
        if (frame.FrameCase == AnswerFrame.FrameOneofCase.Refused)
        {
            return (RefusalReason)frame.Refused;
        }

        Assert.IsTrue(Hpke.TrySetupReceiver(_world.InstitutionKey, frame.Accept.Encapsulated.Span, _info, out _receiver));
        return RefusalReason.None;
    }

    public ulong Ask(QueryDocument query)
    {
        Send(new QueryFrame { Queries = Seal(query) });
        return _next - 1;
    }

    /// <summary>Queries in one frame.</summary>
    public SealedQueries Seal(params IReadOnlyList<QueryDocument> queries)
    {
        var (first, count) = (_next, (uint)queries.Count);
        _next += count;
        var content = SessionFrame.Pack([.. queries.Select(query => query.ToArray())]);
        return new SealedQueries { First = first, Count = count, Sealed = ByteString.CopyFrom(_sender!.Seal(SessionFrame.QueriesData(first, count), content)) };
    }

    public void Send(QueryFrame frame) => Assert.IsTrue(_toEnclave.Writer.TryWrite(frame));

    public void Finish() => _toEnclave.Writer.TryComplete();

    public async Task<AnswerFrame> NextAsync() => await _fromEnclave.Reader.ReadAsync(_stop.Token);

    public async Task<(IReadOnlyList<ulong> Ids, AnswerEnvelope Envelope, int Size)> AnswerAsync()
    {
        var frame = await NextAsync();
        Assert.AreEqual(AnswerFrame.FrameOneofCase.Answers, frame.FrameCase, ((RefusalReason)frame.Refused).ToString());
        Assert.IsTrue(_receiver!.TryOpenAt(frame.Answers.Sequence, SessionFrame.AnswersData(frame.Answers.Ids), frame.Answers.Sealed.Span, out var padded));
        Assert.IsTrue(SizeClass.TryUnpad(padded, out var bytes));
        Assert.IsTrue(AnswerEnvelope.TryParse(bytes, out var envelope));
        return (frame.Answers.Ids, envelope, frame.Answers.Sealed.Length);
    }

    public async Task<AnswerEnvelope> AskAsync(QueryDocument query)
    {
        Ask(query);
        return (await AnswerAsync()).Envelope;
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!await _toEnclave.Reader.WaitToReadAsync(cancellationToken))
        {
            return false;
        }

        Current = await _toEnclave.Reader.ReadAsync(cancellationToken);
        return true;
    }

    public Task WriteAsync(AnswerFrame message) => _fromEnclave.Writer.WriteAsync(message).AsTask();

    public Task WriteAsync(AnswerFrame message, CancellationToken cancellationToken) => WriteAsync(message);

    public void Dispose()
    {
        _stop.Cancel();
        _sender?.Dispose();
        _receiver?.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await _world.Loop.RunAsync(this, this, _stop.Token);
        }
        finally
        {
            _fromEnclave.Writer.TryComplete();
        }
    }
}
