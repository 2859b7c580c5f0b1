using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.SignIn;
using PrivChain.Core.Suites;
using PrivChain.Node.Access;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests;

/// <summary>The generated clients over one channel, without anything between the test and the node.</summary>
internal sealed class NodeClient : IDisposable
{
    private readonly GrpcChannel _channel;

    /// <param name="address">The node.</param>
    /// <param name="handler">What goes between, owned by this client; null for nothing.</param>
    public NodeClient(Uri address, HttpMessageHandler? handler = null)
    {
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
            HttpHandler = handler,
            DisposeHttpClient = true,
            HttpVersion = handler is GrpcWebHandler ? System.Net.HttpVersion.Version11 : null,
        });
        Invoker = _channel.CreateCallInvoker();
    }

    public CallInvoker Invoker { get; }

    public Schemas.V1.Ledger.LedgerClient Ledger => new(Invoker);

    public Schemas.V1.Vault.VaultClient Vault => new(Invoker);

    public Documents.DocumentsClient Documents => new(Invoker);

    public Endorsements.EndorsementsClient Endorsements => new(Invoker);

    public Refusals.RefusalsClient Refusals => new(Invoker);

    public Inbox.InboxClient Inbox => new(Invoker);

    public Schemas.V1.SignIn.SignInClient SignIn => new(Invoker);

    public Schemas.V1.Enclave.EnclaveClient Enclave => new(Invoker);

    public SingleQuery.SingleQueryClient SingleQuery => new(Invoker);

    /// <summary>Options of an ordinary call, of the holder of a token.</summary>
    public static CallOptions Options(string? token = null, int seconds = 20) =>
        new(token is null ? null : new Metadata { { "authorization", "Bearer " + token } }, DateTime.UtcNow.AddSeconds(seconds));

    /// <summary>The reason of a refusal, <see cref="RefusalReason.None"/> when the call was answered.</summary>
    public static async Task<RefusalReason> ReasonAsync(Func<Task> call)
    {
        try
        {
            await call();
            return RefusalReason.None;
        }
        catch (RpcException exception)
        {
            var number = exception.Trailers.GetValue(CallGate.ReasonTrailer);
            Assert.IsNotNull(number, $"{exception.Status} without a reason");
            return (RefusalReason)int.Parse(number, CultureInfo.InvariantCulture);
        }
    }

    public async Task<string> SignInAsync(Account account)
    {
        var challenge = await SignIn.ChallengeAsync(new ChallengeRequest { Account = Bytes(account.Address.ToArray()) }, Options());
        var reply = await SignIn.ExchangeAsync(
            new ExchangeRequest { Message = challenge.Message, Signature = Bytes(account.Sign(SignInMessage.Parse(challenge.Message).OrThrow().SigningDigest(Suite.International)).ToArray()) }, Options());
        return reply.Token;
    }

    public static ByteString Bytes(ReadOnlySpan<byte> bytes) => ByteString.CopyFrom(bytes);

    public void Dispose() => _channel.Dispose();
}
