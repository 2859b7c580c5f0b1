using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PrivChain.Cli.Witness;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Tests.Shared;

namespace PrivChain.Cli.Tests.Witness;

[TestClass]
public sealed class WitnessServerTests
{
    private const string Origin = "example.com/ledger";
    private const string Name = "witness.example";

    private static readonly Ed25519Key LogKey = new([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly NoteSigner Log = new("example.com/ledger-key", NoteKeyType.Ed25519, LogKey);
    private static readonly TrustedLog Trusted = new(Origin, Log.VerifierKey);
    private static readonly MerkleTree Honest = Build(40, 0);
    private static readonly MerkleTree Forked = Build(40, 1);

    private readonly HttpClient _http = new();
    private string _folder = string.Empty;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    private static MerkleTree Build(ulong count, byte salt)
    {
        var tree = new MerkleTree(MerkleHash.Sha256);
        for (var i = 0UL; i < count; i++)
        {
            tree.Append(MerkleHash.Sha256.Leaf([(byte)i, i >= 15 ? salt : (byte)0]));
        }

        return tree;
    }

    private static byte[] Note(MerkleTree tree, ulong size) => Log.Sign(new Checkpoint(Origin, size, tree.Root(size)).Text.Span);

    private static byte[] Body(ulong oldSize, ulong newSize) => WitnessRequest.Compose(oldSize, Honest.ConsistencyProof(oldSize, newSize), Note(Honest, newSize));

    [TestInitialize]
    public void Prepare() => _folder = Directory.CreateTempSubdirectory("privchain-witness").FullName;

    [TestCleanup]
    public void CleanUp()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private WitnessServerOptions Options(byte seed = 2, string listen = "127.0.0.1:0", int rate = 10_000, TimeProvider? clock = null, (string, NoteVerifierKey)[]? logs = null, string name = Name, bool postQuantum = false)
    {
        var file = Path.Combine(_folder, "seed");
        OwnerOnly.Write(file, Hex.Encode([.. Enumerable.Repeat(seed, 32)]) + "\n");
        return new WitnessServerOptions
        {
            Listen = listen,
            KeySeedFile = file,
            Name = name,
            PostQuantum = postQuantum,
            Logs = logs ?? [(Origin, Log.VerifierKey)],
            Folder = Path.Combine(_folder, "store"),
            RequestsPerSecond = rate,
            Clock = clock ?? TimeProvider.System,
        };
    }

    private async Task<(HttpStatusCode Status, string? Type, string Body)> PostAsync(RunningWitness witness, byte[] body)
    {
        using var response = await _http.PostAsync(new Uri(witness.Address, "add-checkpoint"), new ByteArrayContent(body), Cancel);
        return (response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(Cancel));
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task AddCheckpoint_PublishedSteps_GiveTheStatuses()
    {
        foreach (var file in VectorFolder.Files("tlog", "witness_*.json"))
        {
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file, Cancel));
            var root = document.RootElement;
            var key = NoteVerifierKey.Parse(root.GetProperty("log_vkey").GetString()!);
            await using var witness = await WitnessServer.StartAsync(Options(logs: [(key.Name, key)], name: root.GetProperty("witness_name").GetString()!), Cancel);
            foreach (var step in root.GetProperty("steps").EnumerateArray())
            {
                var (status, type, body) = await PostAsync(witness, Encoding.UTF8.GetBytes(step.GetProperty("body").GetString()!));

                // The steps were written when an unknown origin was 403; version 1.0.0 says 404.
                var unknown = step.TryGetProperty("response_contains", out var contains) && contains.GetString() == "unknown log";
                Assert.AreEqual(unknown ? 404 : step.GetProperty("status").GetInt32(), (int)status, body);
                if (step.TryGetProperty("response_equals", out var equals))
                {
                    Assert.AreEqual((equals.GetString(), "text/x.tlog.size"), (body, type));
                }
                else
                {
                    Assert.Contains(contains.GetString()!, body);
                }
            }
        }
    }

    [TestMethod]
    public async Task AddCheckpoint_PostQuantumWitness_CosignsWithMlDsa44()
    {
        await using var witness = await WitnessServer.StartAsync(Options(postQuantum: true), Cancel);
        Assert.AreEqual(NoteKeyType.MlDsa44Cosignature, witness.VerifierKey.Type);
        var (status, _, line) = await PostAsync(witness, Body(0, 7));
        Assert.AreEqual(HttpStatusCode.OK, status);
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(witness, Body(7, 12))).Status);
        Assert.IsTrue(SignedNote.TryParse(Note(Honest, 7), out var note));
        var witnessed = WitnessedCheckpoint.Verify(note.WithSignatures(line).Bytes.Span, Trusted, new WitnessPolicy([witness.VerifierKey], 1));
        Assert.AreEqual(RefusalReason.None, witnessed.Reason);
    }

    [TestMethod]
    public async Task Checkpoint_AfterAcceptance_IsServedWithTheCosignature()
    {
        await using var witness = await WitnessServer.StartAsync(Options(), Cancel);
        var path = new Uri(witness.Address, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Origin)))}/checkpoint");
        using (var none = await _http.GetAsync(path, Cancel))
        {
            Assert.AreEqual(HttpStatusCode.NotFound, none.StatusCode);
        }

        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(witness, Body(0, 7))).Status);
        using var response = await _http.GetAsync(path, Cancel);
        Assert.AreEqual("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var note = await response.Content.ReadAsByteArrayAsync(Cancel);
        var witnessed = WitnessedCheckpoint.Verify(note, Trusted, new WitnessPolicy([witness.VerifierKey], 1)).OrThrow();
        Assert.AreEqual(7UL, witnessed.Checkpoint.Size);
        using var stranger = await _http.GetAsync(new Uri(witness.Address, "00/checkpoint"), Cancel);
        Assert.AreEqual(HttpStatusCode.NotFound, stranger.StatusCode);
    }

    [TestMethod]
    public async Task AddCheckpoint_EachRefusal_ChangesNothing()
    {
        await using var witness = await WitnessServer.StartAsync(Options(), Cancel);
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(witness, Body(0, 7))).Status);
        var unsigned = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Body(7, 12)).Replace("\n12\n", "\n13\n", StringComparison.Ordinal));
        foreach (var (body, status) in new (byte[], int)[]
        {
            ([], 400),
            (Body(7, 12)[..^1], 400),
            (WitnessRequest.Compose(13, [], Note(Honest, 12)), 400),
            (unsigned, 403),
            (WitnessRequest.Compose(7, Honest.ConsistencyProof(7, 12), Log.Sign(new Checkpoint("other", 12, Honest.Root(12)).Text.Span)), 404),
            (Body(6, 12), 409),
            (WitnessRequest.Compose(7, [], Note(Honest, 12)), 422),
            (new byte[WitnessRequest.MaxSize + 1], 413),
        })
        {
            var reply = await PostAsync(witness, body);
            Assert.AreEqual(status, (int)reply.Status, reply.Body);
        }

        using var get = await _http.GetAsync(new Uri(witness.Address, "add-checkpoint"), Cancel);
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(witness, Body(7, 12))).Status, "still at 7");
    }

    // Of many requests from one old size only one goes through; the witness never goes back.
    [TestMethod]
    public async Task AddCheckpoint_Race_AcceptsExactlyOne()
    {
        await using var witness = await WitnessServer.StartAsync(Options(), Cancel);
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(witness, Body(0, 3))).Status);
        var replies = await Task.WhenAll(Enumerable.Range(4, 30).Select(size => PostAsync(witness, Body(3, (ulong)size))));
        Assert.HasCount(1, replies.Where(static r => r.Status == HttpStatusCode.OK).ToList());
        Assert.HasCount(29, replies.Where(static r => r.Status == HttpStatusCode.Conflict).ToList());
        Assert.HasCount(1, replies.Where(static r => r.Status == HttpStatusCode.Conflict).Select(static r => r.Body).Distinct().ToList(), "all are told one size");
    }

    [TestMethod]
    public async Task Restart_SameFolder_KeepsStateAndRefusesAnotherKey()
    {
        await using (var first = await WitnessServer.StartAsync(Options(), Cancel))
        {
            Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(first, Body(0, 17))).Status);
        }

        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => WitnessServer.StartAsync(Options(seed: 9), Cancel));
        Assert.AreEqual(RefusalReason.Conflict, refused.Reason);

        await using var second = await WitnessServer.StartAsync(Options(), Cancel);
        Assert.AreEqual("17\n", (await PostAsync(second, Body(0, 5))).Body);
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(second, Body(17, 20))).Status);
    }

    [TestMethod]
    public async Task AddCheckpoint_SecondHistory_IsKeptAsProof()
    {
        await using var witness = await WitnessServer.StartAsync(Options(), Cancel);
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(witness, Body(0, 17))).Status);
        Assert.IsEmpty(witness.ProofsAgainst(Origin));
        for (var i = 0; i < 2; i++)
        {
            Assert.AreEqual(HttpStatusCode.Conflict, (await PostAsync(witness, WitnessRequest.Compose(17, [], Note(Forked, 17)))).Status);
        }

        Assert.IsTrue(SplitViewProof.TryParse(witness.ProofsAgainst(Origin).Single(), out var proof));
        Assert.IsTrue(proof.ProvesGuilt(Trusted));
    }

    // The times of one log's cosignatures never run backwards, even when the clock does.
    [TestMethod]
    public async Task AddCheckpoint_ClockSetBack_DoesNotSignAnEarlierTime()
    {
        var clock = new FixedClock { Now = DateTimeOffset.FromUnixTimeSeconds(2000) };
        await using var witness = await WitnessServer.StartAsync(Options(clock: clock), Cancel);
        foreach (var (size, now, expected) in new[] { (5UL, 2000L, 2000UL), (6UL, 1000L, 2000UL), (7UL, 3000L, 3000UL) })
        {
            clock.Now = DateTimeOffset.FromUnixTimeSeconds(now);
            var (_, _, line) = await PostAsync(witness, Body(size == 5 ? 0 : size - 1, size));
            Assert.IsTrue(SignedNote.TryParse([.. Note(Honest, size), .. Encoding.UTF8.GetBytes(line)], out var note));
            Assert.AreEqual(expected, Cosignature.Verify(note, witness.VerifierKey).OrThrow().Time);
        }
    }

    [TestMethod]
    public async Task AddCheckpoint_AboveTheRate_IsAnswered429()
    {
        await using var witness = await WitnessServer.StartAsync(Options(rate: 1), Cancel);
        var statuses = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            statuses.Add((int)(await PostAsync(witness, [])).Status);
        }

        CollectionAssert.Contains(statuses, 400);
        CollectionAssert.Contains(statuses, 429);
    }

    [TestMethod]
    [DataRow("0.0.0.0:0")]
    [DataRow("192.0.2.1:80")]
    [DataRow("localhost")]
    [DataRow("")]
    public async Task StartAsync_NotLoopback_IsRefused(string listen) =>
        Assert.AreEqual(
            RefusalReason.BadSettings,
            (await Assert.ThrowsExactlyAsync<RefusalException>(() => WitnessServer.StartAsync(Options(listen: listen), Cancel))).Reason);

    [TestMethod]
    public async Task StartAsync_BadSettings_AreRefused()
    {
        await RefusedAsync(Options(name: "a b"));
        await RefusedAsync(Options(logs: []));
        await RefusedAsync(Options(rate: 0));
        await RefusedAsync(Options(seed: 1));
        var options = Options();
        OwnerOnly.Open(options.KeySeedFile, UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", (await RefusedAsync(options)).Detail);
        OwnerOnly.Write(options.KeySeedFile, "0x00");
        await RefusedAsync(options);
        File.Delete(options.KeySeedFile);
        await RefusedAsync(options);
    }

    [TestMethod]
    public async Task RunAsync_Started_WritesWhereItListensAndStopsWhenAsked()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var output = new FirstLine();
        var run = WitnessServer.RunAsync(Options(), output, stop.Token);
        using var ready = JsonDocument.Parse(await output.Line.WaitAsync(Cancel));
        Assert.AreEqual("witness-ready", ready.RootElement.GetProperty("event").GetString());
        Assert.IsTrue(NoteVerifierKey.TryParse(ready.RootElement.GetProperty("vkey").GetString(), out var key));
        using (var response = await _http.PostAsync(
            new Uri(new Uri(ready.RootElement.GetProperty("address").GetString()!), "add-checkpoint"), new ByteArrayContent(Body(0, 7)), Cancel))
        {
            Assert.StartsWith($"— {key.Name} ", await response.Content.ReadAsStringAsync(Cancel));
        }

        await stop.CancelAsync();
        await run;
    }

    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Line => _line.Task;

        public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
        {
            _line.TrySetResult(buffer.ToString());
            return Task.CompletedTask;
        }
    }

    private async Task<Refusal> RefusedAsync(WitnessServerOptions options)
    {
        var refusal = (await Assert.ThrowsExactlyAsync<RefusalException>(() => WitnessServer.StartAsync(options, Cancel))).Refusal;
        Assert.AreEqual(RefusalReason.BadSettings, refusal.Reason);
        return refusal;
    }

    private sealed class FixedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
