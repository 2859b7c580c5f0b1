using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Eat;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Maa;

/// <summary>Token of Azure Attestation: a JWS in compact form with <c>x-ms-*</c> claims.</summary>
internal sealed class MaaFormat : IEvidenceFormat
{
    private const string Version = "x-ms-ver";

    public string Kind => EvidenceKind.Maa;

    public IReadOnlyList<string> OtherParts => [];

    public int MaxSize => 128 * 1024;

    /// <summary>True for an entity token that only this service issues.</summary>
    public static bool IsMaa(EatToken token) => token.Jws is not null && token.Claims.Get(Version) is { Kind: CborKind.Text };

    public bool Recognises(ReadOnlySpan<byte> main) =>
        main.Length > 0 && main.Length <= MaxSize && main[0] == 'e'
        && JsonWebSignature.TryParse(main, out var signature) && StrictJson.TryReadObject(signature.Payload, out var claims) && StrictJson.Text(claims, Version) is not null;

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        if (!JsonWebSignature.TryParse(parts.MainPart.Span, out var signature) || !StrictJson.TryReadObject(signature.Payload, out var json))
        {
            return new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("token", "a JWS in compact form over a JSON object without a member twice", "something else"));
        }

        var claims = MaaClaims.Read(json);
        return claims.Accepted
            ? new AttestationVerdict<IEvidenceBody>(new MaaBody(signature, claims.Value))
            : new AttestationVerdict<IEvidenceBody>(claims.Fault);
    }
}
