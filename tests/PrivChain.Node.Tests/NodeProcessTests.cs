using System.Diagnostics;
using System.Text.Json;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Schemas.V1;
using PrivChain.Signatures;
using PrivChain.Tests.Shared;

namespace PrivChain.Node.Tests;

/// <summary>The node as a process, killed without warning.</summary>
[TestClass]
public sealed class NodeProcessTests
{
    private readonly LedgerFixture _ledger = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("privchain-process-");

    // Acknowledged means durable: whatever was acknowledged before the kill stands where it was said to stand, at the time it was said to have, under a tree that has grown only.
    [TestMethod]
    public async Task Kill_UnderLoad_LosesNothingThatWasAcknowledged()
    {
        var acknowledged = new Dictionary<ulong, (Entry Entry, ulong Time)>();
        ulong size = 0;
        Digest root = default;
        for (var round = 0; round < 3; round++)
        {
            using var process = await StartAsync();
            using var client = new NodeClient(process.Address);
            await VerifyAsync(client, acknowledged, size, root);
            using var killed = new CancellationTokenSource();
            var writers = Enumerable.Range(0, 8).Select(_ => WriteAsync(client, acknowledged, killed)).ToList();
            await WhenAcknowledgedAsync(acknowledged, acknowledged.Count + 40);
            var note = await client.Ledger.GetCheckpointAsync(new GetCheckpointRequest(), NodeClient.Options());
            var checkpoint = SignedCheckpoint.Verify(note.Note.Span, _ledger.Genesis.Log).OrThrow().Checkpoint;
            (size, root) = (checkpoint.Size, checkpoint.Root);
            process.Kill();
            await killed.CancelAsync();
            await Task.WhenAll(writers);
        }

        using var last = await StartAsync();
        using var after = new NodeClient(last.Address);
        await VerifyAsync(after, acknowledged, size, root);
    }

    [TestMethod]
    public async Task Start_WithBadSettings_NamesThemAndExitsWithTheReason()
    {
        using var process = Launch(null, "--data", _folder.FullName, "--genesis", "/nowhere", "--log-key", "/nowhere", "--listen", "http://0.0.0.0:1");
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual((int)RefusalReason.BadSettings, process.ExitCode);
        foreach (var name in new[] { "genesis:", "log-key:", "listen:" })
        {
            StringAssert.Contains(errors, name, StringComparison.Ordinal);
        }
    }

    // One lane at a time, on any machine: the node serves and says so; a set that does not exist is a bad setting as any other.
    [TestMethod]
    public async Task Start_WithAForcedInstructionSet_SaysWhichItRunsOnOrRefuses()
    {
        using (var process = await StartAsync("scalar"))
        {
            using var client = new NodeClient(process.Address);
            var governor = _ledger.As(_ledger.Governors[0]);
            var entry = governor.Enrol(LedgerRole.Measurement, AccountAddress.Zero, LedgerFixture.RandomDigest(), Digest.Zero, 0, 1);
            Assert.AreEqual(0UL, (await client.Ledger.AppendAsync(new AppendRequest { Entry = NodeClient.Bytes(entry.ToArray()) }, NodeClient.Options())).Index);
            process.Kill();
        }

        var lines = (await File.ReadAllLinesAsync(Path.Combine(PathOf("data"), "logs", "node.jsonl"))).Select(line => JsonElement.Parse(line));
        Assert.AreEqual("Scalar", lines.Single(line => line.GetProperty("name").GetString() == "RunsOn").GetProperty("instructions").GetString());

        using var refused = Launch("avx1024", "--data", PathOf("data"), "--genesis", "/nowhere", "--log-key", "/nowhere");
        StringAssert.Contains(await refused.StandardError.ReadToEndAsync(), "PRIVCHAIN_SIGNATURES: wanted", StringComparison.Ordinal);
        await refused.WaitForExitAsync();
        Assert.AreEqual((int)RefusalReason.BadSettings, refused.ExitCode);
    }

