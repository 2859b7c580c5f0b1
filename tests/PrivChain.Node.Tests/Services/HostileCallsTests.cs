using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf.Reflection;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Services;

/// <summary>
/// Calls as no client makes them, over HTTP/2 as it is and over bare sockets: each is answered soon, by a named reason or an HTTP status, never as a fault of our own, and the node serves the next caller.
/// </summary>
[TestClass]
public sealed class HostileCallsTests
{
    private static readonly byte[] _bomb = Bomb();
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(15);

    private static readonly IReadOnlyList<string> _methods =
    [
        .. new[] { LedgerReflection.Descriptor, DocumentsReflection.Descriptor, VaultReflection.Descriptor, InboxReflection.Descriptor, SignInReflection.Descriptor, EnclaveReflection.Descriptor }
            .SelectMany(file => file.Services).SelectMany(service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}")),
    ];

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task EveryMethod_BodyThatIsNoMessage_IsRefusedByName()
    {
        await using var fixture = await NodeFixture.StartAsync(new NodeLimits { CallsPerSecond = 100_000, CallsBurst = 100_000 }, witness: false);
        using var client = new NodeClient(fixture.Address);
        var token = await client.SignInAsync(fixture.Ledger.Citizen);
        using var http = Http(fixture.Address);
        foreach (var method in _methods)
        {
            foreach (var (kind, body, encoding) in Bodies())
            {
                var started = Stopwatch.GetTimestamp();
                using var request = Request(method, body);
                request.Headers.Add("authorization", "Bearer " + token);
                if (encoding is not null)
                {
                    request.Headers.Add("grpc-encoding", encoding);
                }

                var (status, reason) = await SendAsync(http, request);
                Assert.IsLessThan(_soon, Stopwatch.GetElapsedTime(started), $"{method} {kind}");

                // A method whose rule refuses the caller says that first; one without a body to read may go on and miss what it needs.
                Assert.IsTrue(status != HttpStatusCode.OK || (Enum.IsDefined(reason) && reason != RefusalReason.Internal), $"{method} {kind}: HTTP {(int)status}, {reason}");
                if (kind.StartsWith("no message", StringComparison.Ordinal))
                {
                    Assert.IsTrue(status != HttpStatusCode.OK || reason != RefusalReason.None, $"{method} {kind} was accepted");
                }
            }
        }

        await RequireServingAsync(client);
    }

    [TestMethod]
    public async Task Message_ThatUnpacksToMuch_IsNotUnpacked()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        using var http = Http(fixture.Address);
        var body = Framed(1, _bomb);
        var before = GC.GetTotalAllocatedBytes();
        using var request = Request("/privchain.v1.Ledger/Append", body);
        request.Headers.Add("grpc-encoding", "gzip");
        var (status, reason) = await SendAsync(http, request);
        Assert.IsTrue(status != HttpStatusCode.OK || reason != RefusalReason.None);

