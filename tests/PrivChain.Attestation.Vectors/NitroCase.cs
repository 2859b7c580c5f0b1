using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Vectors;

/// <summary>Nitro documents: the root is a file of the case.</summary>
internal static class NitroCase
{
    public static CaseInput Input(AttestationCase @case) => new(ReceivedEvidence.Parse(EvidenceKind.Nitro, EvidenceParts.Of(@case.Bytes("evidence"))), Context(@case), @case.Binding());

    public static AuthenticationContext Context(AttestationCase @case) => new(new RootSet(Anchors(@case)), @case.At);

    private static IEnumerable<TrustAnchor> Anchors(AttestationCase @case)
    {
        if (!PemText.TryReadCertificates(@case.Bytes("trusted_root"), out var certificates))
        {
            throw new InvalidDataException($"{@case}: not root certificates");
        }

        return certificates.Select(certificate => TrustAnchor.TryFromCertificate(RootKind.Nitro, certificate, out var anchor) ? anchor : throw new InvalidDataException($"{@case}: not a root certificate"));
    }
}
