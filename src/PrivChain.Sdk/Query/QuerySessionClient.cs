using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Query;

/// <summary>
/// A stream of sealed queries to one attested worker. Any number of queries may be under way at once; queries that wait for the stream together travel in one frame, and the queries of one use
/// are answered by one frame, which is opened only if it was sealed for exactly them. Opening costs several round trips, a query one: keep a session for as long as there are questions. Safe for concurrent use.
/// </summary>
public sealed class QuerySessionClient : IAsyncDisposable
{
    /// <summary>Most queries under way at once; the next waits.</summary>
    public const int MaxInFlight = 1000;

    private readonly InstitutionClient _institution;
    private readonly AsyncDuplexStreamingCall<Wire.QueryFrame, Wire.AnswerFrame> _call;
    private readonly HpkeSender _sender;
    private readonly HpkeReceiver _receiver;
    private readonly ConcurrentDictionary<ulong, Pending> _pending = new();
    private readonly Channel<Pending> _outgoing = Channel.CreateUnbounded<Pending>();

    // Not disposed: it holds nothing as long as nobody asks for its wait handle, and a caller may still be waiting for room when the session ends.
    private readonly SemaphoreSlim _room = new(MaxInFlight);
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _writing;
    private readonly Task _reading;
    private Refusal? _closed;

    private QuerySessionClient(
        InstitutionClient institution,
        AttestedWorker worker,
        AsyncDuplexStreamingCall<Wire.QueryFrame, Wire.AnswerFrame> call,
        HpkeSender sender,
        HpkeReceiver receiver)
    {
        _institution = institution;
        Worker = worker;
        _call = call;
        _sender = sender;
        _receiver = receiver;
        _reading = ReadAsync();
        _writing = WriteAsync();
    }

    /// <summary>The worker to which this session is sealed.</summary>
    public AttestedWorker Worker { get; }

    /// <summary>Asks one question under a consent and spends one use of it.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="fields">Fields wanted, such as <c>identity-card.birthDate</c>; null: all that the consent names.</param>
    /// <param name="cancellationToken">Stops waiting; a query that was sent may still spend its use.</param>
    /// <returns>An answer, which may be a refusal by the enclave.</returns>
    /// <exception cref="RefusalException">The session ended, or the answer does not verify.</exception>
    public async Task<Answer> QueryAsync(GivenConsent consent, IEnumerable<string>? fields = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(consent);
        var query = QueryOf(consent, fields);
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        var pending = new Pending(consent, query);
        if (!_outgoing.Writer.TryWrite(pending))
        {
            _room.Release();
            throw new RefusalException(_closed!);
        }

        // Given up, a query keeps its place until its answer comes: the others of its frame are verified together with it.
        using var registration = cancellationToken.UnsafeRegister(_ => pending.Answered.TrySetCanceled(cancellationToken), null);
        return await pending.Answered.Task.ConfigureAwait(false);
    }

