using System.Formats.Asn1;

namespace PrivChain.Attestation.Certificates;

/// <summary>Reads the SEQUENCE OF Extension that certificates, requests and revocation lists share. The same extension twice is refused.</summary>
internal static class CertificateExtensions
{
    private const int MaxCount = 64;

    /// <exception cref="AsnContentException">Not a sequence of extensions.</exception>
    public static bool TryRead(AsnReader reader, Dictionary<string, CertificateExtension> into)
    {
        var list = reader.ReadSequence();
        while (list.HasData)
        {
            var extension = list.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            var critical = extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean();
            var value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            if (into.Count == MaxCount || !into.TryAdd(oid, new CertificateExtension(oid, critical, value)))
            {
                return false;
            }
        }

        return true;
    }
}
