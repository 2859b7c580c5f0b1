using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Ledger;
using PrivChain.EndToEnd.Tests;

namespace PrivChain.Sdk.Tests.Organisations;

/// <summary>An organisation's profile with a valid chain of root, intermediate and leaf, and the authorities' keys to revoke with.</summary>
internal sealed class CertificateWorld
{
    public CertificateWorld(bool intermediateIsAuthority = true, bool criticalExtension = false)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = TestAuthority.Request("CN=Root, O=Members", rootKey, authority: true).CreateSelfSigned(Now.AddDays(-10), Now.AddDays(1000));
        using var middle = TestAuthority.Request("CN=Issuing CA, O=Members", middleKey, intermediateIsAuthority).Create(Root, Now.AddDays(-10), Now.AddDays(900), [1, 2, 3]);
        var signing = middle.CopyWithPrivateKey(middleKey);
        Issuing = signing;
        var request = TestAuthority.Request("CN=cinema, O=Jinling Cinema Ltd, C=CN", leafKey, authority: false);
        if (criticalExtension)
        {
            request.CertificateExtensions.Add(new X509Extension("1.2.3.4.5", [5, 0], critical: true));
        }

        // The generator refuses to issue under a certificate that is no authority, so it is given the name alone.
        using var leaf = request.Create(signing.SubjectName, X509SignatureGenerator.CreateForECDsa(middleKey), Now.AddDays(-10), Now.AddDays(300), [4, 5, 6]);
        Fixture = new LedgerFixture();
        Genesis = Fixture.Genesis with { CertificateAuthorities = [Convert.ToBase64String(Root.RawData)] };
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        Profile = new OrganisationProfile
        {
            Account = Fixture.Institution.Address, NameEn = "Cinema", NameZh = "影院", Contact = "-", PostalAddress = "-", Jurisdiction = "CN", EncryptionKey = key.PublicKey,
            Certificates = [leaf.RawData, middle.RawData],
            CertificateSignature = leafKey.SignData(
                OrganisationProfile.BindingMessage(Genesis.LedgerId, Fixture.Institution.Address), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
        };
    }

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds((long)LedgerFixture.Start);

    /// <summary>The authority of the genesis, with its key.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>The intermediate that issued the leaf, with its key.</summary>
    public X509Certificate2 Issuing { get; }

    public LedgerFixture Fixture { get; }

    public Genesis Genesis { get; }

    public OrganisationProfile Profile { get; }
}
