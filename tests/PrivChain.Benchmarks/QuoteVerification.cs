using PrivChain.Attestation;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Vectors;

namespace PrivChain.Benchmarks;

/// <summary>Verification of one piece of evidence of each kind, from bytes to verdict, against the signature checks that it made, made again by themselves.</summary>
internal static class QuoteVerification
{
    private const int Repeats = 20;

    public static async Task RunAsync(ResultTable table, int rounds)
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("PRIVCHAIN_VECTORS") ?? Path.Combine("..", "shared", "vectors"), "attestation");
        if (!Directory.Exists(folder))
        {
            Console.WriteLine($"skipped: verification of evidence ({folder} is absent)");
            return;
        }

        foreach (var input in OneOfEachKind(folder))
        {
            // Known collateral: what was verified for an earlier quote is not verified again.
            var known = new VerifiedSignatures();
            var kind = input.Received.Value!.Kind;
            Verify(input, known);
            await MeasureAsync(table, $"verification of `{kind}`, collateral known", "≥ 0.67", rounds, () => Verify(input, known));
            await MeasureAsync(table, $"verification of `{kind}`, nothing known", "≥ 0.33", rounds, () => Verify(input, new VerifiedSignatures()));
        }
    }

    private static async Task MeasureAsync(ResultTable table, string what, string aim, int rounds, Action verify)
    {
        var checks = SignatureCheck.During(verify);
        if (checks.Count == 0)
        {
            return;
        }

        var ratio = await Interleaved.MeasureAsync(
            rounds,
            () => RepeatAsync(verify),
            () => RepeatAsync(() =>
            {
                foreach (var check in checks)
                {
                    _ = check.Repeat();
                }
            }),
            Repeats,
            Repeats);
        var names = checks.GroupBy(check => check.Key.Name).Select(group => $"{group.Count()} {group.Key}");
        table.Add(what, "its signature checks alone", aim, ratio, string.Join(", ", names));
    }

    private static Task RepeatAsync(Action action)
    {
        for (var i = 0; i < Repeats; i++)
        {
            action();
        }

        return Task.CompletedTask;
    }

    // From the bytes on, with the strictest policy: what a node, an enclave or a browser does with evidence that arrives.
    private static void Verify(CaseInput input, VerifiedSignatures verified)
    {
        var received = ReceivedEvidence.Parse(input.Received.Value!.Kind, input.Received.Value.Parts).Value!;
        var authentic = AuthenticEvidence.Authenticate(received, input.Context with { Verified = verified }).Value!;
        var policy = AppraisalPolicy.Strict(authentic.Claims.Kind, authentic.Claims.Measurement.Span) with { RequireNonce = false, RequireSessionBinding = false };
        _ = EvidenceVerifier.Appraise(authentic, policy, input.Binding);
    }

    private static IEnumerable<CaseInput> OneOfEachKind(string folder) =>
        Directory.EnumerateFiles(folder, "cases.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(path => AttestationCase.Read(
                Path.GetFileName(Path.GetDirectoryName(path)!), File.ReadAllBytes(path), name => File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, name))))
            .Where(@case => @case.Result == "valid" && CaseJudgement.IsEvidence(@case))
            .Select(CaseJudgement.Input)
            .Where(input => input.Authenticate().Accepted)
            .DistinctBy(input => input.Received.Value!.Kind);
}
