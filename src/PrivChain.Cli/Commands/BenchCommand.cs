using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Cli.Bench;
using PrivChain.Core.Refusals;
using PrivChain.Signatures;

namespace PrivChain.Cli.Commands;

/// <summary><c>bench</c>: what this machine does, as ratios that hold on a machine with other work.</summary>
internal static class BenchCommand
{
    private const int MaxRounds = 101;

    private static readonly Option<int> _rounds = new("--rounds") { Description = $"Rounds of each measurement, 1 to {MaxRounds}; the table shows their median.", HelpName = "N", DefaultValueFactory = _ => 7 };

    public static Command Make() => CommandMaker.Group(
        "bench", "Measures this machine.", "privchain bench signatures",
        CommandMaker.Make(
            "signatures", "Signing, verifying and hashing in batches on one core, against what a program would use otherwise; each pair takes turns in one process. Takes a minute or two.",
            "privchain bench signatures --rounds 7", SignaturesAsync, _rounds));

    private static Task<int> SignaturesAsync(CommandRun run)
    {
        var rounds = run.Value(_rounds);
        if (rounds is < 1 or > MaxRounds)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"--rounds: wanted 1 to {MaxRounds}, given {rounds}"));
        }

        var rows = new SignatureBench(rounds, run.Cancellation).Run().ToList();
        Describe(run, rows);
        return Task.FromResult(0);
    }

    private static void Describe(CommandRun run, List<BenchRow> rows)
    {
        run.Output.Json["detected"] = SignatureEngine.Detected.ToString();
        run.Output.Json["cores"] = Environment.ProcessorCount;
        run.Output.Json["libsecp256k1"] = LibSecp256k1.IsInstalled;
        run.Output.Json["rows"] = new JsonArray([.. rows.Select(Json)]);

        // The widest first, as it is measured.
        var sets = rows.Select(row => row.Instructions).Distinct().ToList();
        run.Output.Table(
            ["what", "against", "aim, AVX-512", "FPGA card, as published, not reproduced", .. sets.Select(Name)],
            rows.GroupBy(row => row.What).Select(same => (IReadOnlyList<string>)
            [
                same.Key, same.First().Reference ?? "the clock", same.First().Aim, same.First().Fpga ?? "–",
                .. sets.Select(set => Figure(same.Single(row => row.Instructions == set))),
            ]));
        run.Output.Line($"This process runs on {Name(SignatureEngine.Detected)}. Ratios are times as fast as the reference, by the processor's time of this process on one core, median [least … most] of the rounds; a batch of eight is timed by the clock.");
        run.Output.Line(LibSecp256k1.IsInstalled
            ? "libsecp256k1 is installed and was measured against."
            : "libsecp256k1 is not installed, so there are no rows against it.");
    }

    private static JsonObject Json(BenchRow row) => new()
    {
        ["what"] = row.What,
        ["instructions"] = row.Instructions.ToString(),
        ["against"] = row.Reference,
        ["unit"] = row.Reference is null ? "milliseconds" : "times",
        ["aim"] = row.Aim,
        ["fpgaPublished"] = row.Fpga,
        ["median"] = row.Median,
        ["least"] = row.Least,
        ["most"] = row.Most,
        ["oursMicroseconds"] = row.OursMicroseconds,
        ["referenceMicroseconds"] = row.Reference is null ? null : row.ReferenceMicroseconds,
    };

    private static string Figure(BenchRow row) => row.Reference is null
        ? string.Create(CultureInfo.InvariantCulture, $"{row.Median:0.00} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{row.Median:0.00} [{row.Least:0.00} … {row.Most:0.00}]");

    private static string Name(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => "AVX-512",
        InstructionSet.Avx2 => "AVX2",
        _ => "scalar",
    };
}
