using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Tests.Organisations;

/// <summary>One valid chain of root, intermediate and leaf; each test changes one thing.</summary>
[TestClass]
public sealed class CertificateBindingTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds((long)LedgerFixture.Start);

    [TestMethod]
    public void Verify_ChainUnderAnAuthority_GivesTheOrganisationsName()
    {
        var world = new World();
        Assert.AreEqual("Jinling Cinema Ltd", CertificateBinding.Verify(world.Genesis, world.Profile, Now).OrThrow());
    }

    [TestMethod]
    public void Verify_LedgerWithoutAuthorities_NeedsNone()
    {
        var world = new World();
        var verdict = CertificateBinding.Verify(world.Fixture.Genesis, world.Profile with { Certificates = [] }, Now);
        Assert.AreEqual(string.Empty, verdict.OrThrow());
    }

    [TestMethod]
    public void Verify_NoCertificateOrOtherAuthority_Refused()
    {
        var world = new World();
        Refused(world.Genesis, world.Profile with { Certificates = [] });
        Refused(new World().Genesis with { Nonce = world.Genesis.Nonce }, world.Profile);
    }

    [TestMethod]
    public void Verify_MissingIntermediateOrWrongOrder_Refused()
    {
        var world = new World();
        var chain = world.Profile.Certificates;
        Refused(world.Genesis, world.Profile with { Certificates = [chain[0]] });
        Refused(world.Genesis, world.Profile with { Certificates = [chain[1], chain[0]] });
    }

    [TestMethod]
    public void Verify_BeforeOrAfterItsDates_Refused()
    {
        var world = new World();
        Assert.IsFalse(CertificateBinding.Verify(world.Genesis, world.Profile, Now.AddDays(-20)).Accepted);
        Assert.IsFalse(CertificateBinding.Verify(world.Genesis, world.Profile, Now.AddDays(400)).Accepted);
    }

    [TestMethod]
    public void Verify_BoundToAnotherAccountOrLedger_Refused()
    {
        var world = new World();
        Refused(world.Genesis, world.Profile with { Account = world.Fixture.Issuer.Address });
        Refused(world.Genesis with { Nonce = LedgerFixture.RandomDigest() }, world.Profile);
        Refused(world.Genesis, world.Profile with { CertificateSignature = Array.Empty<byte>() });
    }

    [TestMethod]
    public void Verify_IntermediateIsNoAuthority_Refused()
    {
        var world = new World(intermediateIsAuthority: false);
        Refused(world.Genesis, world.Profile);
    }

    [TestMethod]
    public void Verify_UnknownCriticalExtension_Refused()
    {
        var world = new World(criticalExtension: true);
        Refused(world.Genesis, world.Profile);
    }

    [TestMethod]
    public void Verify_EveryTenthByteChanged_Refused()
    {
        var world = new World();
        for (var position = 0; position < world.Profile.Certificates[0].Length; position += 10)
        {
            var leaf = world.Profile.Certificates[0].ToArray();
            leaf[position] ^= 0x20;
            Refused(world.Genesis, world.Profile with { Certificates = [leaf, world.Profile.Certificates[1]] });
        }
    }

    private static void Refused(Genesis genesis, OrganisationProfile profile)
    {
        var verdict = CertificateBinding.Verify(genesis, profile, Now);
        Assert.AreEqual(RefusalReason.UntrustedRoot, verdict.Reason);
    }

    private sealed class World
    {
        public World(bool intermediateIsAuthority = true, bool criticalExtension = false)
        {
            using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var root = Request("CN=Root, O=Members", rootKey, authority: true).CreateSelfSigned(Now.AddDays(-10), Now.AddDays(1000));
            using var middle = Request("CN=Issuing CA, O=Members", middleKey, intermediateIsAuthority).Create(root, Now.AddDays(-10), Now.AddDays(900), [1, 2, 3]);
            using var signing = middle.CopyWithPrivateKey(middleKey);
            var request = Request("CN=cinema, O=Jinling Cinema Ltd, C=CN", leafKey, authority: false);
            if (criticalExtension)
            {
                request.CertificateExtensions.Add(new X509Extension("1.2.3.4.5", [5, 0], critical: true));
            }

            // The generator refuses to issue under a certificate that is no authority, so it is given the name alone.
            using var leaf = request.Create(signing.SubjectName, X509SignatureGenerator.CreateForECDsa(middleKey), Now.AddDays(-10), Now.AddDays(300), [4, 5, 6]);
            Fixture = new LedgerFixture();
            Genesis = Fixture.Genesis with { CertificateAuthorities = [Convert.ToBase64String(root.RawData)] };
            using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
            Profile = new OrganisationProfile
            {
                Account = Fixture.Institution.Address, NameEn = "Cinema", NameZh = "影院", Contact = "-", PostalAddress = "-", Jurisdiction = "CN", EncryptionKey = key.PublicKey,
                Certificates = [leaf.RawData, middle.RawData],
                CertificateSignature = leafKey.SignData(
                    OrganisationProfile.BindingMessage(Genesis.LedgerId, Fixture.Institution.Address), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            };
        }

        public LedgerFixture Fixture { get; }

        public Genesis Genesis { get; }

        public OrganisationProfile Profile { get; }

        private static CertificateRequest Request(string name, ECDsa key, bool authority)
        {
            var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(authority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, true));
            return request;
        }
    }
}
