using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Services;

[TestClass]
public sealed class EnclaveRelayTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("privchain-enclave-");
    private readonly FakeEnclave _enclave = new();
    private WebApplication? _app;
    private NodeFixture? _node;

    [TestMethod]
    public async Task Query_FramesAndHalfClose_GoThroughBothWays()
    {
        using var client = await StartAsync();
        using var call = client.Enclave.Query(NodeClient.Options());
        for (ulong id = 1; id <= 50; id++)
        {
            await call.RequestStream.WriteAsync(new QueryFrame { Queries = new SealedQueries { First = id, Count = 1, Sealed = ByteString.CopyFrom((byte)id) } });
            Assert.IsTrue(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.AreEqual(id, call.ResponseStream.Current.Answers.Ids.Single());
        }

        await call.RequestStream.CompleteAsync();
        Assert.IsFalse(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.AreEqual(StatusCode.OK, call.GetStatus().StatusCode);
    }

    // An institution that goes on listening must not be left hanging when the enclave has closed the session.
    [TestMethod]
    public async Task Query_EnclaveRefusesAndEnds_EndsForTheInstitutionToo()
    {
        using var client = await StartAsync();
        using var call = client.Enclave.Query(NodeClient.Options(seconds: 25));
        await call.RequestStream.WriteAsync(new QueryFrame { Open = new SessionOpen() });
        Assert.IsTrue(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.AreEqual((uint)RefusalReason.NotYours, call.ResponseStream.Current.Refused);
        Assert.IsFalse(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [TestMethod]
    public async Task Query_CancelledByTheInstitution_IsCancelledInTheEnclave()
    {
        using var client = await StartAsync();
        using (var call = client.Enclave.Query(NodeClient.Options()))
        {
            await call.RequestStream.WriteAsync(new QueryFrame { Queries = new SealedQueries { First = 1, Count = 1 } });
            Assert.IsTrue(await call.ResponseStream.MoveNext(CancellationToken.None));
        }

        await _enclave.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    // A page in a browser sends the opening and the question at once; a refused opening has to come back with its reason, though the question then has nowhere to go.
    [TestMethod]
    public async Task Ask_RefusedOpening_ComesBackWithItsReasonAndEnds()
    {
        using var client = await StartAsync();
        using var call = client.SingleQuery.Ask(new AskRequest { Open = new SessionOpen(), Queries = new SealedQueries() }, NodeClient.Options(seconds: 25));
        Assert.IsTrue(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.AreEqual((uint)RefusalReason.NotYours, call.ResponseStream.Current.Refused);
        Assert.IsFalse(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [TestMethod]
    public async Task Ask_WithoutAQuestion_IsMalformed()
    {
        using var client = await StartAsync();
        using var call = client.SingleQuery.Ask(new AskRequest { Open = new SessionOpen() }, NodeClient.Options());
        var exception = await Assert.ThrowsExactlyAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.AreEqual(nameof(RefusalReason.Malformed), exception.Status.Detail);
    }

    [TestMethod]
    public async Task Identify_RefusedByTheEnclave_CarriesItsReasonAndNotItsWords()
    {
        using var client = await StartAsync();
        var exception = await Assert.ThrowsExactlyAsync<RpcException>(async () => await client.Enclave.IdentifyAsync(new IdentifyRequest(), NodeClient.Options()));
        Assert.AreEqual(((int)RefusalReason.TooWeak).ToString(CultureInfo.InvariantCulture), exception.Trailers.GetValue("privchain-reason"));
        Assert.AreEqual(nameof(RefusalReason.TooWeak), exception.Status.Detail);
    }

    [TestMethod]
    public async Task Call_WhileTheSocketIsAbsent_IsUnavailableAndNamesNoPath()
    {
        _node = await NodeFixture.StartAsync(witness: false, enclaveSocket: "/nowhere/enclave.sock");
        using var client = new NodeClient(_node.Address);
        var exception = await Assert.ThrowsExactlyAsync<RpcException>(async () => await client.Enclave.IdentifyAsync(new IdentifyRequest(), NodeClient.Options()));
        Assert.AreEqual(StatusCode.Unavailable, exception.StatusCode);
        Assert.AreEqual(nameof(RefusalReason.Unavailable), exception.Status.Detail);
        using var http = new HttpClient();
        Assert.AreEqual("Degraded", await http.GetStringAsync(new Uri(_node.Web, "health")));
    }

    [TestCleanup]
    public async Task CleanupAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task<NodeClient> StartAsync()
    {
        var socket = Path.Combine(_folder.FullName, "e.sock");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_enclave);
        _app = builder.Build();
        _app.MapGrpcService<FakeEnclave>();
        await _app.StartAsync();
        _node = await NodeFixture.StartAsync(witness: false, enclaveSocket: socket);
        return new NodeClient(_node.Address);
    }
}
