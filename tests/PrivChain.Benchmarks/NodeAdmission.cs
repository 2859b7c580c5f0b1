using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;
using PrivChain.Schemas.V1;

namespace PrivChain.Benchmarks;

/// <summary>
/// The same entries into two nodes in turn: one as it is, and one that runs without AVX2, which checks signatures one by one as every node did before. What counts is the processor's time of the
/// node's process, with all that an entry costs beside its signature. Then a follower of what is there, with a page's signatures side by side or one by one.
/// </summary>
internal static class NodeAdmission
{
    private const int BatchSize = 500;
    private const int PageSize = 1000;

    // A node takes no call without one, and none above 30 seconds.
    private static DateTime Deadline => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(25);

    public static async Task RunAsync(ResultTable table, int entries, int rounds)
    {
        var root = Directory.CreateTempSubdirectory("privchain-admission-").FullName;
        try
        {
            var sample = new SampleLedger();
            await File.WriteAllBytesAsync(Path.Combine(root, "genesis.json"), sample.Genesis.ToArray());
            PrivateFile.WriteNew(Path.Combine(root, "log"), Encoding.ASCII.GetBytes(Hex.Encode(sample.LogSeed)));
            using var sideBySide = await Node.StartAsync(root, "side-by-side", sample, vectors: true);
            using var oneByOne = await Node.StartAsync(root, "one-by-one", sample, vectors: false);

            var rows = new List<(double Ours, double Reference)>();
            for (var round = -1; round < rounds; round++)
            {
                var signed = Sign(sample, entries);
                var row = (await sideBySide.SpentOnAsync(() => AppendAsync(sideBySide, signed)) / entries, await oneByOne.SpentOnAsync(() => AppendAsync(oneByOne, signed)) / entries);

                // The first is for compilation.
                if (round >= 0)
                {
                    rows.Add(row);
                }
            }

            var ratios = rows.ConvertAll(row => row.Reference / row.Ours).Order().ToList();
            var ratio = new Ratio(ratios[rounds / 2], ratios[0], ratios[^1], rows.Select(row => row.Ours).Order().ElementAt(rounds / 2), rows.Select(row => row.Reference).Order().ElementAt(rounds / 2));
            table.Add("admission by a node, its processor time", "a node that checks signatures one by one", "–", ratio, $"{entries:N0} entries in batches of {BatchSize}, all that an entry costs included");
            Follow(table, sample, sideBySide, rounds);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static ByteString[] Sign(SampleLedger sample, int count) => [.. sample.Entries(count).Skip(1).Select(entry => ByteString.CopyFrom((entry with { Time = 0 }).ToArray()))];

    private static async Task AppendAsync(Node node, ByteString[] entries)
    {
        foreach (var batch in entries.Chunk(BatchSize))
        {
            var request = new AppendBatchRequest();
            request.Entries.AddRange(batch);
            var reply = await node.Client.AppendBatchAsync(request, deadline: Deadline);
            if (reply.Verdicts.Any(verdict => verdict.Appended is null))
            {
                throw new InvalidOperationException("the node refused an entry of the benchmark");
            }
        }
    }

    // From the node's pages to the follower's state and root, in this process.
    private static void Follow(ResultTable table, SampleLedger sample, Node node, int rounds)
    {
        var size = 0;
        var ratio = Interleaved.MeasureShort(rounds, 3, () => Read(sideBySide: true), () => Read(sideBySide: false), 1);
        ratio = ratio with { OursSeconds = ratio.OursSeconds / size, ReferenceSeconds = ratio.ReferenceSeconds / size };
        table.Add("a follower of a node", "the same, signatures one by one", "–", ratio, $"{size:N0} entries in pages of {PageSize:N0}, rules and root included");

        void Read(bool sideBySide)
        {
            var follower = new LedgerFollower(sample.Genesis);
            for (var page = Page(); page.Count > 0; page = Page())
            {
                var verdicts = sideBySide ? AuthenticEntry.ReadAll([.. page.Select(static entry => entry.Memory)], sample.Domain) : null;
                for (var i = 0; i < page.Count; i++)
                {
                    (verdicts is null ? follower.Accept(page[i].Memory) : follower.Accept(verdicts[i], page[i].Span)).OrThrow();
                }
            }

            size = (int)follower.Size;
            _ = follower.Root;

            IList<ByteString> Page() => node.Client.GetEntries(new GetEntriesRequest { Start = follower.Size, Count = PageSize }, deadline: Deadline).Entries;
        }
    }

    /// <summary>A node's own process. Only what is listed here goes into its environment.</summary>
    private sealed class Node : IDisposable
    {
        private readonly Process _process;
        private readonly GrpcChannel _channel;

        private Node(Process process, string address)
        {
            _process = process;
            _channel = GrpcChannel.ForAddress(address);
            Client = new Schemas.V1.Ledger.LedgerClient(_channel);
        }

        public Schemas.V1.Ledger.LedgerClient Client { get; }

        public static async Task<Node> StartAsync(string root, string name, SampleLedger sample, bool vectors)
        {
            var folder = Path.Combine(root, name);
            Directory.CreateDirectory(folder);
            using (var metrics = new NodeMetrics())
            using (var engine = EmbeddedLedger.Open(Path.Combine(folder, "ledger.db"), sample.Genesis, sample.OpenLog(), TimeProvider.System, NullLogger<EmbeddedLedger>.Instance, metrics))
            {
                (await engine.AppendAsync(AuthenticEntry.Authenticate(sample.Enrolment with { Time = 0 }, sample.Domain).OrThrow())).OrThrow();
            }

            var start = new ProcessStartInfo(DotnetHost.Muxer)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            foreach (var argument in (string[])
            [
                DotnetHost.OwnProgram, "node", "--data", folder, "--genesis", Path.Combine(root, "genesis.json"), "--log-key", Path.Combine(root, "log"),
                "--witness", $"{sample.Witness.VerifierKey.Name}=http://127.0.0.1:9", "--until-input-ends",
            ])
            {
                start.ArgumentList.Add(argument);
            }

            start.Environment.Remove("DOTNET_EnableAVX2");
            if (!vectors)
            {
                start.Environment["DOTNET_EnableAVX2"] = "0";
            }

            var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var process = new Process { StartInfo = start, EnableRaisingEvents = true };
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is { } text && text.Contains("\"node-ready\"", StringComparison.Ordinal))
                {
                    using var json = JsonDocument.Parse(text);
                    ready.TrySetResult(json.RootElement.GetProperty("address").GetString()!);
                }
            };
            process.ErrorDataReceived += static (_, _) => { };
            process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("the node ended before it was ready"));
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return new Node(process, await ready.Task.WaitAsync(TimeSpan.FromMinutes(5)));
        }

        /// <summary>Seconds of processor time that the node spent.</summary>
        public async Task<double> SpentOnAsync(Func<Task> work)
        {
            _process.Refresh();
            var before = _process.TotalProcessorTime;
            await work();
            _process.Refresh();
            return (_process.TotalProcessorTime - before).TotalSeconds;
        }

        public void Dispose()
        {
            _channel.Dispose();
            _process.StandardInput.Close();
            _process.WaitForExit(TimeSpan.FromSeconds(30));
            _process.Dispose();
        }
    }
}
