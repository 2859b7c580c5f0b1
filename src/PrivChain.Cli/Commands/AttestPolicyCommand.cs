using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Files;

namespace PrivChain.Cli.Commands;

/// <summary><c>attest policy</c>: what evidence is accepted, checked and begun.</summary>
internal static class AttestPolicyCommand
{
    private static readonly Argument<string> _file = Parsing.Path("FILE", "The policy.");
    private static readonly Option<string> _from = new("--from-evidence") { Description = "Evidence of the program that shall be accepted.", HelpName = "FILE", Required = true };
    private static readonly Option<string?> _out = new("--out") { Description = "Where to write the policy; the screen if absent.", HelpName = "FILE" };

    public static Command Make() => CommandMaker.Group(
        "policy", "Policies: what evidence is accepted.", "privchain attest policy check policy.json",
        CommandMaker.Make(
            "check", "Reports every fault and every dubious choice of a policy at once, with what to do about it.", "privchain attest policy check policy.json", CheckAsync, _file, AttestInput.At),
        CommandMaker.Make(
            "new", "Writes the strictest policy that names the program in a piece of evidence. The evidence has to be genuine: a measurement that nobody signed is not worth writing down.",
            "privchain attest policy new --from-evidence quote.bin --collateral collateral --out policy.json",
            NewAsync, [_from, _out, .. AttestInput.Judging.Where(symbol => symbol != AttestInput.Evidence)]));

    private static Task<int> CheckAsync(CommandRun run)
    {
        var findings = PolicyChecker.CheckText(Common.ReadFile(run.Value(_file), AppraisalPolicy.MaxText), AttestInput.Time(run));
        Show(run.Output, findings);
        var errors = findings.Count(finding => finding.Severity == PolicySeverity.Error);
        if (errors > 0)
        {
            run.Output.Refused(new Refusal(RefusalReason.BadPolicy, $"{errors} of {findings.Count} findings make it useless"));
            return Task.FromResult((int)RefusalReason.BadPolicy);
        }

        run.Output.Line("The policy can be used.");
        return Task.FromResult(0);
    }

    private static Task<int> NewAsync(CommandRun run)
    {
        var output = run.Output;
        var (roots, byDefault) = AttestRoots.Read(run, isLook: true);
        var (parsed, cameAlong) = AttestInput.Read(run, run.Value(_from));
        var at = AttestInput.Time(run);
        var authentic = parsed.Accepted ? AuthenticEvidence.Authenticate(parsed.Value, new AuthenticationContext(roots, cameAlong.With(AttestInput.ReadCollateral(run)), at)) : null;
        if (authentic is not { Accepted: true })
        {
            var refusal = AttestInput.ToRefusal((authentic?.Fault ?? parsed.Fault)!);
            output.Refused(refusal);
            return Task.FromResult((int)refusal.Reason);
        }

        var policy = From(authentic.Value.Claims);
        var text = policy.ToJson();
        output.Json["policy"] = JsonNode.Parse(text);
        if (run.Optional(_out) is { } path)
        {
            OwnPath.Write(path, text);
            output.Line($"Written to {path}.");
        }
        else
        {
            foreach (var line in Encoding.UTF8.GetString(text).Split('\n'))
            {
                output.Verbatim(line);
            }
        }

        if (byDefault)
        {
            output.Warning("No root was named, so every vendor's was trusted for this look; name those that you trust where the policy is used.");
        }

        // What in this very evidence the policy would not bear, so that each loosening is a decision; who asked for it, and when, is another matter.
        var open = EvidenceVerifier.Appraise(authentic.Value, policy with { RequireNonce = false, RequireSessionBinding = false, MaxAgeSeconds = int.MaxValue }, ExpectedBinding.Nothing).Fault;
        output.Json["stillRefused"] = open?.ToString();
        if (open is not null)
        {
            output.Warning($"As it stands it refuses this very evidence: {open}");
        }

        Show(output, PolicyChecker.CheckPolicy(policy, at));
        return Task.FromResult(0);
    }

    private static AppraisalPolicy From(EnclaveClaims claims) => AppraisalPolicy.Strict(claims.Kind, claims.Measurement.Span) with
    {
        // Everything that was measured, so that each value that is left open is a decision; of values under one name, each.
        Registers = claims.Measurements.GroupBy(value => value.Name, StringComparer.Ordinal)
            .ToDictionary(values => values.Key, values => (IReadOnlySet<string>)values.Select(value => Hex.Encode(value.Value.Span)).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal),
        MinimumPlatformVersions = [.. claims.PlatformVersions.Select(part => new VersionFloor(claims.ChipFamily, part.Key, part.Value))],

        // The version seen is a floor: what runs today need not accept what ran before.
        MinimumSvn = claims.Svn ?? 0,
        MinimumTcbEvaluation = claims.Tcb.EvaluationNumber ?? 0,
    };

    private static void Show(CommandOutput output, IReadOnlyList<PolicyFinding> findings)
    {
        output.Json["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
        {
            ["severity"] = Severity(finding), ["field"] = finding.Field, ["what"] = finding.What, ["remedy"] = finding.Remedy,
        })]);
        if (findings.Count > 0)
        {
            output.Table(["", "Field", "What", "Remedy"], findings.Select(finding => new[] { Severity(finding), finding.Field, finding.What, finding.Remedy }));
        }
    }

    private static string Severity(PolicyFinding finding) => finding.Severity switch { PolicySeverity.Error => "error", PolicySeverity.Warning => "warning", _ => "note" };
}
