using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Tests.Organisations;

/// <summary>One valid chain of root, intermediate and leaf; each test changes one thing.</summary>
[TestClass]
public sealed class CertificateBindingTests
{
    private static readonly DateTimeOffset Now = CertificateWorld.Now;

    [TestMethod]
    public void Verify_ChainUnderAnAuthority_GivesTheOrganisationsName()
    {
        var world = new CertificateWorld();
        Assert.AreEqual("Jinling Cinema Ltd", CertificateBinding.Verify(world.Genesis, world.Profile, Now, RevocationLists.None, Now).OrThrow());
    }

    [TestMethod]
    public void Certificate_OfAVerifiedProfile_IsTheLeafs()
    {
        var world = new CertificateWorld();
        var certificate = OrganisationCertificate.OfVerified(world.Profile)!;
        StringAssert.Contains(certificate.Subject, "Jinling Cinema Ltd");
        StringAssert.Contains(certificate.Issuer, "Issuing CA");
        Assert.AreEqual(Now.AddDays(-10), certificate.NotBefore);
        Assert.AreEqual(Now.AddDays(300), certificate.NotAfter);
        Assert.IsNull(OrganisationCertificate.OfVerified(world.Profile with { Certificates = [] }));
    }

    [TestMethod]
    public void Verify_LedgerWithoutAuthorities_NeedsNone()
    {
        var world = new CertificateWorld();
        var verdict = CertificateBinding.Verify(world.Fixture.Genesis, world.Profile with { Certificates = [] }, Now, RevocationLists.None, Now);
        Assert.AreEqual(string.Empty, verdict.OrThrow());
    }

    [TestMethod]
    public void Verify_NoCertificateOrOtherAuthority_Refused()
    {
        var world = new CertificateWorld();
        Refused(world.Genesis, world.Profile with { Certificates = [] });
        Refused(new CertificateWorld().Genesis with { Nonce = world.Genesis.Nonce }, world.Profile);
    }

    [TestMethod]
    public void Verify_MissingIntermediateOrWrongOrder_Refused()
    {
        var world = new CertificateWorld();
        var chain = world.Profile.Certificates;
        Refused(world.Genesis, world.Profile with { Certificates = [chain[0]] });
        Refused(world.Genesis, world.Profile with { Certificates = [chain[1], chain[0]] });
    }

    [TestMethod]
    public void Verify_BeforeOrAfterItsDates_Refused()
    {
        var world = new CertificateWorld();
        Assert.IsFalse(CertificateBinding.Verify(world.Genesis, world.Profile, Now.AddDays(-20), RevocationLists.None, Now).Accepted);
        Assert.IsFalse(CertificateBinding.Verify(world.Genesis, world.Profile, Now.AddDays(400), RevocationLists.None, Now).Accepted);
    }

    [TestMethod]
    public void Verify_BoundToAnotherAccountOrLedger_Refused()
    {
        var world = new CertificateWorld();
        Refused(world.Genesis, world.Profile with { Account = world.Fixture.Issuer.Address });
        Refused(world.Genesis with { Nonce = LedgerFixture.RandomDigest() }, world.Profile);
        Refused(world.Genesis, world.Profile with { CertificateSignature = Array.Empty<byte>() });
    }

    [TestMethod]
    public void Verify_IntermediateIsNoAuthority_Refused()
    {
        var world = new CertificateWorld(intermediateIsAuthority: false);
        Refused(world.Genesis, world.Profile);
    }

    [TestMethod]
    public void Verify_UnknownCriticalExtension_Refused()
    {
        var world = new CertificateWorld(criticalExtension: true);
        Refused(world.Genesis, world.Profile);
    }

    [TestMethod]
    public void Verify_EveryTenthByteChanged_Refused()
    {
        var world = new CertificateWorld();
        for (var position = 0; position < world.Profile.Certificates[0].Length; position += 10)
        {
            var leaf = world.Profile.Certificates[0].ToArray();
            leaf[position] ^= 0x20;
            Refused(world.Genesis, world.Profile with { Certificates = [leaf, world.Profile.Certificates[1]] });
        }
    }

    private static void Refused(Genesis genesis, OrganisationProfile profile)
    {
        var verdict = CertificateBinding.Verify(genesis, profile, Now, RevocationLists.None, Now);
        Assert.AreEqual(RefusalReason.UntrustedRoot, verdict.Reason);
    }
}