    /// <summary>Ends the session; queries still under way end with <see cref="RefusalReason.Cancelled"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(new Refusal(RefusalReason.Cancelled, "the session was ended"));
        await _ended.CancelAsync().ConfigureAwait(false);
        _call.Dispose();
        await Task.WhenAll(_writing, _reading).ConfigureAwait(false);
        _sender.Dispose();
        _receiver.Dispose();
        _ended.Dispose();
    }

    internal static async Task<QuerySessionClient> OpenAsync(InstitutionClient institution, AttestedWorker worker, CancellationToken cancellationToken)
    {
        var connection = institution.Connection;
        var (sender, opening, context) = Begin(institution, worker);
        AsyncDuplexStreamingCall<Wire.QueryFrame, Wire.AnswerFrame>? call = null;
        try
        {
            call = connection.EnclaveService.Query(
                await connection.HeadersAsync(institution.Account, cancellationToken).ConfigureAwait(false), cancellationToken: CancellationToken.None);
            await call.RequestStream.WriteAsync(new Wire.QueryFrame { Open = opening }, cancellationToken).ConfigureAwait(false);
            var answered = await call.ResponseStream.MoveNext(cancellationToken).WaitAsync(connection.Options.Deadline, connection.Time, cancellationToken).ConfigureAwait(false);
            var receiver = Accept(institution, answered ? call.ResponseStream.Current : new Wire.AnswerFrame { Refused = (uint)RefusalReason.Unavailable }, context);
            return new QuerySessionClient(institution, worker, call, sender, receiver);
        }
        catch (Exception exception)
        {
            call?.Dispose();
            sender.Dispose();
            throw exception switch
            {
                TimeoutException => new RefusalException(new Refusal(RefusalReason.Deadline, "the worker did not answer the opening")),
                RpcException rpc => RefusalInterceptor.Map(rpc),
                _ => exception,
            };
        }
    }

    /// <summary>One query in one call, for a page in a browser, which cannot send a stream. What comes back is judged as in a session.</summary>
    internal static async Task<Answer> AskAsync(
        InstitutionClient institution, AttestedWorker worker, GivenConsent consent, IEnumerable<string>? fields, CancellationToken cancellationToken)
    {
        var connection = institution.Connection;
        var (sender, opening, context) = Begin(institution, worker);
        using (sender)
        {
            var pending = new Pending(consent, QueryOf(consent, fields));
            var content = SessionFrame.Pack([pending.Layout]);
            var request = new Wire.AskRequest
            {
                Open = opening,
                Queries = new Wire.SealedQueries { First = 0, Count = 1, Sealed = UnsafeByteOperations.UnsafeWrap(sender.Seal(SessionFrame.QueriesData(0, 1), content)) },
            };
            using var call = connection.SingleQueryService.Ask(
                request, await connection.HeadersAsync(institution.Account, cancellationToken).ConfigureAwait(false), cancellationToken: cancellationToken);
            using var receiver = Accept(institution, await NextAsync().ConfigureAwait(false), context);
            var frame = await NextAsync().ConfigureAwait(false);
            if (frame.FrameCase != Wire.AnswerFrame.FrameOneofCase.Answers)
            {
                throw new RefusalException(RefusalOf(frame));
            }

            var batch = Judge(institution, worker, receiver, frame.Answers, [pending]);
            return new Answer(institution, worker, consent, pending.Digest, batch, 0);

            async Task<Wire.AnswerFrame> NextAsync() => await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false)
                ? call.ResponseStream.Current
                : new Wire.AnswerFrame { Refused = (uint)RefusalReason.Unavailable };
        }
    }

    private static (HpkeSender Sender, Wire.SessionOpen Opening, byte[] Context) Begin(InstitutionClient institution, AttestedWorker worker)
    {
        var connection = institution.Connection;
        var context = QuerySession.HpkeContext(connection.LedgerId, worker.Account, institution.Account.Address);
        var sender = Hpke.SetupSender(worker.SessionKey, HpkeInfo.Of(Labels.QuerySession, context), out var encapsulated);
        var session = new QuerySession(
            institution.Account.Address, worker.Account, worker.SessionKey.Fingerprint, connection.Domain.Suite.DigestOf(encapsulated),
            institution.EncryptionKey.PublicKey.Fingerprint, connection.UnixSeconds);
        var opening = new Wire.SessionOpen
        {
            Institution = PrivChainConnection.Bytes(institution.Account.Address),
            Encapsulated = ByteString.CopyFrom(encapsulated),
            RecipientKey = ByteString.CopyFrom(institution.EncryptionKey.PublicKey.ToArray()),
            OpenedAt = session.OpenedAt,
            Signature = ByteString.CopyFrom(connection.Domain.Sign(institution.Account, session.StructHash(connection.Domain.Suite)).ToArray()),
        };
        return (sender, opening, context);
    }

    private static HpkeReceiver Accept(InstitutionClient institution, Wire.AnswerFrame frame, byte[] context) =>
        frame.FrameCase != Wire.AnswerFrame.FrameOneofCase.Accept ? throw new RefusalException(RefusalOf(frame))
        : Hpke.TrySetupReceiver(institution.EncryptionKey, frame.Accept.Encapsulated.Span, HpkeInfo.Of(Labels.AnswerToInstitution, context), out var receiver) ? receiver
        : throw new RefusalException(new Refusal(RefusalReason.CannotOpen, "the worker's encapsulation is not for this institution's key"));

    private static QueryDocument QueryOf(GivenConsent consent, IEnumerable<string>? fields) => new()
    {
        Consent = consent.Digest,
        Nonce = new Digest(RandomNumberGenerator.GetBytes(Digest.Size)),
        Fields = fields is null ? [] : [.. fields.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        Suite = consent.Entry.Entry.Suite,
    };

    // The only writer: the worker opens in the order of the stream. While one frame is on its way, the next one fills.
    private async Task WriteAsync()
    {
        try
        {
            ulong next = 0;
            while (await _outgoing.Reader.WaitToReadAsync(_ended.Token).ConfigureAwait(false))
            {
                var frame = Take();
                if (frame.Count == 0)
                {
                    continue;
                }

                for (var i = 0; i < frame.Count; i++)
                {
                    _pending[next + (ulong)i] = frame[i];
                }

                // Closed before these were among the pending: nobody else ends them.
                if (_closed is { } closed)
                {
                    Close(closed);
                    return;
                }

                var content = SessionFrame.Pack([.. frame.Select(pending => pending.Layout)]);
                var queries = new Wire.SealedQueries
                {
                    First = next, Count = (uint)frame.Count, Sealed = UnsafeByteOperations.UnsafeWrap(_sender.Seal(SessionFrame.QueriesData(next, (uint)frame.Count), content)),
                };
                next += (ulong)frame.Count;
                await _call.RequestStream.WriteAsync(new Wire.QueryFrame { Queries = queries }, _ended.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is RpcException or RefusalException or InvalidOperationException or OperationCanceledException or IOException)
        {
            // The stream is gone; the reader knows why, or will in a moment.
            await _reading.ConfigureAwait(false);
            Close(new Refusal(RefusalReason.Unavailable, "the session ended while a query was sent"));
        }
    }

    // What waits, as far as it fits one frame; queries given up before they were sent spend nothing.
    private List<Pending> Take()
    {
        var frame = new List<Pending>();
        var size = 0;
        while (frame.Count < SessionFrame.MaxQueries && _outgoing.Reader.TryPeek(out var next))
        {
            var larger = Math.Max(size, SizeClass.For(next.Layout.Length) ?? int.MaxValue);
            if ((long)larger * (frame.Count + 1) > SessionFrame.MaxContent && frame.Count > 0 || !_outgoing.Reader.TryRead(out next))
            {
                break;
            }

            if (next.Answered.Task.IsCompleted)
            {
                _room.Release();
            }
            else if (larger > SessionFrame.MaxContent)
            {
                next.Answered.TrySetException(new RefusalException(new Refusal(RefusalReason.TooLarge, "the query names more than a frame holds")));
                _room.Release();
            }
            else
            {
                size = larger;
                frame.Add(next);
            }
        }

        return frame;
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(_ended.Token).ConfigureAwait(false))
            {
                var frame = _call.ResponseStream.Current;
                if (frame.FrameCase != Wire.AnswerFrame.FrameOneofCase.Answers)
                {
                    Close(RefusalOf(frame));
                    return;
                }

                Receive(frame.Answers);
            }

            Close(new Refusal(RefusalReason.Unavailable, "the worker ended the session"));
        }
        catch (RefusalException exception)
        {
            Close(exception.Refusal);
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            Close(new Refusal(RefusalReason.Unavailable, "the stream broke"));
        }
    }

    // A frame that names a query which is not under way, or twice, is dropped whole: it can do nothing.
    private void Receive(Wire.SealedAnswers answers)
    {
        if (answers.Ids.Count is 0 or > SessionFrame.MaxQueries || answers.Ids.Distinct().Count() != answers.Ids.Count || !answers.Ids.All(_pending.ContainsKey))
        {
            return;
        }

        var queries = answers.Ids.Select(id => _pending.TryRemove(id, out var pending) ? pending : null).OfType<Pending>().ToList();
        _room.Release(queries.Count);
        if (queries.Count < answers.Ids.Count)
        {
            // The session was closed meanwhile, and with it its queries.
            queries.ForEach(query => query.Answered.TrySetException(new RefusalException(_closed!)));
            return;
        }

        try
        {
            var batch = Judge(_institution, Worker, _receiver, answers, queries);
            for (var i = 0; i < queries.Count; i++)
            {
                queries[i].Answered.TrySetResult(new Answer(_institution, Worker, queries[i].Consent, queries[i].Digest, batch, (uint)i));
            }
        }
        catch (RefusalException exception)
        {
            queries.ForEach(query => query.Answered.TrySetException(exception));
        }
    }

    private static AnsweredBatch Judge(InstitutionClient institution, AttestedWorker worker, HpkeReceiver receiver, Wire.SealedAnswers answers, List<Pending> queries)
    {
        var tree = QueryDocument.TreeOf(institution.Account.Suite, queries.Select(query => query.Digest));
        if (!receiver.TryOpenAt(answers.Sequence, SessionFrame.AnswersData(answers.Ids), answers.Sealed.Span, out var padded)
            || !SizeClass.TryUnpad(padded, out var bytes) || !AnswerEnvelope.TryParse(bytes, out var envelope) || envelope.Queries != tree.Root())
        {
            throw new RefusalException(new Refusal(RefusalReason.CannotOpen, "the answer was not sealed for these queries in this session"));
        }

        if (envelope.Reason != RefusalReason.None)
        {
            return new AnsweredBatch(envelope, tree, null, null);
        }

        // One use is of one consent, so one look at the receipt and the answer is a look at those of every query here.
        var consent = queries[0].Consent;
        var core = ReceiptCore.Parse(envelope.ReceiptCore.Span).OrThrow();
        if (FaultOf(institution, worker, core, consent, tree.Root(), envelope) is { } fault)
        {
            throw new RefusalException(new Refusal(RefusalReason.DigestMismatch, $"the receipt of this answer has another {fault}"));
        }

        if (queries.Exists(query => query.Consent.Digest != consent.Digest))
        {
            throw new RefusalException(new Refusal(RefusalReason.DigestMismatch, "one answer for queries under different consents"));
        }

        return new AnsweredBatch(envelope, tree, core, AnswerDocument.Parse(envelope.Answer.Span, consent.Contract).OrThrow());
    }

    private static string? FaultOf(InstitutionClient institution, AttestedWorker worker, ReceiptCore core, GivenConsent consent, Digest queries, AnswerEnvelope envelope) =>
        core.Ledger != institution.Connection.LedgerId ? "ledger"
        : core.Queries != queries ? "queries"
        : core.Consent != consent.Digest ? "consent"
        : core.Contract != consent.Contract.Digest ? "contract"
        : core.Controller != institution.Account.Address ? "controller"
        : core.Worker != worker.Account ? "worker"
        : core.SessionKey != worker.SessionKey.Fingerprint ? "sessionKey"
        : core.Measurement != worker.Session.Measurement ? "measurement"
        : core.Evidence != institution.Account.Suite.DigestOf(worker.RecordedEvidence.Span) ? "evidence"
        : core.EvidenceKind != worker.Enclave.Claims.Kind ? "evidenceKind"
        : core.RecipientKey != institution.EncryptionKey.PublicKey.Fingerprint ? "recipientKey"
        : core.CitizenKey != consent.Details.CitizenKey ? "citizenKey"
        : core.Output != AnswerEnvelope.OutputDigest(institution.Account.Suite, envelope.OutputSalt, envelope.Answer.Span) ? "output"
        : core.Fields.Except(consent.Details.Fields, StringComparer.Ordinal).Any() ? "fields"
        : null;

    private void Close(Refusal refusal)
    {
        Interlocked.CompareExchange(ref _closed, refusal, null);
        _outgoing.Writer.TryComplete();
        while (_outgoing.Reader.TryRead(out var unsent))
        {
            End(unsent);
        }

        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var pending))
            {
                End(pending);
            }
        }
    }

    private void End(Pending pending)
    {
        pending.Answered.TrySetException(new RefusalException(_closed!));
        _room.Release();
    }

    private static Refusal RefusalOf(Wire.AnswerFrame frame)
    {
        var reason = frame.FrameCase == Wire.AnswerFrame.FrameOneofCase.Refused ? (RefusalReason)(int)Math.Min(frame.Refused, int.MaxValue) : RefusalReason.Malformed;
        return new Refusal(reason != RefusalReason.None && Enum.IsDefined(reason) ? reason : RefusalReason.Malformed, "the worker refused the session");
    }

    private sealed class Pending(GivenConsent consent, QueryDocument query)
    {
        public GivenConsent Consent { get; } = consent;

        public byte[] Layout { get; } = query.ToArray();

        public Digest Digest { get; } = query.Digest;

        public TaskCompletionSource<Answer> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
