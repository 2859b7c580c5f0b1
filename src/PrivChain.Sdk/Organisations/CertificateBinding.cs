using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Organisations;

/// <summary>
/// Checks that a certificate under an authority of the genesis vouches for an account: chain (RFC 5280 section 6.1, without policies and name constraints), revocation
/// (section 6.3, by the lists that the caller has), and signature of the leaf's key over <see cref="OrganisationProfile.BindingMessage"/>. In managed code, since a browser has no certificate store.
/// </summary>
public static class CertificateBinding
{
    // What tells legal persons apart: organisation, its identifier in a register, country, state, place.
    private static readonly DerObjectIdentifier[] _person = [X509Name.O, X509Name.OrganizationIdentifier, X509Name.SerialNumber, X509Name.C, X509Name.ST, X509Name.L];

    // Extensions that are read below; any other critical one is refused (RFC 5280 section 4.2).
    private static readonly HashSet<string> Understood = [X509Extensions.BasicConstraints.Id, X509Extensions.KeyUsage.Id];

    /// <summary>The leaf's subject, or the refusal. Accepts without a name when the genesis names no authority and the profile has no certificate.</summary>
    /// <param name="genesis">Its <see cref="Genesis.CertificateAuthorities"/> are the only anchors.</param>
    /// <param name="profile">Profile with chain and signature.</param>
    /// <param name="at">The moment for which the certificates must be valid: that of the enrolment.</param>
    /// <param name="revocations">Revocation lists; <see cref="RevocationLists.None"/> to rely on governors alone.</param>
    /// <param name="now">The moment for which nothing of the chain may be revoked: a revocation counts whenever it came.</param>
    /// <returns><see cref="RefusalReason.UntrustedRoot"/> for chain and binding, <see cref="RefusalReason.CertificateRevoked"/>, and <see cref="RefusalReason.Expired"/> or
    /// <see cref="RefusalReason.BadSignature"/> for a list that cannot be relied on.</returns>
    public static Verdict<string> Verify(Genesis genesis, OrganisationProfile profile, DateTimeOffset at, RevocationLists revocations, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(revocations);
        ArgumentNullException.ThrowIfNull(genesis);
        ArgumentNullException.ThrowIfNull(profile);
        if (genesis.CertificateAuthorities.Count == 0)
        {
            return string.Empty;
        }

        if (profile.Certificates.Count == 0)
        {
            return Refuse("the ledger names certificate authorities, the profile has no certificate");
        }

        try
        {
            var parser = new X509CertificateParser();
            var chain = profile.Certificates.Select(bytes => Read(parser, bytes.ToArray())).ToList();
            var anchors = genesis.CertificateAuthorities.Select(text => Read(parser, Convert.FromBase64String(text))).ToList();
            var path = new List<X509Certificate>();
            return VerifyChain(chain, anchors, at, path) is { } fault ? Refuse(fault)
                : FaultOfBinding(genesis, profile, chain[0]) is { } unbound ? Refuse(unbound)
                : path.Zip(path.Skip(1), (certificate, issuer) => revocations.FaultOf(certificate, issuer, now)).FirstOrDefault(revoked => revoked is not null) is { } refusal ? refusal
                : NameOf(chain[0]);
        }
        catch (Exception exception) when (exception is GeneralSecurityException or FormatException or ArgumentException or IOException or InvalidOperationException or InvalidCastException)
        {
            return Refuse("certificate: " + exception.GetType().Name);
        }
    }

    /// <summary>Why nobody could be admitted under this certificate as an authority of a ledger, or null.</summary>
    internal static string? FaultOfAuthority(ReadOnlyMemory<byte> der, DateTimeOffset at)
    {
        try
        {
            var certificate = Read(new X509CertificateParser(), der.ToArray());
            return certificate.GetBasicConstraints() < 0 || !MayCertify(certificate) ? $"{certificate.SubjectDN} may not issue certificates"
                : !certificate.IsValid(at.UtcDateTime) ? $"{certificate.SubjectDN} is not valid on {at:yyyy-MM-dd}"
                : certificate.GetCriticalExtensionOids() is { } critical && !critical.All(Understood.Contains) ? $"{certificate.SubjectDN} has a critical extension that is not understood"
                : certificate.GetPublicKey() is null ? $"{certificate.SubjectDN} has no key" : null;
        }
        catch (Exception exception) when (exception is GeneralSecurityException or FormatException or ArgumentException or IOException or InvalidOperationException or InvalidCastException)
        {
            return "certificate: " + exception.GetType().Name;
        }
    }