    [TestCleanup]
    public void Cleanup() => _folder.Delete(recursive: true);

    private async Task WriteAsync(NodeClient client, Dictionary<ulong, (Entry Entry, ulong Time)> acknowledged, CancellationTokenSource killed)
    {
        var governor = _ledger.As(_ledger.Governors[0]);
        try
        {
            while (!killed.IsCancellationRequested)
            {
                // A measurement needs no stored profile.
                var entry = governor.Enrol(LedgerRole.Measurement, AccountAddress.Zero, LedgerFixture.RandomDigest(), Digest.Zero, 0, 1);
                var reply = await client.Ledger.AppendAsync(new AppendRequest { Entry = NodeClient.Bytes(entry.ToArray()) }, NodeClient.Options());
                lock (acknowledged)
                {
                    acknowledged.Add(reply.Index, (entry, reply.Time));
                }
            }
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled)
        {
            // Not acknowledged: it may stand or not.
        }
    }

    private static async Task WhenAcknowledgedAsync(Dictionary<ulong, (Entry Entry, ulong Time)> acknowledged, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            lock (acknowledged)
            {
                if (acknowledged.Count >= count)
                {
                    return;
                }
            }

            await Task.Delay(5, limit.Token);
        }
    }

    private async Task VerifyAsync(NodeClient client, Dictionary<ulong, (Entry Entry, ulong Time)> acknowledged, ulong size, Digest root)
    {
        var entries = (await client.Ledger.GetEntriesAsync(new GetEntriesRequest { Count = 1000 }, NodeClient.Options())).Entries;
        var frontier = new MerkleFrontier(MerkleHash.Sha256);
        var rootBefore = MerkleHash.Sha256.EmptyRoot;
        foreach (var bytes in entries)
        {
            Assert.IsTrue(Entry.TryParse(bytes.Span, out var stored));
            Assert.IsTrue(AuthenticEntry.Authenticate(stored, _ledger.Domain).Accepted);
            if (acknowledged.TryGetValue(frontier.Size, out var promised))
            {
                Assert.AreEqual(promised.Entry with { Time = promised.Time }, stored);
            }

            frontier.Append(MerkleHash.Sha256.Leaf(bytes.Span));
            rootBefore = frontier.Size == size ? frontier.Root : rootBefore;
        }

        Assert.IsTrue(acknowledged.Keys.All(index => index < frontier.Size), "everything acknowledged is there");
        Assert.IsTrue(size == 0 || rootBefore == root, "the checkpoint seen before the kill is a prefix");
        var note = await client.Ledger.GetCheckpointAsync(new GetCheckpointRequest(), NodeClient.Options());
        Assert.AreEqual(frontier.Root, SignedCheckpoint.Verify(note.Note.Span, _ledger.Genesis.Log).OrThrow().Checkpoint.Root);
    }

    private async Task<Running> StartAsync(string? instructions = null)
    {
        await File.WriteAllBytesAsync(PathOf("genesis.json"), _ledger.Genesis.ToArray());
        OwnerOnly.Write(PathOf("log.key"), Hex.Encode(_ledger.LogSeed));
        var process = Launch(
            instructions, "--data", PathOf("data"), "--genesis", PathOf("genesis.json"), "--log-key", PathOf("log.key"),
            "--witness", $"{_ledger.WitnessKey.VerifierKey.Name}=http://127.0.0.1:9");
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.IsNotNull(line, "the node says where it listens");
        using var ready = JsonDocument.Parse(line);
        return new Running(process, new Uri(ready.RootElement.GetProperty("listen").GetString()!));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static Process Launch(string? instructions, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PrivChain.Node.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[SignatureEngine.Setting] = instructions;
        return Process.Start(start)!;
    }

    private sealed class Running(Process process, Uri address) : IDisposable
    {
        public Uri Address { get; } = address;

        public void Kill()
        {
            process.Kill();
            process.WaitForExit();
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                Kill();
            }

            process.Dispose();
        }
    }
}
