using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.Maa;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Vectors;

/// <summary>What the verifier says to a case, in full: so that two homes of the same code can be compared by a line of text.</summary>
internal sealed record CaseJudgement(string Verdict, string Reason, JsonObject Claims)
{
    /// <summary>Judges a case of any folder. A folder that nobody has mapped is a mistake, never a pass.</summary>
    /// <param name="case">The case.</param>
    /// <param name="verified">Signatures of certificates and collateral that were found right, which most cases share: in a browser's interpreter they are most of the time.</param>
    /// <exception cref="NotSupportedException">No mapping for the case's folder.</exception>
    public static CaseJudgement Of(AttestationCase @case, VerifiedSignatures? verified = null) => @case.Topic switch
    {
        "maa" when MaaCase.IsKeySet(@case) => OfKeySet(@case),
        "maa" when MaaCase.IsPolicy(@case) => OfPolicy(@case),
        "oe" when OpenEnclaveCase.IsTcbInfo(@case) => OfTcbInfo(@case),
        _ => Of(Input(@case), verified),
    };

    /// <summary>False for cases of a key set, a policy or TCB info by themselves, which <see cref="Input"/> has no meaning for.</summary>
    public static bool IsEvidence(AttestationCase @case) => @case.Topic switch
    {
        "maa" => !MaaCase.IsKeySet(@case) && !MaaCase.IsPolicy(@case),
        "oe" => !OpenEnclaveCase.IsTcbInfo(@case),
        _ => true,
    };

    /// <summary>What a case of evidence means to the verifier.</summary>
    /// <exception cref="NotSupportedException">No mapping for the case's folder.</exception>
    public static CaseInput Input(AttestationCase @case) => @case.Topic switch
    {
        "sgx" or "tdx" => IntelCase.Input(@case),
        "snp" => new SnpCase(@case).Input(),
        "tpm" => new TpmCase(@case).Input(),
        "nitro" => NitroCase.Input(@case),
        "maa" => MaaCase.Input(@case),
        "eat" => EatCase.Input(@case),
        "dice" => DiceCase.Input(@case),
        "oe" => OpenEnclaveCase.Input(@case),
        _ => throw new NotSupportedException($"no mapping for the folder {@case.Topic}"),
    };

    /// <summary>Case, verdict, digest of every claim and field in canonical JSON, and the reason with what was wanted and given.</summary>
    public string Line(AttestationCase @case) =>
        $"{@case.Topic}/{@case.Name} {Verdict} {Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Utf8(Claims)))} {Reason}".ReplaceLineEndings(" ");

    private static CaseJudgement Of(CaseInput input, VerifiedSignatures? verified)
    {
        var authentic = (input with { Context = input.Context with { Verified = verified } }).Authenticate();
        if (!authentic.Accepted)
        {
            return new CaseJudgement(VerdictName.Of(authentic.Fault.Reason), authentic.Fault.ToString(), new JsonObject { ["fields"] = ClaimsJson.Of(input.Received.Value?.Fields ?? []) });
        }

        // The strictest policy that there is for this program; the age of evidence is measured from its own time, so nothing depends on when this runs.
        var claims = authentic.Value.Claims;
        var policy = AppraisalPolicy.Strict(claims.Kind, claims.Measurement.IsEmpty ? new byte[48] : claims.Measurement.Span) with { RequireNonce = false, RequireSessionBinding = false };
        var appraised = EvidenceVerifier.Appraise(authentic.Value, policy, input.Binding);
        return new CaseJudgement(
            VerdictName.Of(authentic.Value.Result), appraised.Fault?.ToString() ?? "accepted", new JsonObject { ["claims"] = ClaimsJson.Of(claims), ["fields"] = ClaimsJson.Of(authentic.Value.Fields) });
    }

    private static CaseJudgement OfKeySet(AttestationCase @case)
    {
        if (!MaaKeySet.TryParse(@case.Bytes("evidence"), out var set))
        {
            return new CaseJudgement(VerdictName.Of(AttestationRefusal.MalformedCollateral), "not a key set", []);
        }

        var keys = new JsonArray();
        foreach (var key in set.Keys)
        {
            keys.Add((JsonNode)new JsonObject { ["kid"] = key.KeyId, ["alg"] = key.Algorithm, ["quoted"] = !key.Quote.IsEmpty, ["bound"] = !key.Quote.IsEmpty && key.IsBoundToQuote });
        }

        return new CaseJudgement(VerdictName.Of(AuthenticationResult.Valid), "read", new JsonObject { ["keys"] = keys });
    }

    private static CaseJudgement OfPolicy(AttestationCase @case)
    {
        var policy = MaaSignedPolicy.Verify(@case.Bytes("evidence"), [MaaCase.PolicySigner(@case)], @case.At);
        return policy.Accepted
            ? new CaseJudgement(VerdictName.Of(AuthenticationResult.Valid), "signed", new JsonObject { ["policy"] = policy.Value.Policy, ["signer"] = policy.Value.Signer, ["alg"] = policy.Value.Algorithm })
            : new CaseJudgement(VerdictName.Of(policy.Fault.Reason), policy.Fault.ToString(), []);
    }

    private static CaseJudgement OfTcbInfo(AttestationCase @case)
    {
        if (!TcbInfo.TryParse(@case.Bytes("tcb_info"), out var info, out var fault))
        {
            return new CaseJudgement(VerdictName.Of(AttestationRefusal.MalformedCollateral), $"{fault}", []);
        }

        var levels = new JsonArray([.. info.Value.Levels.Select(level => (JsonNode)level.Status.ToString())]);
        return new CaseJudgement("parse_only", "read", new JsonObject { ["id"] = info.Value.Id, ["levels"] = levels });
    }
}