        // Of the whole process, in which another class's tests may run.
        Assert.IsLessThan(96L << 20, GC.GetTotalAllocatedBytes() - before);
        await RequireServingAsync(client);
    }

    [TestMethod]
    [DataRow("grpc-timeout", "0n")]
    [DataRow("grpc-timeout", "-1S")]
    [DataRow("grpc-timeout", "99999999999S")]
    [DataRow("grpc-timeout", "soon")]
    [DataRow("authorization", "Bearer")]
    [DataRow("authorization", "Bearer \u0001")]
    [DataRow("authorization", "Basic eDp5")]
    [DataRow("content-type", "text/plain")]
    [DataRow("x-binary-bin", "!!! no base64 !!!")]
    [DataRow("te", "gzip")]
    public async Task Header_OutOfItsForm_HarmsNobody(string name, string value)
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        using var http = Http(fixture.Address);
        using var request = Request("/privchain.v1.Ledger/GetGenesis", Framed(0, []));
        if (name == "content-type")
        {
            request.Content!.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        else
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            var (status, reason) = await SendAsync(http, request);
            Assert.IsTrue(status != HttpStatusCode.OK || reason != RefusalReason.Internal, $"HTTP {(int)status}, {reason}");
        }
        catch (HttpRequestException)
        {
            // Our own client does not even send it, or the server ended the stream.
        }

        await RequireServingAsync(client);
    }

    [TestMethod]
    public async Task Headers_TooManyOrTooLong_AreRefused()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        foreach (var headers in new[] { Enumerable.Range(0, 10_000).Select(i => ($"x-{i}", "v")), [("x-long", new string('v', 64 * 1024))] })
        {
            using var http = Http(fixture.Address);
            using var request = Request("/privchain.v1.Ledger/GetGenesis", Framed(0, []));
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            try
            {
                Assert.AreNotEqual(HttpStatusCode.OK, (await SendAsync(http, request)).Status);
            }
            catch (HttpRequestException)
            {
                // The server may end the connection instead of answering.
            }

            await RequireServingAsync(client);
        }
    }

    [TestMethod]
    public async Task Socket_BytesThatAreNoHttp2_IsClosedAndTheNodeServesOn()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        foreach (var bytes in Streams())
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, fixture.Address.Port);
            var stream = socket.GetStream();
            using var limit = new CancellationTokenSource(_soon);
            try
            {
                await stream.WriteAsync(bytes, limit.Token);
                socket.Client.Shutdown(SocketShutdown.Send);
                await stream.CopyToAsync(Stream.Null, limit.Token);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // Reset: as good as closed.
            }

            await RequireServingAsync(client);
        }
    }

    // Rapid reset (CVE-2023-44487) in the small: streams opened and cancelled at once, ten thousand times.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Streams_OpenedAndResetAtOnce_LeaveRoomForOthers()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        using var http = Http(fixture.Address);
        for (var round = 0; round < 100; round++)
        {
            using var reset = new CancellationTokenSource();
            var calls = Enumerable.Range(0, 100).Select(async _ =>
            {
                using var request = Request("/privchain.v1.Ledger/Follow", Framed(0, []));
                try
                {
                    using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, reset.Token);
                }
                catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
                {
                    // Cancelled, or the server has had enough of this connection.
                }
            }).ToList();
            await reset.CancelAsync();
            await Task.WhenAll(calls);
        }

        await RequireServingAsync(client);
    }

    private static async Task RequireServingAsync(NodeClient client) =>
        Assert.IsGreaterThan(0, (await client.Ledger.GetGenesisAsync(new GetGenesisRequest(), NodeClient.Options())).CalculateSize());

    private static IEnumerable<(string Kind, byte[] Body, string? Encoding)> Bodies()
    {
        var random = new Random(4711);
        var noise = new byte[200];
        random.NextBytes(noise);
        yield return ("no message: nothing", [], null);
        yield return ("no message: half a prefix", [0, 0, 0], null);
        yield return ("no message: shorter than its prefix says", [0, 0, 0, 0, 9, 1], null);
        yield return ("no message: four gigabytes promised", [0, 0xFF, 0xFF, 0xFF, 0xFF, 1], null);
        yield return ("no message: reserved flag", [2, 0, 0, 0, 0], null);
        yield return ("no message: compressed without saying how", Framed(1, [1, 2, 3]), null);
        yield return ("no message: an unknown coding", Framed(1, [1, 2, 3]), "zstd");
        yield return ("no message: a coding that is not taken", Framed(1, _bomb), "gzip");
        yield return ("no message: a varint without end", Framed(0, [.. Enumerable.Repeat((byte)0xFF, 50)]), null);
        yield return ("no message: a field of two gigabytes", Framed(0, [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1]), null);
        yield return ("no message: groups in groups", Framed(0, [.. Enumerable.Repeat((byte)0x7B, 20_000)]), null);
        yield return ("no message: field number zero", Framed(0, [0x02, 0x00]), null);
        yield return ("noise", Framed(0, noise), null);
        yield return ("unknown fields", Framed(0, [0xFA, 0x3F, 0x03, 1, 2, 3]), null);
        yield return ("a field twice", Framed(0, [0x0A, 0x01, 7, 0x0A, 0x01, 8]), null);
        yield return ("two messages where one is due", [.. Framed(0, []), .. Framed(0, [])], null);
    }

    private static IEnumerable<byte[]> Streams()
    {
        var preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        yield return "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray();
        yield return "POST /privchain.v1.Ledger/GetGenesis HTTP/1.1\r\nHost: a\r\nHost: b\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3;\nabc\r\n0\r\n\r\n"u8.ToArray();
        yield return Encoding.ASCII.GetBytes("GET /" + new string('a', 200_000));
        yield return new byte[100_000];
        yield return [.. preface, .. new byte[50_000]];
        yield return [.. preface, .. settings, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0, 1];

        // Settings and pings by the thousand, and headers that go on without end.
        yield return [.. preface, .. Enumerable.Range(0, 20_000).SelectMany(_ => settings)];
        yield return [.. preface, .. settings, .. Enumerable.Range(0, 20_000).SelectMany(_ => (byte[])[0, 0, 8, 6, 0, 0, 0, 0, 0, .. new byte[8]])];
        yield return [.. preface, .. settings, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82, .. Enumerable.Range(0, 20_000).SelectMany(_ => (byte[])[0, 0, 1, 9, 0, 0, 0, 0, 1, 0x82])];
    }

    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[128 << 20]);
        }

        return packed.ToArray();
    }

    private static byte[] Framed(byte flag, ReadOnlySpan<byte> message)
    {
        var framed = new byte[5 + message.Length];
        framed[0] = flag;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed.AsSpan(5));
        return framed;
    }

    private static HttpClient Http(Uri address) => new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, Timeout = _soon,
    };

    private static HttpRequestMessage Request(string method, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, method) { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-timeout", "5S");
        return request;
    }

    private static async Task<(HttpStatusCode Status, RefusalReason Reason)> SendAsync(HttpClient http, HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        var from = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        if (!from.TryGetValues("grpc-status", out var statuses) || statuses.Single() == "0")
        {
            return (response.StatusCode, RefusalReason.None);
        }

        // A stream that is open at its deadline is ended by gRPC itself, which knows no reasons; clients read the status then.
        return (response.StatusCode, from.TryGetValues("privchain-reason", out var reasons)
            ? (RefusalReason)int.Parse(reasons.Single(), System.Globalization.CultureInfo.InvariantCulture)
            : statuses.Single() == "4" ? RefusalReason.Deadline : RefusalReason.Internal);
    }
}
