using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.EndToEnd.Tests;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Tests.Organisations;

/// <summary>Who may certify on a ledger, and which enrolments an authority says are of one organisation.</summary>
[TestClass]
public sealed class CertifiedOrganisationTests
{
    private const string Name = "Jinling Cinema Ltd";
    private readonly CertificateWorld _world = new();
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [TestMethod]
    public void OneName_IsOneOrganisation_WhereOneAuthorityGaveItInOnePlace()
    {
        using var authority = new TestAuthority();
        using var another = new TestAuthority("CN=Another, O=Members");
        var cinema = Certified(authority, Name);
        Assert.IsTrue(cinema.IsCertifiedAs(Certified(authority, Name)));
        Assert.IsFalse(cinema.IsCertifiedAs(Certified(another, Name)), "another authority's word for the same name");
        Assert.IsFalse(cinema.IsCertifiedAs(Certified(authority, Name + ", L=Suzhou")), "a namesake elsewhere");
        Assert.IsFalse(cinema.IsCertifiedAs(Certified(authority, "Other Ltd") with { CertifiedName = "Other Ltd" }));
        Assert.IsFalse(cinema.IsCertifiedAs(cinema with { CertifiedName = null }));
    }

    [TestMethod]
    public void Authority_MayIssue_OrIsNone()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var plain = new CertificateRequest("CN=Root", key, HashAlgorithmName.SHA256);
        plain.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Assert.IsNull(FaultOf(plain), "without a key usage, as openssl makes one");
        Assert.IsNull(FaultOf(TestAuthority.Request("CN=Root", key, authority: true)));
        Assert.IsNotNull(FaultOf(TestAuthority.Request("CN=Leaf", key, authority: false)));
        plain.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        Assert.IsNotNull(FaultOf(plain), "a key that may sign, but no certificates");
        Assert.IsNotNull(CertificateBinding.FaultOfAuthority(new byte[] { 0x30, 0 }, _now));
    }

    private string? FaultOf(CertificateRequest request)
    {
        using var made = request.CreateSelfSigned(_now.AddDays(-10), _now.AddDays(10));
        Assert.IsNotNull(CertificateBinding.FaultOfAuthority(made.RawData, _now.AddDays(11)), "it is over by then");
        return CertificateBinding.FaultOfAuthority(made.RawData, _now);
    }

    private VerifiedOrganisation Certified(TestAuthority authority, string name) =>
        new(null!, authority.Certify(_world.Profile, _world.Genesis.LedgerId, name), Name, DateTimeOffset.UnixEpoch);
}
