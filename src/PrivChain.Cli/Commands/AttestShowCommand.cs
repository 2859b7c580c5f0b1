using System.CommandLine;
using PrivChain.Core.Bytes;

namespace PrivChain.Cli.Commands;

/// <summary><c>attest show</c>: what evidence says, verified or not.</summary>
internal static class AttestShowCommand
{
    private static readonly Argument<string> _file = Parsing.Path("FILE", "The evidence.");

    public static Command Make() => CommandMaker.Make(
        "show", "Decodes every field of evidence. Nothing is verified.", "privchain attest show quote.bin", ShowAsync, _file, AttestInput.Kind, AttestInput.Part);

    private static Task<int> ShowAsync(CommandRun run)
    {
        var output = run.Output;
        var (parsed, cameAlong) = AttestInput.Read(run, run.Value(_file));
        output.Json["verified"] = false;
        if (!parsed.Accepted)
        {
            var refusal = AttestInput.ToRefusal(parsed.Fault);
            output.Refused(refusal);
            return Task.FromResult((int)refusal.Reason);
        }

        var evidence = parsed.Value;
        output.Json["kind"] = evidence.Kind;
        output.Json["digest"] = Hex.Encode(evidence.Digest.Span);
        output.Json["collateralWanted"] = AttestOutput.Words(evidence.CollateralRequest);
        output.Facts(
            ("Kind", evidence.Kind),
            ("Parts", string.Join(", ", evidence.Parts.Names)),
            ("Digest", Hex.Encode(evidence.Digest.Span)),
            ("Collateral with it", cameAlong.IsEmpty ? "none" : string.Join(", ", cameAlong.Names)),
            ("Collateral wanted", AttestOutput.Words(evidence.CollateralRequest)));
        AttestOutput.Fields(output, evidence.Fields);
        output.Warning("NOTHING HERE IS VERIFIED: anybody can write such bytes. `privchain attest verify` asks who signed them.");
        return Task.FromResult(0);
    }
}
