using Org.BouncyCastle.X509;
using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Organisations;

/// <summary>What the certificate of an organisation's profile says of itself, for people to read: believed once <see cref="CertificateBinding"/> has accepted it, and not before.</summary>
/// <param name="Subject">Whose it is, as a distinguished name.</param>
/// <param name="Issuer">Who vouches for that, as a distinguished name.</param>
/// <param name="NotBefore">From when.</param>
/// <param name="NotAfter">Until when.</param>
public sealed record OrganisationCertificate(string Subject, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>Of a profile whose chain and binding were verified; null where it has none.</summary>
    internal static OrganisationCertificate? OfVerified(OrganisationProfile profile)
    {
        if (profile.Certificates.Count == 0)
        {
            return null;
        }

        var leaf = new X509CertificateParser().ReadCertificate(profile.Certificates[0].ToArray());
        return new OrganisationCertificate(leaf.SubjectDN.ToString(), leaf.IssuerDN.ToString(), Utc(leaf.NotBefore), Utc(leaf.NotAfter));
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time.ToUniversalTime(), DateTimeKind.Unspecified), TimeSpan.Zero);
}
