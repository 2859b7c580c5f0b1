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
await TrailVerification.RunAsync(table, entries: quick ? 5_000 : 100_000, rounds: quick ? 3 : 5);

var outIndex = Array.IndexOf(args, "--out");
if (outIndex >= 0 && outIndex + 1 < args.Length)
{
    await File.WriteAllTextAsync(args[outIndex + 1], table.ToMarkdown());
}

return 0;
