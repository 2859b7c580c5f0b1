using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Query;

/// <summary>
/// A stream of sealed queries to one attested worker. Any number of queries may be under way at once; each answer is matched by its id and opened only if it was sealed for that id.
/// Opening costs several round trips, a query one: keep a session for as long as there are questions. Safe for concurrent use.
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
    private readonly SemaphoreSlim _room = new(MaxInFlight);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _reading;
    private Refusal? _closed;
    private ulong _nextId;

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
        var query = new QueryDocument
        {
            Consent = consent.Digest,
            Nonce = new Digest(RandomNumberGenerator.GetBytes(Digest.Size)),
            Fields = fields is null ? [] : [.. fields.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        var pending = new Pending(query.Digest);
        ulong id = 0;
        try
        {
            id = await SendAsync(query, pending, cancellationToken).ConfigureAwait(false);
            var envelope = await pending.Answered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return Judge(consent, query.Digest, envelope);
        }
        finally
        {
            _pending.TryRemove(id, out _);
            _room.Release();
        }
    }

    /// <summary>Ends the session; queries still under way end with <see cref="RefusalReason.Cancelled"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(new Refusal(RefusalReason.Cancelled, "the session was ended"));
        await _ended.CancelAsync().ConfigureAwait(false);
        _call.Dispose();
        await _reading.ConfigureAwait(false);
        _sender.Dispose();
        _receiver.Dispose();
        _room.Dispose();
        _writing.Dispose();
        _ended.Dispose();
    }

    internal static async Task<QuerySessionClient> OpenAsync(InstitutionClient institution, AttestedWorker worker, CancellationToken cancellationToken)
    {
        var connection = institution.Connection;
        var context = QuerySession.HpkeContext(connection.LedgerId, worker.Account, institution.Account.Address);
        var sender = Hpke.SetupSender(worker.SessionKey, HpkeInfo.Of(Labels.QuerySession, context), out var encapsulated);
        AsyncDuplexStreamingCall<Wire.QueryFrame, Wire.AnswerFrame>? call = null;
        try
        {
            var opening = new QuerySession(
                institution.Account.Address, worker.Account, worker.SessionKey.Fingerprint, Digest.OfSha256(encapsulated),
                institution.EncryptionKey.PublicKey.Fingerprint, connection.UnixSeconds);
            call = connection.EnclaveService.Query(
                await connection.HeadersAsync(institution.Account, cancellationToken).ConfigureAwait(false), cancellationToken: CancellationToken.None);
            await call.RequestStream.WriteAsync(
                new Wire.QueryFrame
                {
                    Open = new Wire.SessionOpen
                    {
                        Institution = PrivChainConnection.Bytes(institution.Account.Address),
                        Encapsulated = ByteString.CopyFrom(encapsulated),
                        RecipientKey = ByteString.CopyFrom(institution.EncryptionKey.PublicKey.ToArray()),
                        OpenedAt = opening.OpenedAt,
                        Signature = ByteString.CopyFrom(connection.Domain.Sign(institution.Account, opening.StructHash()).ToArray()),
                    },
                },
                cancellationToken).ConfigureAwait(false);
            var answered = await call.ResponseStream.MoveNext(cancellationToken).WaitAsync(connection.Options.Deadline, connection.Time, cancellationToken).ConfigureAwait(false);
            var frame = answered ? call.ResponseStream.Current : new Wire.AnswerFrame { Refused = (uint)RefusalReason.Unavailable };
            if (frame.FrameCase != Wire.AnswerFrame.FrameOneofCase.Accept)
            {
                throw new RefusalException(RefusalOf(frame));
            }

            return Hpke.TrySetupReceiver(institution.EncryptionKey, frame.Accept.Encapsulated.Span, HpkeInfo.Of(Labels.AnswerToInstitution, context), out var receiver)
                ? new QuerySessionClient(institution, worker, call, sender, receiver)
                : throw new RefusalException(new Refusal(RefusalReason.CannotOpen, "the worker's encapsulation is not for this institution's key"));
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

    private async Task<ulong> SendAsync(QueryDocument query, Pending pending, CancellationToken cancellationToken)
    {
        // Sealing and sending are one step: the worker opens in the order of the stream.
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var id = _nextId++;
            _pending[id] = pending;
            if (_closed is { } closed)
            {
                throw new RefusalException(closed);
            }

            var frame = new Wire.QueryFrame
            {
                Query = new Wire.SealedQuery { Id = id, Sealed = ByteString.CopyFrom(_sender.Seal(IdBytes(id), SizeClass.Pad(query.ToArray()))) },
            };

            // Not the caller's token: what was sealed must be sent, or the next query would be out of order.
            await _call.RequestStream.WriteAsync(frame, _ended.Token).ConfigureAwait(false);
            return id;
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException or OperationCanceledException or IOException)
        {
            // The stream is gone; the reader knows why, or will in a moment.
            throw new RefusalException(_closed ?? new Refusal(RefusalReason.Unavailable, "the session ended while a query was sent"));
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(_ended.Token).ConfigureAwait(false))
            {
                var frame = _call.ResponseStream.Current;
                if (frame.FrameCase != Wire.AnswerFrame.FrameOneofCase.Answer)
                {
                    Close(RefusalOf(frame));
                    return;
                }

                // An answer for an id that nobody waits for, or a second one, is dropped: it can do nothing.
                if (_pending.TryRemove(frame.Answer.Id, out var pending))
                {
                    Open(frame.Answer, pending);
                }
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

    private void Open(Wire.SealedAnswer answer, Pending pending)
    {
        if (_receiver.TryOpenAt(answer.Sequence, IdBytes(answer.Id), answer.Sealed.Span, out var padded)
            && AnswerEnvelope.TryParsePadded(padded, out var envelope) && envelope.Query == pending.Query)
        {
            pending.Answered.TrySetResult(envelope);
        }
        else
        {
            pending.Answered.TrySetException(new RefusalException(new Refusal(RefusalReason.CannotOpen, "the answer was not sealed for this query in this session")));
        }
    }

    private Answer Judge(GivenConsent consent, Digest query, AnswerEnvelope envelope)
    {
        if (envelope.Reason != RefusalReason.None)
        {
            return new Answer(_institution, Worker, consent, envelope, null, null);
        }

        var core = ReceiptCore.Parse(envelope.ReceiptCore.Span).OrThrow();
        if (FaultOf(core, consent, query, envelope) is { } fault)
        {
            throw new RefusalException(new Refusal(RefusalReason.DigestMismatch, $"the receipt of this answer has another {fault}"));
        }

        var document = AnswerDocument.Parse(envelope.Answer.Span, consent.Contract).OrThrow();
        return new Answer(_institution, Worker, consent, envelope, core, document);
    }

    private string? FaultOf(ReceiptCore core, GivenConsent consent, Digest query, AnswerEnvelope envelope) =>
        core.Ledger != _institution.Connection.LedgerId ? "ledger"
        : !MerkleProof.VerifyInclusion(envelope.BatchIndex, envelope.BatchSize, MerkleHash.Leaf(query.ToArray()), envelope.BatchProof, core.Queries) ? "queries"
        : core.Consent != consent.Digest ? "consent"
        : core.Contract != consent.Contract.Digest ? "contract"
        : core.Controller != _institution.Account.Address ? "controller"
        : core.Worker != Worker.Account ? "worker"
        : core.SessionKey != Worker.SessionKey.Fingerprint ? "sessionKey"
        : core.Measurement != Worker.Session.Measurement ? "measurement"
        : core.Evidence != Digest.OfSha256(Worker.RecordedEvidence.Span) ? "evidence"
        : core.EvidenceKind != Worker.Enclave.Claims.Kind ? "evidenceKind"
        : core.RecipientKey != _institution.EncryptionKey.PublicKey.Fingerprint ? "recipientKey"
        : core.CitizenKey != consent.Details.CitizenKey ? "citizenKey"
        : core.Output != AnswerEnvelope.OutputDigest(envelope.OutputSalt, envelope.Answer.Span) ? "output"
        : core.Fields.Except(consent.Details.Fields, StringComparer.Ordinal).Any() ? "fields"
        : null;

    private void Close(Refusal refusal)
    {
        Interlocked.CompareExchange(ref _closed, refusal, null);
        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var pending))
            {
                pending.Answered.TrySetException(new RefusalException(_closed));
            }
        }
    }

    private static Refusal RefusalOf(Wire.AnswerFrame frame)
    {
        var reason = frame.FrameCase == Wire.AnswerFrame.FrameOneofCase.Refused ? (RefusalReason)(int)Math.Min(frame.Refused, int.MaxValue) : RefusalReason.Malformed;
        return new Refusal(reason != RefusalReason.None && Enum.IsDefined(reason) ? reason : RefusalReason.Malformed, "the worker refused the session");
    }

    private static byte[] IdBytes(ulong id)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id);
        return bytes;
    }

    private sealed class Pending(Digest query)
    {
        public Digest Query { get; } = query;

        public TaskCompletionSource<AnswerEnvelope> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
