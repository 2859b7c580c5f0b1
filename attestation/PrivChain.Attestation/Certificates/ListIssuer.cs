using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Certificates;

/// <summary>An authority as the issuer of revocation lists.</summary>
/// <param name="Subject">Its name.</param>
/// <param name="Key">Its key.</param>
/// <param name="MaySignLists">What its certificate says; a root without one may.</param>
internal readonly record struct ListIssuer(DistinguishedName Subject, PublicKey Key, bool MaySignLists)
{
    public ListIssuer(Certificate certificate)
        : this(certificate.Subject, certificate.Key, certificate.MaySignLists)
    {
    }
}
