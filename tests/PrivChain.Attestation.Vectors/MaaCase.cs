using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Maa;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Vectors;

/// <summary>Azure Attestation: tokens, and the two things beside them that are no evidence (key sets and signed policies).</summary>
internal static class MaaCase
{
    public static bool IsKeySet(AttestationCase @case) => @case.Bytes("evidence") is [(byte)'{', ..];

    public static bool IsPolicy(AttestationCase @case) => JsonWebSignature.TryParse(@case.Bytes("evidence"), out var signature) && signature.Header.TryGetProperty("x5c", out _);

    public static CaseInput Input(AttestationCase @case) => new(ReceivedEvidence.Parse(EvidenceKind.Maa, EvidenceParts.Of(@case.Bytes("evidence"))), Context(@case), @case.Binding());

    /// <summary>The certificate by which the case's policy says it was signed: the vectors give no other.</summary>
    public static ReadOnlyMemory<byte> PolicySigner(AttestationCase @case) =>
        JsonWebSignature.TryParse(@case.Bytes("evidence"), out var signature) ? Convert.FromBase64String(signature.Header.GetProperty("x5c")[0].GetString()!) : throw new InvalidDataException($"{@case}: no signature");

    /// <summary>The roots are the keys of the set, for the issuer that the case expects; where it expects none, for the one that the token names.</summary>
    public static AuthenticationContext Context(AttestationCase @case)
    {
        if (!@case.Has("jwks"))
        {
            return new AuthenticationContext(RootSet.Empty, @case.At);
        }

        var jwks = @case.Bytes("jwks");
        var named = JsonWebSignature.TryParse(@case.Bytes("evidence"), out var signature) ? JsonNode.Parse(signature.Payload.Span)!["iss"]?.GetValue<string>() : null;
        var issuer = @case.Text("expected_issuer") is { Length: > 0 } expected ? expected : named ?? "none";
        return MaaKeySet.TryParse(jwks, out var set)
            ? new AuthenticationContext(new RootSet(set.Keys.Select(key => key.ToAnchor(issuer))), new CollateralSet([new(CollateralName.Jwks, jwks)]), @case.At)
            : throw new InvalidDataException($"{@case}: not a key set");
    }
}
