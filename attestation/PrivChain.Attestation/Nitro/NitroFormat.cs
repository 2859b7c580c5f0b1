using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Nitro;

/// <summary>AWS Nitro Enclaves attestation document: COSE_Sign1, as the hypervisor gives it without a tag, or with tag 18.</summary>
internal sealed class NitroFormat : IEvidenceFormat
{
    public string Kind => EvidenceKind.Nitro;

    public IReadOnlyList<string> OtherParts => [];

    public int MaxSize => 32 * 1024;

    public bool Recognises(ReadOnlySpan<byte> main) =>
        main.Length > 0 && main.Length <= MaxSize && main[0] is 0x84 or 0xd2
        && CoseSign1.TryParse(main.ToArray(), out var message) && CborValue.TryParse(message.Payload, out var payload) && payload.Get("module_id") is not null;

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        if (!CoseSign1.TryParse(parts.MainPart, out var message))
        {
            return new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("document", "COSE_Sign1 with nothing after it", "something else"));
        }

        return NitroDocument.TryParse(message.Payload, out var document, out var field)
            ? new AttestationVerdict<IEvidenceBody>(new NitroBody(message, document))
            : new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse(field, "the fields of an attestation document, each of its type and size", "another, or none"));
    }
}
