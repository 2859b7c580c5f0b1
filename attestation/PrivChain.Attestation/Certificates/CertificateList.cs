using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Attestation.Certificates;

/// <summary>Reads several certificates that arrive together.</summary>
internal static class CertificateList
{
    /// <summary>All certificates of PEM text, or of DER bytes, one after the other as SPDM and TLS hand them out.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out IReadOnlyList<Certificate>? certificates)
    {
        certificates = null;
        if (!PemText.TryReadCertificates(bytes, out var ders))
        {
            return false;
        }

        var parsed = new List<Certificate>(ders.Count);
        foreach (var der in ders)
        {
            if (!Certificate.TryParse(der, out var certificate))
            {
                return false;
            }

            parsed.Add(certificate);
        }

        certificates = parsed;
        return true;
    }
}
