using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client.Web;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Connection;

namespace PrivChain.Node.Tests.Services;

/// <summary>gRPC-Web as a page in a browser speaks it: HTTP/1.1, trailers in the body, streams in one direction.</summary>
[TestClass]
public sealed class GrpcWebTests
{
    [TestMethod]
    [DataRow(GrpcWebMode.GrpcWeb)]
    [DataRow(GrpcWebMode.GrpcWebText)]
    public async Task SignInReadAndWrite_OverGrpcWeb_AreAnswered(GrpcWebMode mode)
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = Client(fixture, mode);
        Assert.AreEqual(NodeClient.Bytes(fixture.Ledger.Genesis.ToArray()), (await client.Ledger.GetGenesisAsync(new GetGenesisRequest(), NodeClient.Options())).Genesis);
        var token = await client.SignInAsync(fixture.Ledger.Citizen);
        await client.Documents.PutDocumentAsync(new PutDocumentRequest { Content = ByteString.CopyFrom(1, 2, 3) }, NodeClient.Options(token));
        var stored = await client.Documents.GetDocumentAsync(
            new GetDocumentRequest { Digest = NodeClient.Bytes(Core.Bytes.Digest.OfSha256([1, 2, 3]).ToArray()) }, NodeClient.Options());
        Assert.AreEqual(ByteString.CopyFrom(1, 2, 3), stored.Content);
    }

    [TestMethod]
    public async Task Refusal_OverGrpcWeb_HasStatusAndReasonInItsTrailers()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = Client(fixture);
        Assert.AreEqual(RefusalReason.NotSignedIn, await NodeClient.ReasonAsync(async () =>
            await client.Documents.PutDocumentAsync(new PutDocumentRequest { Content = ByteString.CopyFrom(1) }, NodeClient.Options())));
        var malformed = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await client.Ledger.AppendAsync(new AppendRequest { Entry = ByteString.CopyFrom(1, 2, 3) }, NodeClient.Options()));
        Assert.AreEqual(StatusCode.InvalidArgument, malformed.StatusCode);
        Assert.AreEqual("10", malformed.Trailers.GetValue("privchain-reason"));
        Assert.AreEqual(RefusalReason.Deadline, await NodeClient.ReasonAsync(async () => await client.Ledger.GetGenesisAsync(new GetGenesisRequest())));
    }

    [TestMethod]
    [DataRow(GrpcWebMode.GrpcWeb)]
    [DataRow(GrpcWebMode.GrpcWebText)]
    public async Task Message_AboveTheLimitOfItsMethod_IsTooLarge(GrpcWebMode mode)
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = Client(fixture, mode);
        var token = await client.SignInAsync(fixture.Ledger.Citizen);
        Assert.AreEqual(RefusalReason.TooLarge, await AnsweredAsync(async () =>
            await client.Documents.PutDocumentAsync(new PutDocumentRequest { Content = ByteString.CopyFrom(new byte[300 * 1024]) }, NodeClient.Options(token))));
        Assert.AreEqual(RefusalReason.TooLarge, await AnsweredAsync(async () =>
            await client.Ledger.AppendAsync(new AppendRequest { Entry = ByteString.CopyFrom(new byte[300 * 1024]) }, NodeClient.Options())));

        // Within the limit of a method that takes many: text is a third longer than what it stands for.
        var boxes = new SendRequest();
        boxes.Messages.AddRange(Enumerable.Range(0, 20).Select(_ => new OutgoingMessage
        {
            To = NodeClient.Bytes(fixture.Ledger.Citizen.Address.ToArray()), Box = ByteString.CopyFrom(new byte[50 * 1024]),
        }));
        Assert.AreEqual(RefusalReason.TooLarge, await AnsweredAsync(async () => await client.Inbox.SendAsync(boxes, NodeClient.Options())));
        Assert.AreEqual(RefusalReason.None, await AnsweredAsync(async () => await client.Inbox.SendAsync(boxes, NodeClient.Options(token))));
        var largest = new PutDocumentRequest { Content = ByteString.CopyFrom(new byte[64 * 1024]) };
        Assert.AreEqual(RefusalReason.None, await AnsweredAsync(async () => await client.Documents.PutDocumentAsync(largest, NodeClient.Options(token))));
    }

    // Over HTTP/1.1 this client may meet the end of a connection while it still writes, before it reads the answer: it is asked again, as a person's browser would, and in the end must get the reason.
    private static async Task<RefusalReason> AnsweredAsync(Func<Task> call)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                await call();
                return RefusalReason.None;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable && exception.Trailers.Get("privchain-reason") is null)
            {
                // The transport's own end, not the node's answer.
            }
            catch (RpcException exception)
            {
                return await NodeClient.ReasonAsync(() => Task.FromException(exception));
            }
        }

        throw new AssertFailedException("no answer in twenty attempts");
    }

    [TestMethod]
    [DataRow(GrpcWebMode.GrpcWeb)]
    [DataRow(GrpcWebMode.GrpcWebText)]
    public async Task Receive_Waiting_StreamsWhatComesLater(GrpcWebMode mode)
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = Client(fixture, mode);
        var token = await client.SignInAsync(fixture.Ledger.Citizen);
        await SendAsync(1);
        using var call = client.Inbox.Receive(new ReceiveRequest { Wait = true }, NodeClient.Options(token));
        Assert.IsTrue(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.AreEqual(1, call.ResponseStream.Current.Box[0]);
        var later = call.ResponseStream.MoveNext(CancellationToken.None);
        Assert.IsFalse(later.IsCompleted);
        await SendAsync(2);
        Assert.IsTrue(await later);
        Assert.AreEqual(2, call.ResponseStream.Current.Box[0]);

        async Task SendAsync(byte content)
        {
            var request = new SendRequest();
            request.Messages.Add(new OutgoingMessage { To = NodeClient.Bytes(fixture.Ledger.Citizen.Address.ToArray()), Box = ByteString.CopyFrom(content) });
            await client.Inbox.SendAsync(request, NodeClient.Options(token));
        }
    }

    // A stream that is refused, and one that ends by its deadline, say why in the trailers that stand at the end of the body.
    [TestMethod]
    public async Task Stream_RefusedOrOverDeadline_SaysWhy()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = Client(fixture);
        Assert.AreEqual(RefusalReason.NotSignedIn, await ReasonOfAsync(client.Inbox.Receive(new ReceiveRequest(), NodeClient.Options())));
        Assert.AreEqual(RefusalReason.Deadline, await ReasonOfAsync(client.Ledger.Follow(new FollowRequest(), NodeClient.Options(seconds: 4000))));

        static Task<RefusalReason> ReasonOfAsync<T>(AsyncServerStreamingCall<T> call) => NodeClient.ReasonAsync(async () =>
        {
            using (call)
            {
                await call.ResponseStream.MoveNext(CancellationToken.None);
            }
        });
    }

    [TestMethod]
    public async Task Sdk_OverGrpcWeb_OpensAppendsAndProves()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var connection = await PrivChainConnection.OpenAsync(new ConnectionOptions { Node = fixture.Web, LedgerId = fixture.Ledger.Genesis.LedgerId, GrpcWeb = true });
        var proven = await connection.Ledger.AppendAsync(await fixture.EnrolIssuerAsync(connection));
        Assert.AreEqual(0UL, proven.Index);
        Assert.IsTrue(await connection.Ledger.ReadStateAsync(state => state.Holds(LedgerRole.Issuer, fixture.Ledger.Issuer.Address, state.Time)));
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(async () => await connection.GetDocumentAsync(Core.Bytes.Digest.OfSha256([9])));
        Assert.AreEqual(RefusalReason.NotFound, refused.Reason);
    }

    // A page that the node serves itself names its own origin; any other gets neither an answer nor leave to ask.
    [TestMethod]
    public async Task Origin_ThisNodesOwn_IsServed_AnotherIsRefused()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var http = new HttpClient { BaseAddress = fixture.Web };
        Assert.AreEqual(HttpStatusCode.OK, (await AskAsync(fixture.Web.GetLeftPart(UriPartial.Authority))).StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await AskAsync(null)).StatusCode);
        foreach (var other in new[] { "http://127.0.0.1:1", "https://attacker.example", "null", "http://localhost", "" })
        {
            var answer = await AskAsync(other);
            Assert.AreEqual(HttpStatusCode.Forbidden, answer.StatusCode, other);
            Assert.IsEmpty(await answer.Content.ReadAsByteArrayAsync());
        }

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "privchain.v1.Ledger/GetGenesis");
        preflight.Headers.Add("Origin", "https://attacker.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type,grpc-timeout");
        using var leave = await http.SendAsync(preflight);
        Assert.AreEqual(HttpStatusCode.Forbidden, leave.StatusCode);
        Assert.IsFalse(leave.Headers.Any(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)));

        async Task<HttpResponseMessage> AskAsync(string? origin)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "privchain.v1.Ledger/GetGenesis") { Content = new ByteArrayContent(new byte[5]) };
            request.Content.Headers.ContentType = new("application/grpc-web+proto");
            request.Headers.Add("grpc-timeout", "10S");
            if (origin is not null)
            {
                request.Headers.TryAddWithoutValidation("Origin", origin);
            }

            return await http.SendAsync(request);
        }
    }

    private static NodeClient Client(NodeFixture fixture, GrpcWebMode mode = GrpcWebMode.GrpcWeb) => new(fixture.Web, new GrpcWebHandler(mode, new SocketsHttpHandler()));
}
