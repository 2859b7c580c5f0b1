using System.CommandLine;
using System.Text.Json.Nodes;
using PrivChain.Attestation;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Explanations;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Commands;

/// <summary><c>attest verify</c>: with a policy all three steps; without one, only whether the evidence is genuine.</summary>
internal static class AttestVerifyCommand
{
    private static readonly Option<string?> _policy = new("--policy") { Description = "What is accepted. Without it, nothing says that the claims are welcome.", HelpName = "FILE" };

    public static Command Make() => CommandMaker.Make(
        "verify", "Verifies evidence offline: parse, authenticate, and with a policy appraise. Exits with the number of the reason when it refuses.",
        "privchain attest verify --evidence quote.bin --collateral collateral --policy policy.json --vendor-roots --nonce 00112233",
        VerifyAsync, [.. AttestInput.Judging, _policy, AttestInput.Nonce, AttestInput.ReportData, AttestInput.MadeOfNonce, Common.Language]);

    private static Task<int> VerifyAsync(CommandRun run)
    {
        var policy = ReadPolicy(run);
        var binding = AttestInput.Binding(run);
        var (roots, byDefault) = AttestRoots.Read(run, isLook: policy is null);
        var given = AttestInput.ReadCollateral(run);
        var (parsed, cameAlong) = AttestInput.Read(run, run.Value(AttestInput.Evidence));
        var context = new AuthenticationContext(roots, cameAlong.With(given), AttestInput.Time(run));
        Describe(run, context, byDefault);
        if (!parsed.Accepted)
        {
            return Task.FromResult(Refuse(run, null, parsed.Fault));
        }

        run.Output.Json["kind"] = parsed.Value.Kind;
        run.Output.Json["evidence"] = Hex.Encode(parsed.Value.Digest.Span);
        if (policy is null)
        {
            return Task.FromResult(Look(run, parsed.Value, context, binding));
        }

        var result = EvidenceVerifier.Verify(parsed.Value, context, policy, binding);
        return Task.FromResult(result.Accepted ? Accept(run, result) : Refuse(run, result.Authentic, result.Fault));
    }

    private static int Accept(CommandRun run, AttestationResult result)
    {
        var output = run.Output;
        output.Json["verdict"] = result.Verdict;
        output.Json["accepted"] = true;
        output.Line($"Accepted under the policy ({result.Verdict}).");
        AttestOutput.Claims(output, result.Enclave!.Claims);
        Warn(run, result.Authentic!);
        AttestOutput.Explain(output, language => VerdictExplanation.Of(result, language), Language(run));
        return 0;
    }

    private static int Look(CommandRun run, ReceivedEvidence received, AuthenticationContext context, ExpectedBinding binding)
    {
        var output = run.Output;
        var authentic = AuthenticEvidence.Authenticate(received, context);
        if (!authentic.Accepted)
        {
            return Refuse(run, null, authentic.Fault);
        }

        if (binding.Check(authentic.Value.Claims) is { } fault)
        {
            return Refuse(run, authentic.Value, fault);
        }

        var verdict = VerdictName.Of(authentic.Value.Result);
        output.Json["verdict"] = verdict;
        output.Json["accepted"] = null;
        output.Line($"Genuine ({verdict}).");
        AttestOutput.Claims(output, authentic.Value.Claims);
        Warn(run, authentic.Value);
        output.Warning("NO POLICY WAS ASKED: the evidence is genuine, and nothing says that its claims are welcome.");
        AttestOutput.Explain(output, language => VerdictExplanation.OfAuthentic(authentic.Value, language), Language(run));
        return 0;
    }

    private static int Refuse(CommandRun run, AuthenticEvidence? authentic, AttestationFault fault)
    {
        var output = run.Output;
        output.Json["verdict"] = VerdictName.Of(fault.Reason);
        output.Json["accepted"] = false;
        output.Json["fault"] = new JsonObject { ["reason"] = fault.Reason.ToString(), ["step"] = fault.Step.ToString(), ["field"] = fault.Field, ["wanted"] = fault.Wanted, ["given"] = fault.Given };
        if (authentic is not null)
        {
            output.Line("The evidence is genuine and not accepted. It claims:");
            AttestOutput.Claims(output, authentic.Claims);
        }

        var refusal = AttestInput.ToRefusal(fault);
        output.Refused(refusal);
        AttestOutput.Explain(output, language => VerdictExplanation.OfRefusal(fault.Reason, language), Language(run));
        return (int)refusal.Reason;
    }

    private static void Describe(CommandRun run, AuthenticationContext context, bool byDefault)
    {
        var output = run.Output;
        output.Json["at"] = AttestOutput.Time(context.At);
        output.Json["collateral"] = context.Collateral.IsEmpty ? null : Hex.Encode(context.Collateral.Digest.Span);
        output.Json["roots"] = new JsonArray([.. context.Roots.Anchors.Select(anchor => (JsonNode)anchor.SetName)]);
        output.Json["rootsByDefault"] = byDefault;
        output.Facts(
            ("Verified as of", AttestOutput.Time(context.At)),
            ("Collateral", context.Collateral.IsEmpty ? "none" : $"{string.Join(", ", context.Collateral.Names)} ({Hex.Encode(context.Collateral.Digest.Span)})"),
            ("Roots", byDefault ? "every vendor's that comes with this program, since none was named" : string.Join(", ", context.Roots.Anchors.Select(anchor => anchor.Name))));
    }

    private static void Warn(CommandRun run, AuthenticEvidence evidence)
    {
        if (evidence.Claims.Kind == EvidenceKind.Simulated)
        {
            run.Output.Warning("The evidence is simulated: it proves nothing about hardware.");
        }

        if (evidence.Result == AuthenticationResult.ValidSignatureOnly)
        {
            run.Output.Warning("ONLY SIGNATURES WERE CHECKED: fetch collateral to learn what the vendor says about this platform.");
        }
    }

    private static AppraisalPolicy? ReadPolicy(CommandRun run) => run.Optional(_policy) is not { } path ? null
        : AppraisalPolicy.TryParse(Common.ReadFile(path, AppraisalPolicy.MaxText), out var policy, out var faults) ? policy
        : throw new RefusalException(new Refusal(RefusalReason.BadPolicy, $"{path}\n{string.Join('\n', faults)}"));

    private static ExplanationLanguage Language(CommandRun run) => Common.LanguageOf(run) == DisplayLanguage.Chinese ? ExplanationLanguage.Chinese : ExplanationLanguage.English;
}
