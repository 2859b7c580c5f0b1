using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Dice;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Nvidia;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Vectors;

/// <summary>Chains of devices, FPGA and Caliptra, and NVIDIA reports: the roots are files of the case.</summary>
internal static class DiceCase
{
    public static CaseInput Input(AttestationCase @case) => new(ReceivedEvidence.Parse(KindOf(@case), PartsOf(@case)), new AuthenticationContext(RootsOf(@case), @case.At), @case.Binding());

    public static string KindOf(AttestationCase @case) =>
        @case.Has("certificate_chain") ? EvidenceKind.NvidiaGpu : @case.Has("trust_anchor_csr") ? EvidenceKind.Caliptra : EvidenceKind.FpgaDice;

    public static EvidenceParts PartsOf(AttestationCase @case)
    {
        var parts = new List<KeyValuePair<string, ReadOnlyMemory<byte>>> { new(EvidenceParts.Main, @case.Bytes("evidence")) };
        if (@case.Has("certificate_chain"))
        {
            parts.Add(new(NvidiaFormat.ChainPart, @case.Bytes("certificate_chain")));
        }

        if (@case.Has("intermediates"))
        {
            parts.Add(new(DiceBody.IntermediatesPart, @case.Files("intermediates").SelectMany(file => file).ToArray()));
        }

        return new EvidenceParts(parts);
    }

    public static RootSet RootsOf(AttestationCase @case)
    {
        var kind = KindOf(@case) == EvidenceKind.NvidiaGpu ? RootKind.Nvidia : RootKind.Dice;
        var anchors = new List<TrustAnchor>();
        if (@case.Has("trust_anchor_csr"))
        {
            anchors.Add(TrustAnchor.TryFromCertificationRequest(kind, @case.Bytes("trust_anchor_csr"), out var request) ? request : throw new InvalidDataException($"{@case}: not a request"));
        }

        if (@case.Has("trusted_root"))
        {
            if (!CertificateList.TryParse(@case.Bytes("trusted_root"), out var certificates))
            {
                throw new InvalidDataException($"{@case}: not root certificates");
            }

            anchors.AddRange(certificates.Select(certificate => TrustAnchor.TryFromCertificate(kind, certificate.Der, out var anchor) ? anchor : throw new InvalidDataException($"{@case}: not a root certificate")));
        }

        return new RootSet(anchors);
    }
}
