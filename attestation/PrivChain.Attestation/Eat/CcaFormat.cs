using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Eat;

/// <summary>Arm CCA attestation token, by itself or below a Parsec key attestation.</summary>
internal sealed class CcaFormat : IEvidenceFormat
{
    public string Kind => EvidenceKind.Cca;

    public IReadOnlyList<string> OtherParts => [];

    public int MaxSize => 64 * 1024;

    public bool Recognises(ReadOnlySpan<byte> main) => main.Length > 0 && main.Length <= MaxSize && CborValue.TryParse(main.ToArray(), out var value) && CcaToken.LooksLikeOne(value);

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) =>
        CborValue.TryParse(parts.MainPart, out var value) && CcaToken.Read(value) is { } token
            ? new AttestationVerdict<IEvidenceBody>(new CcaBody(token))
            : new AttestationVerdict<IEvidenceBody>(
                AttestationFault.Parse("token", "a collection of a platform token and a realm token with their mandatory claims, each of its type and size, and nothing after it", "something else"));
}
