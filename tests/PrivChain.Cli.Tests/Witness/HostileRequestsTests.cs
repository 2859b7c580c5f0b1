using System.Net;
using System.Net.Sockets;
using System.Text;
using PrivChain.Cli.Witness;
using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;
using PrivChain.Tests.Shared;

namespace PrivChain.Cli.Tests.Witness;

/// <summary>Requests as no log sends them: each is refused with a status, nothing is stored, and the witness cosigns the next honest one.</summary>
[TestClass]
public sealed class HostileRequestsTests
{
    private const string Origin = "example.com/ledger";

    private static readonly NoteSigner _log = new("example.com/ledger-key", NoteKeyType.Ed25519, new Ed25519Key([.. Enumerable.Repeat((byte)1, 32)]));
    private static readonly MerkleTree _tree = Tree();

    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-witness-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Clean()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task AddCheckpoint_BodiesOfEveryKind_AreRefusedAndChangeNothing()
    {
        await using var witness = await StartAsync();
        var valid = Body(0, 7);
        var random = new Random(99);
        var bodies = new List<byte[]>
        {
            Array.Empty<byte>(), "old 0\n"u8.ToArray(), "\n\n\n"u8.ToArray(), new byte[WitnessRequest.MaxSize], new byte[WitnessRequest.MaxSize + 1], new byte[8 << 20],
            Encoding.UTF8.GetBytes("old 18446744073709551616\n"), Encoding.UTF8.GetBytes("old -1\n"), Encoding.UTF8.GetBytes("old 0" + new string('0', 5_000) + "\n"),
            Encoding.UTF8.GetBytes("old 0\n" + string.Concat(Enumerable.Repeat("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 64)) + "\n"),
        };
        for (var length = 0; length < valid.Length; length += 7)
        {
            bodies.Add(valid[..length]);
        }

        for (var i = 0; i < 300; i++)
        {
            var changed = valid.ToArray();
            changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
            bodies.Add(changed);
        }

        foreach (var body in bodies)
        {
            HttpStatusCode status;
            try
            {
                using var response = await _http.PostAsync(new Uri(witness.Address, "add-checkpoint"), new ByteArrayContent(body), TestContext.CancellationToken);
                status = response.StatusCode;
            }
            catch (HttpRequestException) when (body.Length > WitnessRequest.MaxSize)
            {
                // Closed while the rest was being sent.
                continue;
            }

            Assert.IsTrue((int)status is >= 400 and < 500, $"{(int)status} for {Encoding.Latin1.GetString(body.AsSpan(0, Math.Min(body.Length, 200)))}");
        }

        await RequireHonestAsync(witness);
    }

    [TestMethod]
    [DataRow("GET", "add-checkpoint")]
    [DataRow("PUT", "add-checkpoint")]
    [DataRow("DELETE", "add-checkpoint")]
    [DataRow("POST", "checkpoint")]
    [DataRow("GET", "")]
    [DataRow("GET", "../../etc/passwd")]
    [DataRow("GET", "%2e%2e/checkpoint")]
    [DataRow("GET", "%00/checkpoint")]
    [DataRow("OPTIONS", "*")]
    public async Task OtherMethodOrPath_IsRefused(string method, string path)
    {
        await using var witness = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(witness.Address, path));
        using var response = await _http.SendAsync(request, TestContext.CancellationToken);
        Assert.IsTrue((int)response.StatusCode is >= 400 and < 500, $"{(int)response.StatusCode}");
        await RequireHonestAsync(witness);
    }

    [TestMethod]
    public async Task Socket_SmuggledOrUnfinishedRequest_IsClosedOrRefused()
    {
        await using var witness = await StartAsync();
        foreach (var text in new[]
        {
            "POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;\nx\r\n0\r\n\r\n",
            "POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n",
            "POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nold",
            "\0\0\0\0\0\0\0\0\r\n\r\n",
        })
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, witness.Address.Port, TestContext.CancellationToken);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            using var reply = new MemoryStream();
            var stream = socket.GetStream();
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(text), limit.Token);
                socket.Client.Shutdown(SocketShutdown.Send);
                await stream.CopyToAsync(reply, limit.Token);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // Reset: as good as closed.
            }

            Assert.DoesNotContain(" 200 ", Encoding.Latin1.GetString(reply.ToArray()));
        }

        await RequireHonestAsync(witness);
    }

    private static MerkleTree Tree()
    {
        var tree = new MerkleTree(MerkleHash.Sha256);
        for (byte i = 0; i < 20; i++)
        {
            tree.Append(MerkleHash.Sha256.Leaf([i]));
        }

        return tree;
    }

    private static byte[] Body(ulong oldSize, ulong newSize) =>
        WitnessRequest.Compose(oldSize, _tree.ConsistencyProof(oldSize, newSize), _log.Sign(new Checkpoint(Origin, newSize, _tree.Root(newSize)).Text.Span));

    private async Task<RunningWitness> StartAsync()
    {
        var seed = Path.Combine(_folder, "seed");
        OwnerOnly.Write(seed, Hex.Encode([.. Enumerable.Repeat((byte)2, 32)]));
        return await WitnessServer.StartAsync(
            new WitnessServerOptions
            {
                Listen = "127.0.0.1:0", KeySeedFile = seed, Name = "witness.example", Logs = [(Origin, _log.VerifierKey)], Folder = Path.Combine(_folder, "store"), RequestsPerSecond = 10_000,
            },
            TestContext.CancellationToken);
    }

    // From size 0: whatever was sent before was not stored.
    private async Task RequireHonestAsync(RunningWitness witness)
    {
        using var response = await _http.PostAsync(new Uri(witness.Address, "add-checkpoint"), new ByteArrayContent(Body(0, 7)), TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.CancellationToken));
    }
}
