using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Simulated;

/// <summary>Simulated evidence: it has no bytes that others' evidence could look like, so it is read only where its kind is named.</summary>
internal sealed class SimulatedFormat : IEvidenceFormat
{
    public string Kind => EvidenceKind.Simulated;

    public IReadOnlyList<string> OtherParts => [];

    public int MaxSize => SimulatedBody.Size;

    public bool Recognises(ReadOnlySpan<byte> main) => false;

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) =>
        SimulatedBody.TryParse(parts.MainPart.Span, out var body)
            ? new AttestationVerdict<IEvidenceBody>(body)
            : new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("body", "the layout of " + EvidenceKind.Simulated, $"{parts.MainPart.Length} bytes of another"));
}
