using BenchmarkDotNet.Running;
using PrivChain.Benchmarks;

// --primitives: BenchmarkDotNet over the primitives. Otherwise: the ratios of the README, into a Markdown table (--out FILE), smaller with --quick.
if (args.Contains("--primitives"))
{
    BenchmarkRunner.Run<Primitives>();
    return 0;
}

var quick = args.Contains("--quick");
var table = new ResultTable();
await LedgerAppend.RunAsync(table, entries: quick ? 1_000 : 10_000, rounds: quick ? 3 : 7);
await ConsentedQueries.RunAsync(table, consents: quick ? 4 : 10, rounds: quick ? 3 : 5);
await CensusImport.RunAsync(table, rows: quick ? 400 : 5_000, rounds: quick ? 2 : 3);
await NodeMemory.RunAsync(table, records: quick ? 1_000 : 100_000, entries: quick ? 10_000 : 1_000_000);
await TrailVerification.RunAsync(table, entries: quick ? 5_000 : 100_000, rounds: quick ? 3 : 5);

var outIndex = Array.IndexOf(args, "--out");
if (outIndex >= 0 && outIndex + 1 < args.Length)
{
    await File.WriteAllTextAsync(args[outIndex + 1], table.ToMarkdown());
}

return 0;
