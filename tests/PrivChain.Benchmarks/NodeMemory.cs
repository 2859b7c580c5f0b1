using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;

namespace PrivChain.Benchmarks;

/// <summary>What a node needs for a large ledger, after a restart that replayed it. The entries are lawful but unsigned: a node that reads back its own ledger under its own root does not look at signatures again.</summary>
internal static class NodeMemory
{
    public static async Task RunAsync(ResultTable table, int records, int entries)
    {
        var root = Directory.CreateTempSubdirectory("privchain-memory-").FullName;
        try
        {
            var sample = new SampleLedger();
            var folder = Path.Combine(root, "node");
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(root, "genesis.json"), sample.Genesis.ToArray());
            await File.WriteAllTextAsync(Path.Combine(root, "log"), Hex.Encode(sample.LogSeed));
            using var metrics = new NodeMetrics();
            using (var engine = EmbeddedLedger.Open(Path.Combine(folder, "ledger.db"), sample.Genesis, new Ed25519Key(sample.LogSeed), TimeProvider.System, NullLogger<EmbeddedLedger>.Instance, metrics))
            {
                (await engine.AppendAsync(AuthenticEntry.DangerouslyAssumeAuthentic(sample.Enrolment with { Time = 0 }))).OrThrow();
                await FillAsync(engine, sample, records, entries);
            }

            await using var node = ChildProcess.Start("node", DotnetHost.OwnProgram,
            [
                "node", "--data", folder, "--genesis", Path.Combine(root, "genesis.json"), "--log-key", Path.Combine(root, "log"),
                "--witness", $"{sample.Witness.VerifierKey.Name}=http://127.0.0.1:9", "--until-input-ends",
            ]);
            await node.WaitForAsync("node-ready", TimeSpan.FromMinutes(5), CancellationToken.None);
            var resident = (await File.ReadAllLinesAsync($"/proc/{node.Id}/status")).First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            var megabytes = long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
            table.AddFigure($"resident memory of the node, {records:N0} anchored records, {entries:N0} entries", "< 400 MB", $"{megabytes} MB", "just after a restart that replayed the ledger");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // Records first, then erasures and approvals would need their own parties: the rest are anchors' cheapest companions, votes of the one governor.
    private static async Task FillAsync(EmbeddedLedger engine, SampleLedger sample, int records, int entries)
    {
        var holder = sample.Issuer.Address;
        var signature = sample.Enrolment.Signature;
        for (var done = 1; done < entries; done += 5000)
        {
            await Task.WhenAll(Enumerable.Range(done, Math.Min(5000, entries - done)).Select(async i =>
            {
                var entry = i <= records
                    ? new Entry { Kind = EntryKind.Anchor, Signer = sample.Issuer.Address, Party = holder, Reference = Random(), Details = Random(), Signature = signature }
                    : new Entry { Kind = EntryKind.Enrol, Role = LedgerRole.Measurement, Signer = sample.Genesis.Governors[0], Reference = sample.Genesis.Nonce, NotAfter = (ulong)i, Signature = signature };
                (await engine.AppendAsync(AuthenticEntry.DangerouslyAssumeAuthentic(entry))).OrThrow();
            }));
        }
    }

    private static Digest Random() => new(RandomNumberGenerator.GetBytes(Digest.Size));
}
