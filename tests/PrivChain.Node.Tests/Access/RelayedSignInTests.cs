using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Connection;

namespace PrivChain.Node.Tests.Access;

/// <summary>A node that passes on another node's sign-in, to be signed in there as whoever dials it. It gets nothing, whichever of the two addresses it asks under.</summary>
[TestClass]
public sealed class RelayedSignInTests
{
    [TestMethod]
    public async Task Client_ARelayPassesOnAnothersMessage_SignsNothing()
    {
        await using var node = await NodeFixture.StartAsync(witness: false);
        await using var relay = await Relay.StartAsync(node.Address, underItsOwnName: false);
        Assert.AreEqual(RefusalReason.WrongRecipient, await SignInAsync(node, relay.Address));
        Assert.AreEqual(1, relay.Service.Challenges);
        Assert.AreEqual(0, relay.Service.Exchanges, "the message was signed");
    }

    // The message would name the address that the client dialled: only the node can refuse to write it.
    [TestMethod]
    public async Task Node_ARelayAsksUnderItsOwnAddress_WritesNothing()
    {
        await using var node = await NodeFixture.StartAsync(witness: false);
        await using var relay = await Relay.StartAsync(node.Address, underItsOwnName: true);
        Assert.AreEqual(RefusalReason.WrongRecipient, await SignInAsync(node, relay.Address));
        Assert.AreEqual(1, relay.Service.Challenges);
        Assert.AreEqual(0, relay.Service.Exchanges, "the message was signed");
    }

    // A proxy is put before the node by its operator, who names it.
    [TestMethod]
    public async Task Node_ReachedUnderANameOfItsOperator_SignsIn()
    {
        await using var node = await NodeFixture.StartAsync(witness: false, publicNames: ["node.example:7420"]);
        using var client = new NodeClient(node.Address, new NamedHost("node.example:7420"));
        Assert.IsFalse(string.IsNullOrEmpty(await client.SignInAsync(node.Ledger.Citizen)));
        using var stranger = new NodeClient(node.Address, new NamedHost("localhost:1"));
        Assert.AreEqual(RefusalReason.WrongRecipient, await NodeClient.ReasonAsync(() => stranger.SignInAsync(node.Ledger.Citizen)));
    }

    [TestMethod]
    public async Task Client_ByEitherNameOfLoopback_SignsIn()
    {
        await using var node = await NodeFixture.StartAsync(witness: false);
        Assert.AreEqual(RefusalReason.None, await SignInAsync(node, node.Address));
        Assert.AreEqual(RefusalReason.None, await SignInAsync(node, new Uri($"http://localhost:{node.Address.Port}")));
    }

    private static async Task<RefusalReason> SignInAsync(NodeFixture node, Uri dialled)
    {
        using var connection = await PrivChainConnection.OpenAsync(new ConnectionOptions { Node = dialled, Genesis = node.Ledger.Genesis });
        try
        {
            await connection.PutDocumentAsync(node.Ledger.Citizen, new byte[] { 1, 2, 3 });
            return RefusalReason.None;
        }
        catch (RefusalException exception)
        {
            return exception.Reason;
        }
    }

    private sealed class NamedHost(string host) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Host = host;
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Relay : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Relay(WebApplication app) => _app = app;

        public Uri Address => new(_app.Urls.Single());

        public RelayingSignIn Service => _app.Services.GetRequiredService<RelayingSignIn>();

        public static async Task<Relay> StartAsync(Uri node, bool underItsOwnName)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(server => server.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
            builder.Services.AddGrpc();
            builder.Services.AddSingleton(new RelayingSignIn(node, underItsOwnName));
            var app = builder.Build();
            app.MapGrpcService<RelayingSignIn>();
            await app.StartAsync();
            return new Relay(app);
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }

    /// <summary>Passes calls on, under the node's address or its own.</summary>
    public sealed class RelayingSignIn(Uri node, bool underItsOwnName) : SignIn.SignInBase
    {
        /// <summary>Messages asked for.</summary>
        public int Challenges { get; private set; }

        /// <summary>Signatures received.</summary>
        public int Exchanges { get; private set; }

        /// <inheritdoc/>
        public override async Task<ChallengeReply> Challenge(ChallengeRequest request, ServerCallContext context)
        {
            Challenges++;
            return await PassOnAsync(context, client => client.ChallengeAsync(request, NodeClient.Options()));
        }

        /// <inheritdoc/>
        public override async Task<ExchangeReply> Exchange(ExchangeRequest request, ServerCallContext context)
        {
            Exchanges++;
            return await PassOnAsync(context, client => client.ExchangeAsync(request, NodeClient.Options()));
        }

        private async Task<T> PassOnAsync<T>(ServerCallContext context, Func<SignIn.SignInClient, AsyncUnaryCall<T>> call)
        {
            using HttpMessageHandler handler = underItsOwnName ? new NamedHost(context.Host) : new SocketsHttpHandler();
            using var channel = GrpcChannel.ForAddress(node, new GrpcChannelOptions { HttpHandler = handler });
            try
            {
                return await call(new SignIn.SignInClient(channel));
            }
            catch (RpcException exception)
            {
                throw new RpcException(exception.Status, exception.Trailers);
            }
        }
    }
}
