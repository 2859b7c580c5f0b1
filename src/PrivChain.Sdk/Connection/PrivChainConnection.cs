using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Evidence;
using PrivChain.Sdk.Trail;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Connection;

/// <summary>
/// A connection to one node of one ledger. The node is trusted for being up and for nothing else: what it hands out is verified against the pinned genesis
/// before it leaves this library. Safe for concurrent use. Every call can throw <see cref="RefusalException"/> with the node's or our own reason.
/// </summary>
public sealed class PrivChainConnection : IDisposable
{
    // Documents are at most 64 KiB, batches of records 200 times 256 KiB.
    private const int MaxMessage = 64 * 1024 * 1024;
    private const int MaxDocument = 64 * 1024;

    private readonly GrpcChannel _channel;
    private readonly SignInTokens _tokens;

    private PrivChainConnection(ConnectionOptions options, GrpcChannel channel, CallInvoker invoker, Genesis genesis)
    {
        Options = options;
        Genesis = genesis;
        Domain = genesis.Domain;
        _channel = channel;
        _tokens = new SignInTokens(new Wire.SignIn.SignInClient(invoker), Domain, options.Node, options.Time);
        DocumentService = new Wire.Documents.DocumentsClient(invoker);
        EnclaveService = new Wire.Enclave.EnclaveClient(invoker);
        SingleQueryService = new Wire.SingleQuery.SingleQueryClient(invoker);
        InboxService = new Wire.Inbox.InboxClient(invoker);
        RefusalService = new Wire.Refusals.RefusalsClient(invoker);
        VaultService = new Wire.Vault.VaultClient(invoker);
        var ledger = new Wire.Ledger.LedgerClient(invoker);
        Ledger = new VerifiedLedger(genesis, ledger, options.Heads ?? new InMemoryHeadStore(), options);
        Trail = new TrailPages(Ledger, ledger, Domain, options);
        Enclaves = new EnclaveAppraisal(genesis, options.AcceptSimulatedEvidence, options.Collateral);
        Organisations = new Organisations.OrganisationDirectory(this);
    }

    /// <summary>The ledger's constitution, pinned.</summary>
    public Genesis Genesis { get; }

    /// <summary>The ledger id.</summary>
    public Digest LedgerId => Domain.LedgerId;

    /// <summary>The domain of every signature.</summary>
    public LedgerDomain Domain { get; }

    /// <summary>The ledger, verified.</summary>
    public VerifiedLedger Ledger { get; }

    /// <summary>Pages of the ledger, for looking into one that is too long to be followed.</summary>
    public TrailPages Trail { get; }

    /// <summary>Judges enclaves by genesis and ledger.</summary>
    public EnclaveAppraisal Enclaves { get; }

