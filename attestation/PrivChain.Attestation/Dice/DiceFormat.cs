using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Cose;
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

        return certificates.Any(certificate => certificate.Extensions.Keys.Any(DiceOids.IsExtension)) && NamesCaliptra(certificates) == (kind == EvidenceKind.Caliptra);
    }

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) =>
        IsCbor(parts.MainPart)
            ? new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse(EvidenceParts.Main, "X.509 certificates", "certificates in CBOR, of the Open Profile for DICE", AttestationRefusal.UnsupportedFormat))
            : DiceBody.Parse(kind, parts);

    /// <summary>True when one of them is named as Caliptra names its keys.</summary>
    public static bool NamesCaliptra(IEnumerable<Certificate> certificates) => certificates.Any(certificate => certificate.Subject.CommonName.StartsWith(CaliptraName, StringComparison.Ordinal));

    // A COSE_Sign1, or a chain that begins with the device's COSE_Key (Open Profile for DICE, appendix on CBOR certificates).
    private static bool IsCbor(ReadOnlyMemory<byte> main) =>
        CborValue.TryParse(main, out var value) && (CoseSign1.TryRead(value, out _) || value is { Kind: CborKind.Array, Items: [{ Kind: CborKind.Map }, var first, ..] } && CoseSign1.TryRead(first, out _));
}
