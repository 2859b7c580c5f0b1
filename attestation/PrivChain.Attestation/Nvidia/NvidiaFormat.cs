using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Dice;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Nvidia;

/// <summary>SPDM measurement reports of NVIDIA GPUs with their device chain.</summary>
internal sealed class NvidiaFormat : IEvidenceFormat
{
    /// <summary>Name of the part with the device's certificates.</summary>
    public const string ChainPart = "certificate-chain";

    public string Kind => EvidenceKind.NvidiaGpu;

    public IReadOnlyList<string> OtherParts { get; } = [ChainPart];

    // A report has at most 64 KiB of opaque data and 16 MiB of measurements by its fields; real ones have 4 KiB.
    public int MaxSize => 256 * 1024;

    public bool Recognises(ReadOnlySpan<byte> main) => SpdmReport.Recognises(main);

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        if (SpdmReport.OtherVersion(parts.MainPart.Span) is { } version)
        {
            return new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("version", "SPDM 1.1", version, AttestationRefusal.UnknownVersion));
        }

        if (!SpdmReport.TryParse(parts.MainPart, out var report))
        {
            return Refuse(EvidenceParts.Main, "a GET_MEASUREMENTS request of SPDM 1.1 for all measurements and the signed response", $"{parts.MainPart.Length} bytes of another form");
        }

        var layers = new List<DiceLayer>();
        if (parts.TryGet(ChainPart, out var bytes))
        {
            if (!CertificateList.TryParse(bytes, out var certificates))
            {
                return Refuse(ChainPart, "certificates, PEM or DER, leaf first", $"{bytes.Length} bytes of another form");
            }

            foreach (var certificate in certificates)
            {
                if (!DiceLayer.TryRead(certificate, out var layer))
                {
                    return Refuse(ChainPart, "DICE extensions of the form that their names promise", certificate.Subject.ToString());
                }

                layers.Add(layer);
            }
        }

        return new AttestationVerdict<IEvidenceBody>(new NvidiaBody(report, layers));
    }

    private static AttestationVerdict<IEvidenceBody> Refuse(string field, string wanted, string given) => new(AttestationFault.Parse(field, wanted, given));
}