    /// <summary>Profiles of enrolled organisations and brokers, verified.</summary>
    public Organisations.OrganisationDirectory Organisations { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => Options.Time;

    /// <summary>Record schemas known.</summary>
    public SchemaCatalog Schemas => Options.Schemas;

    internal ConnectionOptions Options { get; }

    internal Wire.Documents.DocumentsClient DocumentService { get; }

    internal Wire.Enclave.EnclaveClient EnclaveService { get; }

    internal Wire.SingleQuery.SingleQueryClient SingleQueryService { get; }

    internal Wire.Inbox.InboxClient InboxService { get; }

    internal Wire.Refusals.RefusalsClient RefusalService { get; }

    internal Wire.Vault.VaultClient VaultService { get; }

    internal ulong UnixSeconds => UnixTime.Seconds(Time.GetUtcNow());

    internal ulong UnixMilliseconds => UnixTime.Milliseconds(Time.GetUtcNow());

    /// <summary>Connects: fetches the genesis where only its id is pinned, and checks that it hashes to it.</summary>
    /// <exception cref="ArgumentException">Neither ledger id nor genesis was given, or they contradict each other.</exception>
    /// <exception cref="RefusalException">The node is not reachable, or its genesis is another one (<see cref="RefusalReason.WrongLedger"/>).</exception>
    public static async Task<PrivChainConnection> OpenAsync(ConnectionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var pinned = options.LedgerId ?? options.Genesis?.LedgerId
            ?? throw new ArgumentException("pin a ledger id or a genesis: a node cannot introduce itself", nameof(options));
        if (options.Genesis is not null && options.Genesis.LedgerId != pinned)
        {
            throw new ArgumentException("the genesis given has another ledger id than the one given", nameof(options));
        }

        var channel = GrpcChannel.ForAddress(options.Node, ChannelOptions(options));
        try
        {
            var refusals = new RefusalInterceptor(options.Time, options.Deadline, options.StreamDeadline);
            var invoker = channel.Intercept(refusals);
            var genesis = options.Genesis;
            if (genesis is null)
            {
                genesis = await AskForGenesisAsync(invoker, cancellationToken).ConfigureAwait(false);
                if (genesis.LedgerId != pinned)
                {
                    throw new RefusalException(new Refusal(RefusalReason.WrongLedger, $"wanted ledger {pinned}, the node serves {genesis.LedgerId}"));
                }
            }

            var connection = new PrivChainConnection(options, channel, invoker, genesis);
            refusals.NotSignedIn = connection._tokens.Forget;
            return connection;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What a node says its ledger is, believed by nobody yet: to be compared with an id that came another way, or shown to a person who decides. gRPC-Web, so that a page can ask.
    /// </summary>
    /// <exception cref="RefusalException">The node is not reachable, or sent no genesis.</exception>
    public static async Task<Genesis> DangerouslyAskForGenesisAsync(Uri node, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        var options = new ConnectionOptions { Node = node, GrpcWeb = true };
        using var channel = GrpcChannel.ForAddress(node, ChannelOptions(options));
        return await AskForGenesisAsync(channel.Intercept(new RefusalInterceptor(options.Time, options.Deadline, options.StreamDeadline)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A public document by its digest, at most 64 KiB; what the node sends must have that digest.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotFound"/>, or <see cref="RefusalReason.DigestMismatch"/>.</exception>
    public async Task<ReadOnlyMemory<byte>> GetDocumentAsync(Digest digest, CancellationToken cancellationToken = default)
    {
        var name = "document:" + digest;
        if (await LoadKeptAsync(name, cancellationToken).ConfigureAwait(false) is { } kept && Domain.Suite.DigestOf(kept) == digest)
        {
            return kept;
        }

        RequireNode();
        var reply = await DocumentService.GetDocumentAsync(
            new Wire.GetDocumentRequest { Digest = Bytes(digest) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (reply.Content.Length > MaxDocument || Domain.Suite.DigestOf(reply.Content.Span) != digest)
        {
            throw new RefusalException(new Refusal(RefusalReason.DigestMismatch, $"the node sent another document for {digest}"));
        }

        await KeepAsync(name, reply.Content.Memory, cancellationToken).ConfigureAwait(false);
        return reply.Content.Memory;
    }

    /// <summary>Stores a public document under its digest, as an enrolled account.</summary>
    public async Task<Digest> PutDocumentAsync(Account account, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        await DocumentService.PutDocumentAsync(
            new Wire.PutDocumentRequest { Content = ByteString.CopyFrom(content.Span) },
            await HeadersAsync(account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return Domain.Suite.DigestOf(content.Span);
    }

    /// <summary>A contract by its digest, parsed.</summary>
    public async Task<PrivacyContract> GetContractAsync(Digest digest, CancellationToken cancellationToken = default)
    {
        var text = await GetDocumentAsync(digest, cancellationToken).ConfigureAwait(false);
        var contract = PrivacyContract.Parse(text.Span, Schemas, Domain.Suite).OrThrow();
        return contract.Digest == digest
            ? contract
            : throw new RefusalException(new Refusal(RefusalReason.Malformed, $"contract {digest} is not stored in its canonical form"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        Ledger.Dispose();
        _channel.Dispose();
    }

    internal Task<Metadata> HeadersAsync(IAccountSigner account, CancellationToken cancellationToken)
    {
        RequireNode();
        return _tokens.HeadersAsync(account, cancellationToken);
    }

    internal async Task<byte[]?> LoadKeptAsync(string name, CancellationToken cancellationToken) =>
        Options.Kept is { } store ? await store.LoadAsync(name, cancellationToken).ConfigureAwait(false) : null;

    internal async Task KeepAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (Options.Kept is { } store)
        {
            await store.SaveAsync(name, content, cancellationToken).ConfigureAwait(false);
        }
    }

    internal void RequireNode() => RequireNode(Options);

    internal static void RequireNode(ConnectionOptions options)
    {
        if (options.Offline)
        {
            throw new RefusalException(new Refusal(RefusalReason.Unavailable, "not kept here, and no node is asked"));
        }
    }

    internal static ByteString Bytes(Digest digest) => ByteString.CopyFrom(digest.ToArray());

    internal static ByteString Bytes(AccountAddress address) => ByteString.CopyFrom(address.ToArray());

    private static async Task<Genesis> AskForGenesisAsync(CallInvoker invoker, CancellationToken cancellationToken)
    {
        var reply = await new Wire.Ledger.LedgerClient(invoker).GetGenesisAsync(new Wire.GetGenesisRequest(), cancellationToken: cancellationToken).ConfigureAwait(false);
        return Genesis.Parse(reply.Genesis.Span).OrThrow();
    }

    private static GrpcChannelOptions ChannelOptions(ConnectionOptions options)
    {
        HttpMessageHandler? handler = options.GrpcWeb
            ? new GrpcWebHandler(GrpcWebMode.GrpcWeb, options.Handler ?? new HttpClientHandler())
            : options.Handler;
        return new GrpcChannelOptions
        {
            HttpHandler = handler,

            // Without TLS there is nothing by which two ends agree on HTTP/2, and a node serves gRPC-Web over HTTP/1.1. A browser ignores both.
            HttpVersion = options.GrpcWeb ? HttpVersion.Version11 : null,
            HttpVersionPolicy = options.GrpcWeb ? HttpVersionPolicy.RequestVersionOrHigher : null,
            DisposeHttpClient = options.Handler is null,
            MaxReceiveMessageSize = MaxMessage,
            MaxSendMessageSize = MaxMessage,
        };
    }
}
