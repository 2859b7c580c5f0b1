using BenchmarkDotNet.Running;
using PrivChain.Benchmarks;
using PrivChain.Cli.Bench;

// --primitives: BenchmarkDotNet over the primitives. Otherwise: the ratios of the README, into a Markdown table (--out FILE), smaller with --quick, one of them with --only append, queries, import, memory, trail, admission, signatures (and hashes), sm4, evidence or browser.
if (args.Contains("--primitives"))
{
    BenchmarkRunner.Run<Primitives>();
    return 0;
}

var quick = args.Contains("--quick");
var table = new ResultTable();
(string Name, Func<Task> Run)[] parts =
[
    ("append", () => LedgerAppend.RunAsync(table, entries: quick ? 1_000 : 10_000, rounds: quick ? 3 : 7)),
    ("queries", () => ConsentedQueries.RunAsync(table, consents: quick ? 4 : 10, rounds: quick ? 3 : 5)),
    ("import", () => CensusImport.RunAsync(table, rows: quick ? 400 : 5_000, rounds: quick ? 2 : 3)),
    ("memory", () => NodeMemory.RunAsync(table, records: quick ? 1_000 : 100_000, entries: quick ? 10_000 : 1_000_000)),
    ("trail", () => TrailVerification.RunAsync(table, entries: quick ? 5_000 : 100_000, rounds: quick ? 3 : 5)),
    ("admission", () => NodeAdmission.RunAsync(table, entries: quick ? 1_000 : 5_000, rounds: quick ? 3 : 7)),
    ("sm4", () =>
    {
        Sm4Sealing.Run(table, rounds: quick ? 3 : 7);
        return Task.CompletedTask;
    }),
    ("signatures", () =>
    {
        foreach (var row in new SignatureBench(quick ? 3 : 15, CancellationToken.None).Run())
        {
            table.Add(row);
        }

        return Task.CompletedTask;
    }),
    ("evidence", () =>
    {
        QuoteVerification.Run(table, rounds: quick ? 3 : 7);
        return Task.CompletedTask;
    }),
    ("browser", () => QuoteVerification.RunInBrowserAsync(table, rounds: quick ? 1 : 3)),
];
var only = Array.IndexOf(args, "--only") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
foreach (var part in parts.Where(part => only is null || part.Name == only))
{
    await part.Run();
}

var outIndex = Array.IndexOf(args, "--out");
if (outIndex >= 0 && outIndex + 1 < args.Length)
{
    await File.WriteAllTextAsync(args[outIndex + 1], table.ToMarkdown());
}

return 0;
