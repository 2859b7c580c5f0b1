using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Certificates;

namespace PrivChain.Attestation.Intel;

/// <summary>A PCK certificate with what came along, parsed, nothing verified.</summary>
/// <param name="Leaf">The platform's certificate.</param>
/// <param name="All">All certificates, the leaf among them.</param>
/// <param name="Extension">What it says about the platform.</param>
internal sealed record PckCertificates(Certificate Leaf, IReadOnlyList<Certificate> All, PckExtension Extension)
{
    /// <summary>Certification data that is the PEM chain.</summary>
    public const ushort ChainType = 5;

    /// <summary>Who issued the certificate, in the words of Intel's service: <c>platform</c> or <c>processor</c>.</summary>
    public string Authority => Leaf.Issuer.CommonName.Contains("Platform", StringComparison.Ordinal) ? "platform" : "processor";

    /// <summary>Reads a PEM chain in any order. False when there is no certificate with the SGX extension, or text that is none.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out PckCertificates? pck)
    {
        pck = null;
        if (!PemText.IsOnlyBlocks(bytes.Span) || !CertificateList.TryParse(bytes, out var certificates))
        {
            return false;
        }

        var leaf = certificates.FirstOrDefault(certificate => certificate.Extension(PckExtension.Oid) is not null);
        if (leaf is null || !PckExtension.TryParse(leaf.Extension(PckExtension.Oid)!.Value, out var extension))
        {
            return false;
        }

        pck = new PckCertificates(leaf, certificates, extension);
        return true;
    }
}