    /// <summary>
    /// Whether two verified certificates are of one legal person: one issuer says the same of both. What tells two programs of one organisation apart, the common name, does not count; another issuer's word for the
    /// same name is another's.
    /// </summary>
    internal static bool NameOne(OrganisationProfile one, OrganisationProfile other)
    {
        if (one.Certificates.Count == 0 || other.Certificates.Count == 0)
        {
            return one.Certificates.Count == other.Certificates.Count;
        }

        var parser = new X509CertificateParser();
        var (left, right) = (parser.ReadCertificate(one.Certificates[0].ToArray()), parser.ReadCertificate(other.Certificates[0].ToArray()));
        return left.IssuerDN.Equivalent(right.IssuerDN) && _person.All(attribute => left.SubjectDN.GetValueList(attribute).SequenceEqual(right.SubjectDN.GetValueList(attribute)));
    }

    // Fills the path with the verified certificates from leaf to anchor.
    private static string? VerifyChain(List<X509Certificate> chain, List<X509Certificate> anchors, DateTimeOffset at, List<X509Certificate> path)
    {
        for (var i = 0; i < chain.Count; i++)
        {
            var certificate = chain[i];
            if (!certificate.IsValid(at.UtcDateTime))
            {
                return $"certificate {i} is not valid on {at:yyyy-MM-dd}";
            }

            if (certificate.GetCriticalExtensionOids() is { } critical && !critical.All(Understood.Contains))
            {
                return $"certificate {i} has a critical extension that is not understood";
            }

            path.Add(certificate);

            // An anchor inside the chain ends it: its own signature says nothing.
            if (anchors.Any(anchor => anchor.Equals(certificate)))
            {
                return i == 0 ? "the leaf is an authority itself" : null;
            }

            var issuers = i + 1 < chain.Count ? [chain[i + 1]] : anchors;
            if (issuers.FirstOrDefault(issuer => Issued(issuer, certificate, intermediates: i, at)) is not { } found)
            {
                return $"certificate {i} was not issued by {(i + 1 < chain.Count ? $"certificate {i + 1}" : "an authority of the ledger")}";
            }

            if (i + 1 == chain.Count)
            {
                path.Add(found);
            }
        }

        return null;
    }

    private static bool Issued(X509Certificate issuer, X509Certificate certificate, int intermediates, DateTimeOffset at)
    {
        if (!issuer.SubjectDN.Equivalent(certificate.IssuerDN) || !issuer.IsValid(at.UtcDateTime))
        {
            return false;
        }

        // GetBasicConstraints: -1 for no authority, otherwise how many intermediates may follow.
        if (issuer.GetBasicConstraints() < intermediates || !MayCertify(issuer))
        {
            return false;
        }

        try
        {
            certificate.Verify(issuer.GetPublicKey());
            return true;
        }
        catch (GeneralSecurityException)
        {
            return false;
        }
    }

    // RFC 5280 section 6.1.4 (n): a certificate without the extension is not restricted by it.
    private static bool MayCertify(X509Certificate authority) => authority.GetKeyUsage() is not { } usage || usage[5];

    private static string? FaultOfBinding(Genesis genesis, OrganisationProfile profile, X509Certificate leaf)
    {
        // The one algorithm that the profile's layout names.
        if (leaf.GetPublicKey() is not ECPublicKeyParameters key || !X9ObjectIdentifiers.Prime256v1.Equals(key.PublicKeyParamSet))
        {
            return "the certificate's key is not of P-256";
        }

        if (leaf.GetKeyUsage() is { } usage && !usage[0])
        {
            return "the certificate's key may not sign";
        }

        var verifier = SignerUtilities.GetSigner("SHA-256withECDSA");
        verifier.Init(forSigning: false, key);
        verifier.BlockUpdate(OrganisationProfile.BindingMessage(genesis.LedgerId, profile.Account));
        return verifier.VerifySignature(profile.CertificateSignature.ToArray()) ? null : "the certificate's key did not sign for this account on this ledger";
    }

    private static string NameOf(X509Certificate leaf)
    {
        var organisations = leaf.SubjectDN.GetValueList(X509Name.O);
        return organisations.Count > 0 ? organisations[0] : leaf.SubjectDN.ToString();
    }

    private static X509Certificate Read(X509CertificateParser parser, byte[] der) =>
        parser.ReadCertificate(der) is { } certificate && certificate.GetEncoded().AsSpan().SequenceEqual(der)
            ? certificate
            : throw new FormatException("not one DER certificate");

    private static Verdict<string> Refuse(string detail) => Verdict<string>.Refuse(RefusalReason.UntrustedRoot, detail);
}
