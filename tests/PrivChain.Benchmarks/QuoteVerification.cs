using System.Globalization;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Tests.Homes;
using PrivChain.Attestation.Vectors;

namespace PrivChain.Benchmarks;

/// <summary>Verification of one piece of evidence of each kind, from bytes to verdict, against the signature checks that it made, made again by themselves.</summary>
internal static class QuoteVerification
{
    private const int Repeats = 50;

    public static void Run(ResultTable table, int rounds)
    {
        if (Folder() is not { } folder)
        {
            return;
        }

        foreach (var input in EvidenceOfEachKind.In(CaseArchive.Read(CaseArchive.Pack(folder))))
        {
            // Known collateral: what was verified for an earlier quote is not verified again.
            var known = new VerifiedSignatures();
            var kind = input.Received.Value!.Kind;
            EvidenceOfEachKind.Verify(input, known);
            Measure(table, $"verification of `{kind}`, collateral known", "≥ 0.67", rounds, () => EvidenceOfEachKind.Verify(input, known));
            Measure(table, $"verification of `{kind}`, nothing known", "≥ 0.33", rounds, () => EvidenceOfEachKind.Verify(input, new VerifiedSignatures()));
        }
    }

    private static void Measure(ResultTable table, string what, string aim, int rounds, Action verify)
    {
        // A key that the caller trusts stays from one verification to the next, and so does what BouncyCastle computed for it; one that came with the evidence is another in each.
        var checks = SignatureCheck.During(verify);
        var again = SignatureCheck.During(verify);
        if (checks.Count == 0)
        {
            return;
        }

        var ratio = Interleaved.MeasureShort(rounds, Repeats, verify, () =>
        {
            foreach (var (first, second) in checks.Zip(again))
            {
                _ = ReferenceEquals(first.Key, second.Key) ? first.Repeat() : PublicKey.TryParse(first.Key.SubjectPublicKeyInfo, out var key) && (first with { Key = key }).Repeat();
            }
        });
        var names = checks.GroupBy(check => check.Key.Name).Select(group => $"{group.Count()} {group.Key}");
        table.Add(what, "its signature checks alone", aim, ratio, string.Join(", ", names));
    }

    /// <summary>The same work in a page and in this process, in turn: the ratio of their medians.</summary>
    public static async Task RunInBrowserAsync(ResultTable table, int rounds)
    {
        if (Folder() is not { } folder)
        {
            return;
        }

        var archive = CaseArchive.Pack(folder);
        var here = new List<Dictionary<string, double>>();
        var there = new List<Dictionary<string, double>>();
        for (var round = 0; round < rounds; round++)
        {
            there.Add(Times(await BrowserPage.RunAsync(Path.Combine("tests", "PrivChain.Attestation.Vectors.Browser"), archive, "?time")));
            here.Add(Times(CaseArchive.Time(archive)));
        }

        foreach (var kind in here[0].Keys)
        {
            var (page, server) = (Median(there, kind), Median(here, kind));
            table.AddFigure(
                $"verification of `{kind}` in headless Chromium ÷ in this process", "reported", (page / server).ToString("0", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"collateral known; medians of {rounds} rounds: {page / 1000:0.0} ms against {server / 1000:0.00} ms"));
        }

        static Dictionary<string, double> Times(IEnumerable<string> lines) => lines.Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));

        static double Median(List<Dictionary<string, double>> rounds, string kind) => rounds.Select(round => round[kind]).Order().ElementAt(rounds.Count / 2);
    }

    private static string? Folder()
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("PRIVCHAIN_VECTORS") ?? Path.Combine("..", "shared", "vectors"), "attestation");
        if (Directory.Exists(folder))
        {
            return folder;
        }

        Console.WriteLine($"skipped: verification of evidence ({folder} is absent)");
        return null;
    }
}
