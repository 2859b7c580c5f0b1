using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Eat;

/// <summary>Arm PSA attestation token (RFC 9783): COSE_Sign1 with tag 18, by itself or wrapped as a conceptual message.</summary>
internal sealed class PsaFormat : IEvidenceFormat
{
    public string Kind => EvidenceKind.Psa;

    public IReadOnlyList<string> OtherParts => [];

    public int MaxSize => 32 * 1024;

    public bool Recognises(ReadOnlySpan<byte> main) => main.Length > 0 && main.Length <= MaxSize && EatReader.Read(main.ToArray()) is { Sign1.IsTagged: true } token && PsaClaims.IsPsa(token);

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) =>
        EatReader.Read(parts.MainPart) is { Sign1.IsTagged: true, HasCwtTag: false } token && PsaClaims.Read(token.Claims) is { } claims
            ? new AttestationVerdict<IEvidenceBody>(new PsaBody(token, claims))
            : new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("token", "COSE_Sign1 with tag 18 and the mandatory claims of RFC 9783, each of its type and size, and nothing after it", "something else"));
}
