using System.Net;
using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Access;

[TestClass]
public sealed class CallLimitsTests
{
    [TestMethod]
    public async Task Call_WithoutDeadlineOrWithTooLongAOne_IsRefused()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        Assert.AreEqual(RefusalReason.Deadline, await ReasonAsync(new CallOptions()));
        Assert.AreEqual(RefusalReason.Deadline, await ReasonAsync(NodeClient.Options(seconds: 60)));
        Assert.AreEqual(RefusalReason.None, await ReasonAsync(NodeClient.Options(seconds: 30)));
        Assert.AreEqual(RefusalReason.Deadline, await NodeClient.ReasonAsync(async () =>
        {
            using var call = client.Ledger.Follow(new FollowRequest(), NodeClient.Options(seconds: 4000));
            await call.ResponseStream.MoveNext();
        }));

        Task<RefusalReason> ReasonAsync(CallOptions options) => NodeClient.ReasonAsync(async () => await client.Ledger.GetGenesisAsync(new GetGenesisRequest(), options));
    }

    [TestMethod]
    public async Task Message_AboveTheLimitOfItsMethod_IsTooLarge()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        var token = await client.SignInAsync(fixture.Ledger.Citizen);

        // Within the service's limit, above the method's; above the service's; and a batch method called by a stranger, who gets no large message read.
        var proof = new AppendRequest { Entry = ByteString.CopyFrom(new byte[300 * 1024]) };
        Assert.AreEqual(RefusalReason.TooLarge, await NodeClient.ReasonAsync(async () => await client.Ledger.AppendAsync(proof, NodeClient.Options())));
        var document = new PutDocumentRequest { Content = ByteString.CopyFrom(new byte[300 * 1024]) };
        Assert.AreEqual(RefusalReason.TooLarge, await NodeClient.ReasonAsync(async () => await client.Documents.PutDocumentAsync(document, NodeClient.Options(token))));
        var box = new SendRequest();
        box.Messages.AddRange(Enumerable.Range(0, 20).Select(_ => new OutgoingMessage { To = NodeClient.Bytes(fixture.Ledger.Citizen.Address.ToArray()), Box = ByteString.CopyFrom(new byte[50 * 1024]) }));
        Assert.AreEqual(RefusalReason.TooLarge, await NodeClient.ReasonAsync(async () => await client.Inbox.SendAsync(box, NodeClient.Options())));
        Assert.AreEqual(RefusalReason.None, await NodeClient.ReasonAsync(async () => await client.Inbox.SendAsync(box, NodeClient.Options(token))));
    }

    [TestMethod]
    public async Task Calls_AboveTheRate_AreOverloaded()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var fixture = await NodeFixture.StartAsync(new NodeLimits { CallsPerSecond = 10, CallsBurst = 5 }, witness: false, time: time);
        using var client = new NodeClient(fixture.Address);
        var reasons = new List<RefusalReason>();
        for (var i = 0; i < 8; i++)
        {
            reasons.Add(await NodeClient.ReasonAsync(async () => await client.Ledger.GetGenesisAsync(new GetGenesisRequest(), NodeClient.Options())));
        }

        CollectionAssert.AreEqual(Enumerable.Repeat(RefusalReason.None, 5).Concat(Enumerable.Repeat(RefusalReason.Overloaded, 3)).ToList(), reasons);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.AreEqual(RefusalReason.None, await NodeClient.ReasonAsync(async () => await client.Ledger.GetGenesisAsync(new GetGenesisRequest(), NodeClient.Options())));
    }

    [TestMethod]
    public async Task Refusal_TellsAStrangerTheReasonAlone()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        var exception = await Assert.ThrowsExactlyAsync<RpcException>(async () => await client.Ledger.AppendAsync(new AppendRequest { Entry = ByteString.CopyFrom(1, 2, 3) }, NodeClient.Options()));
        Assert.AreEqual(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.AreEqual(nameof(RefusalReason.Malformed), exception.Status.Detail);
        Assert.AreEqual("10", exception.Trailers.GetValue("privchain-reason"));
    }

    [TestMethod]
    public async Task Token_ThatIsNotOne_IsRefusedEvenWhereNoneIsNeeded()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        Assert.AreEqual(RefusalReason.NotSignedIn, await NodeClient.ReasonAsync(async () => await client.Ledger.GetGenesisAsync(new GetGenesisRequest(), NodeClient.Options("guess"))));
        var basic = new CallOptions(new Metadata { { "authorization", "Basic Og==" } }, DateTime.UtcNow.AddSeconds(10));
        Assert.AreEqual(RefusalReason.NotSignedIn, await NodeClient.ReasonAsync(async () => await client.Ledger.GetGenesisAsync(new GetGenesisRequest(), basic)));
    }

    [TestMethod]
    public async Task Method_ThatIsNotServed_HasAReasonToo()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        var marshaller = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "privchain.v1.Ledger", "Rewrite", marshaller, marshaller);
        Assert.AreEqual(RefusalReason.NotFound, await NodeClient.ReasonAsync(async () => await client.Invoker.AsyncUnaryCall(method, null, NodeClient.Options(), [])));
    }

    [TestMethod]
    public async Task Web_ServesHealthTilesAndGrpcWeb_ToThisMachinesNamesOnly()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var client = new NodeClient(fixture.Address);
        using var connection = await fixture.ConnectAsync();
        await connection.Ledger.AppendAsync(await fixture.EnrolIssuerAsync(connection));
        using var http = new HttpClient { BaseAddress = fixture.Web };
        Assert.AreEqual("Healthy", await http.GetStringAsync("health"));
        StringAssert.StartsWith(await http.GetStringAsync("checkpoint"), fixture.Ledger.Genesis.Origin + "\n1\n", StringComparison.Ordinal);
        Assert.HasCount(32, await http.GetByteArrayAsync("tile/0/000.p/1"));
        Assert.HasCount(206, await http.GetByteArrayAsync("tile/entries/000.p/1"));
        foreach (var absent in new[] { "tile/0/000", "tile/0/000.p/2", "tile/0/001.p/1", "tile/1/000.p/1", "tile/0/0", "tile/64/000", "tile/entries/x999/999", "tile/" })
        {
            Assert.AreEqual(HttpStatusCode.NotFound, (await http.GetAsync(absent)).StatusCode, absent);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "privchain.v1.Ledger/GetGenesis") { Content = new ByteArrayContent(new byte[5]) };
        request.Content.Headers.ContentType = new("application/grpc-web+proto");
        request.Headers.Add("grpc-timeout", "10S");
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        Assert.IsGreaterThanOrEqualTo(0, body.AsSpan().IndexOf(fixture.Ledger.Genesis.ToArray()));

        using var rebound = new HttpRequestMessage(HttpMethod.Get, "health");
        rebound.Headers.Host = "attacker.example";
        Assert.AreEqual(HttpStatusCode.BadRequest, (await http.SendAsync(rebound)).StatusCode);
    }
}
