using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Worker;
using PrivChain.Schemas.V1;

namespace PrivChain.Enclave.Node;

/// <summary>The node over gRPC, signed in as one account.</summary>
internal sealed class GrpcNode : INode
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FollowLimit = TimeSpan.FromMinutes(50);

    private readonly Ledger.LedgerClient _ledger;
    private readonly Documents.DocumentsClient _documents;
    private readonly Vault.VaultClient _vault;
    private readonly Inbox.InboxClient _inbox;
    private readonly Endorsements.EndorsementsClient _endorsements;
    private readonly Refusals.RefusalsClient _refusals;
    private readonly SignedIn _signedIn;
    private readonly TimeProvider _time;

    /// <param name="invoker">Channel to the node.</param>
    /// <param name="domain">The ledger to sign in to.</param>
    /// <param name="authority">Host and port that the channel dials.</param>
    /// <param name="account">Who calls; stays the caller's.</param>
    /// <param name="time">For deadlines.</param>
    public GrpcNode(CallInvoker invoker, LedgerDomain domain, string authority, Account account, TimeProvider time)
    {
        _ledger = new Ledger.LedgerClient(invoker);
        _documents = new Documents.DocumentsClient(invoker);
        _vault = new Vault.VaultClient(invoker);
        _inbox = new Inbox.InboxClient(invoker);
        _endorsements = new Endorsements.EndorsementsClient(invoker);
        _refusals = new Refusals.RefusalsClient(invoker);
        _signedIn = new SignedIn(new SignIn.SignInClient(invoker), domain, authority, account, time);
        _time = time;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReceivedChunk> FollowAsync(ulong start, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The node wants an end for every call; the tail opens the next one. The ledger is public, so no token.
        using var call = _ledger.Follow(new FollowRequest { Start = start }, Options(FollowLimit, cancellation));
        while (await RefusingAsync(() => call.ResponseStream.MoveNext(cancellation)).ConfigureAwait(false))
        {
            var reply = call.ResponseStream.Current;
            yield return new ReceivedChunk(reply.FirstIndex, [.. reply.Entries.Select(entry => entry.Memory)], reply.Note.Memory);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AppendClaim>> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellation)
    {
        var request = new AppendBatchRequest();
        request.Entries.AddRange(entries.Select(entry => ByteString.CopyFrom(entry.Span)));
        var reply = await CallAsync((options) => _ledger.AppendBatchAsync(request, options), cancellation).ConfigureAwait(false);
        return reply.Verdicts.Count == entries.Count
            ? [.. reply.Verdicts.Select(verdict => new AppendClaim((RefusalReason)verdict.Reason, verdict.Appended?.Index ?? 0))]
            : throw new RefusalException(new Refusal(RefusalReason.Malformed, $"wanted {entries.Count} verdicts, given {reply.Verdicts.Count}"));
    }

    /// <inheritdoc/>
    public Task PutDocumentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        CallAsync(options => _documents.PutDocumentAsync(new PutDocumentRequest { Content = ByteString.CopyFrom(content.Span) }, options), cancellation);

    /// <inheritdoc/>
    public async Task<byte[]> GetDocumentAsync(Digest digest, CancellationToken cancellation) =>
        (await CallAsync(options => _documents.GetDocumentAsync(new GetDocumentRequest { Digest = Bytes(digest) }, options), cancellation).ConfigureAwait(false))
        .Content.ToByteArray();

    /// <inheritdoc/>
    public async Task<byte[]> GetConsentPackageAsync(Digest consent, CancellationToken cancellation) =>
        (await CallAsync(options => _vault.GetConsentAsync(new GetConsentRequest { Digest = Bytes(consent) }, options), cancellation).ConfigureAwait(false))
        .Package.ToByteArray();

    /// <inheritdoc/>
    public async Task<byte[]> GetRecordAsync(Digest record, CancellationToken cancellation) =>
        (await CallAsync(options => _vault.GetRecordAsync(new GetRecordRequest { Digest = Bytes(record) }, options), cancellation).ConfigureAwait(false))
        .SealedRecord.ToByteArray();

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, ByteString>> GetCollateralAsync(GetCollateralRequest wanted, CancellationToken cancellation) =>
        (await CallAsync(options => _endorsements.GetCollateralAsync(wanted, options), cancellation).ConfigureAwait(false)).Items.AsReadOnly();

    /// <inheritdoc/>
    public Task SendAsync(IReadOnlyList<(AccountAddress To, byte[] Box)> messages, CancellationToken cancellation)
    {
        var request = new SendRequest();
        request.Messages.AddRange(messages.Select(message => new OutgoingMessage
        {
            To = ByteString.CopyFrom(message.To.ToArray()), Box = ByteString.CopyFrom(message.Box),
        }));
        return CallAsync(options => _inbox.SendAsync(request, options), cancellation);
    }

    /// <inheritdoc/>
    public Task PutAuditCopiesAsync(IReadOnlyList<SealedAuditCopy> copies, CancellationToken cancellation)
    {
        var request = new PutAuditCopiesRequest();
        request.Copies.AddRange(copies.Select(copy => new OutgoingAuditCopy
        {
            Use = Bytes(copy.Use), Regulator = ByteString.CopyFrom(copy.Regulator.ToArray()), Box = ByteString.CopyFrom(copy.Box),
        }));
        return CallAsync(options => _vault.PutAuditCopiesAsync(request, options), cancellation);
    }

    /// <inheritdoc/>
    public Task PutTalliesAsync(IReadOnlyList<(AccountAddress Regulator, byte[] Box)> tallies, CancellationToken cancellation)
    {
        var request = new PutTalliesRequest();
        request.Tallies.AddRange(tallies.Select(tally => new OutgoingTally { Regulator = ByteString.CopyFrom(tally.Regulator.ToArray()), Box = ByteString.CopyFrom(tally.Box) }));
        return CallAsync(options => _refusals.PutTalliesAsync(request, options), cancellation);
    }

    // A node that is being started anew is waited for, not refused on behalf of.
    private CallOptions Options(TimeSpan limit, CancellationToken cancellation) =>
        new CallOptions(deadline: _time.GetUtcNow().UtcDateTime + limit, cancellationToken: cancellation).WithWaitForReady();

    private static ByteString Bytes(Digest digest) => ByteString.CopyFrom(digest.ToArray());

    private async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var token = await RefusingAsync(() => _signedIn.TokenAsync(Options(CallLimit, cancellation))).ConfigureAwait(false);
            try
            {
                return await RefusingAsync(async () =>
                {
                    using var running = call(Options(CallLimit, cancellation).WithHeaders(new Metadata { { "authorization", "Bearer " + token } }));
                    return await running.ResponseAsync.ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
            catch (RefusalException exception) when (exception.Reason == RefusalReason.NotSignedIn && attempt == 0)
            {
                // A node that was started anew has forgotten the token.
                _signedIn.Forget(token);
            }
        }
    }

    // The node's reason travels in a trailer; without one, the call got no answer.
    private static async Task<T> RefusingAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            var reason = int.TryParse(exception.Trailers.GetValue("privchain-reason"), out var number) && number != 0 && Enum.IsDefined((RefusalReason)number)
                ? (RefusalReason)number
                : exception.StatusCode switch
                {
                    StatusCode.DeadlineExceeded => RefusalReason.Deadline,
                    StatusCode.Cancelled => RefusalReason.Cancelled,
                    StatusCode.Unauthenticated => RefusalReason.NotSignedIn,
                    StatusCode.NotFound => RefusalReason.NotFound,
                    _ => RefusalReason.Unavailable,
                };
            throw new RefusalException(new Refusal(reason, "node: " + exception.StatusCode));
        }
    }
}
