using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Dice;

/// <summary>DICE chains of an FPGA's root of trust or of Caliptra: one reader, two kinds, because a policy has to tell them apart. The names that Caliptra gives its keys tell bare bytes.</summary>
internal sealed class DiceFormat(string kind) : IEvidenceFormat
{
    private const string CaliptraName = "Caliptra ";

    public string Kind => kind;

    public IReadOnlyList<string> OtherParts { get; } = [DiceBody.IntermediatesPart, DiceBody.ReportDataPart, DiceBody.SignaturePart];

    // Sixteen certificates of ML-DSA-87 in PEM.
    public int MaxSize => 256 * 1024;

    public bool Recognises(ReadOnlySpan<byte> main)
    {
        if (main.Length > MaxSize || !CertificateList.TryParse(main.ToArray(), out var certificates))
        {
            return false;
        }

        var isCaliptra = certificates.Any(certificate => certificate.Subject.CommonName.StartsWith(CaliptraName, StringComparison.Ordinal));
        return certificates.Any(certificate => certificate.Extensions.Keys.Any(DiceOids.IsExtension)) && isCaliptra == (kind == EvidenceKind.Caliptra);
    }

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) => DiceBody.Parse(kind, parts);
}
