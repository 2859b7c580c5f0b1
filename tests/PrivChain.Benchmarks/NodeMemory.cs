using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;

namespace PrivChain.Benchmarks;

/// <summary>What a node needs for a large ledger, after a restart that replayed it. The entries are those of the main job and lawful, but unsigned: a node that reads back its own ledger under its own root does not look at signatures again.</summary>
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
            PrivateFile.WriteNew(Path.Combine(root, "log"), Encoding.ASCII.GetBytes(Hex.Encode(sample.LogSeed)));
            using var metrics = new NodeMetrics();
            using (var engine = EmbeddedLedger.Open(Path.Combine(folder, "ledger.db"), sample.Genesis, sample.OpenLog(), TimeProvider.System, NullLogger<EmbeddedLedger>.Instance, metrics))
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
            table.AddFigure($"resident memory of the node, {records:N0} anchored records, {entries:N0} entries", "< 400 MB", $"{megabytes} MB", "just after a restart that replayed the ledger: a consent for each record, the rest uses and their deliveries");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // What the main job leaves behind: a consent for each record, and then uses and their deliveries.
    private static async Task FillAsync(EmbeddedLedger engine, SampleLedger sample, int records, int entries)
    {
        var now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var (from, until) = (now - 60, now + sample.Genesis.MaxSessionSeconds - 60);
        var (institution, regulator, broker, worker) = (Address(), Address(), Address(), Address());
        var (measurement, contract) = (Random(), Random());
        Entry Enrol(LedgerRole role, AccountAddress party, Digest subject) =>
            new() { Kind = EntryKind.Enrol, Role = role, Signer = sample.Genesis.Governors[0], Party = party, Reference = subject, Details = Random(), NotAfter = ulong.MaxValue };
        Entry[] begin =
        [
            Enrol(LedgerRole.Institution, institution, Random()),
            Enrol(LedgerRole.Regulator, regulator, Digest.Zero),
            Enrol(LedgerRole.Broker, broker, Random()),
            Enrol(LedgerRole.Measurement, AccountAddress.Zero, measurement),
            new() { Kind = EntryKind.Session, Signer = broker, Party = worker, Reference = measurement, NotBefore = from, NotAfter = until, Details = Random() },
            new() { Kind = EntryKind.Publish, Signer = institution, Reference = contract, NotAfter = 86_400, Count = 10_000 },
            new() { Kind = EntryKind.Approve, Signer = regulator, Reference = contract, Details = Random() },
        ];

        async Task<List<Digest>> AppendAsync(int count, Func<int, Entry> make)
        {
            var digests = new List<Digest>();
            while (digests.Count < count)
            {
                var chunk = Enumerable.Range(digests.Count, Math.Min(5000, count - digests.Count))
                    .Select(i => AuthenticEntry.DangerouslyAssumeAuthentic(make(i) with { Signature = sample.Enrolment.Signature })).ToList();
                await Task.WhenAll(chunk.Select(async entry => (await engine.AppendAsync(entry)).OrThrow()));
                digests.AddRange(chunk.Select(entry => entry.Digest));
            }

            return digests;
        }

        await AppendAsync(begin.Length, i => begin[i]);
        await AppendAsync(records, _ => new Entry { Kind = EntryKind.Anchor, Signer = sample.Issuer.Address, Party = Address(), Reference = Random(), Details = Random() });
        var grants = await AppendAsync(
            records, _ => new Entry { Kind = EntryKind.Grant, Signer = Address(), Party = institution, Reference = contract, NotBefore = from, NotAfter = until, Count = 10_000, Details = Random() });
        var rest = entries - (int)engine.Query(state => state.Size);
        var uses = await AppendAsync(
            rest / 2, i => new Entry { Kind = EntryKind.Use, Signer = broker, Party = worker, Reference = grants[i % grants.Count], Count = 1, Details = Random() });
        await AppendAsync(uses.Count, i => new Entry { Kind = EntryKind.Deliver, Signer = worker, Reference = uses[i], Details = Random() });
    }

    private static Digest Random() => new(RandomNumberGenerator.GetBytes(Digest.Size));

    private static AccountAddress Address() => new(RandomNumberGenerator.GetBytes(AccountAddress.Size));
}
