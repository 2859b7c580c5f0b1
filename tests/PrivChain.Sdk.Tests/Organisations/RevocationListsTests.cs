using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Tests.Organisations;

/// <summary>One valid chain and lists of its two authorities; each test changes one thing.</summary>
[TestClass]
public sealed class RevocationListsTests
{
    private static readonly DateTimeOffset Now = CertificateWorld.Now;
    private static readonly byte[] LeafSerial = [4, 5, 6];
    private static readonly byte[] IntermediateSerial = [1, 2, 3];
    private static readonly byte[] OtherSerial = [7, 8, 9];

    private readonly CertificateWorld _world = new();

    [TestMethod]
    public void Verify_ListsThatNameOthers_Accepts()
    {
        Assert.AreEqual(RefusalReason.None, Reason(List(_world.Issuing, OtherSerial), List(_world.Root, OtherSerial)));
        Assert.AreEqual(RefusalReason.None, Reason(List(_world.Issuing)));
        Assert.AreEqual(RefusalReason.None, Reason());
    }

    [TestMethod]
    public void Verify_OrganisationOnTheList_IsRefusedByName()
    {
        var verdict = Verify(List(_world.Issuing, OtherSerial, LeafSerial));
        Assert.AreEqual(RefusalReason.CertificateRevoked, verdict.Reason);
        StringAssert.Contains(verdict.Refusal!.Detail, "Jinling Cinema Ltd", StringComparison.Ordinal);
        StringAssert.Contains(verdict.Refusal.Detail, "Issuing CA", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Verify_IntermediateOnTheRootsList_IsRefused() =>
        Assert.AreEqual(RefusalReason.CertificateRevoked, Reason(List(_world.Issuing), List(_world.Root, IntermediateSerial)));

    // Serial numbers are one authority's own: the root's list says nothing about what the intermediate issued.
    [TestMethod]
    public void Verify_SerialOnAnotherAuthoritysList_IsAccepted() =>
        Assert.AreEqual(RefusalReason.None, Reason(List(_world.Issuing, IntermediateSerial), List(_world.Root, LeafSerial)));

    [TestMethod]
    public void Verify_ListNotSignedByItsAuthority_IsRefused()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = new CertificateRevocationListBuilder().Build(
            _world.Issuing.SubjectName, X509SignatureGenerator.CreateForECDsa(stranger), 1, Now.AddDays(7), HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_world.Issuing, includeKeyIdentifier: false, includeIssuerAndSerial: true), Now.AddDays(-1));
        Assert.AreEqual(RefusalReason.BadSignature, Reason(forged));

        // Beside a good one it is refused as well: somebody tampers with what this client is given.
        Assert.AreEqual(RefusalReason.BadSignature, Reason(List(_world.Issuing), forged));
    }

    [TestMethod]
    public void Verify_ListThatRanOut_IsRefusedUnlessANewerOneIsThere()
    {
        var old = List(_world.Issuing, from: Now.AddDays(-8), until: Now.AddSeconds(-1));
        Assert.AreEqual(RefusalReason.Expired, Reason(old));
        Assert.AreEqual(RefusalReason.None, Reason(old, List(_world.Issuing)));
        Assert.AreEqual(RefusalReason.None, Reason(List(_world.Issuing, from: Now.AddDays(-8), until: Now)));
        Assert.AreEqual(RefusalReason.Expired, Reason(List(_world.Issuing, from: Now.AddSeconds(1), until: Now.AddDays(7))));

        // What was revoked stays so.
        Assert.AreEqual(RefusalReason.CertificateRevoked, Reason(List(_world.Issuing, Now.AddDays(-8), Now.AddSeconds(-1), LeafSerial), List(_world.Issuing)));
    }

    [TestMethod]
    public void Parse_Pem_IsRead()
    {
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", List(_world.Issuing, LeafSerial)));
        Assert.AreEqual(RefusalReason.CertificateRevoked, Reason(pem));
    }

    [TestMethod]
    public void Parse_TruncatedChangedOrOther_NeverAcceptsARevokedOrganisation()
    {
        var list = List(_world.Issuing, LeafSerial);
        for (var length = 0; length < list.Length; length++)
        {
            Assert.IsFalse(RevocationLists.Parse([list.AsMemory(0, length)]).Accepted, $"accepted {length} bytes");
        }

        Assert.AreEqual(RefusalReason.TooLarge, RevocationLists.Parse([new byte[RevocationLists.MaxSize + 1]]).Reason);
        Assert.AreEqual(RefusalReason.Malformed, RevocationLists.Parse([_world.Issuing.RawData]).Reason);
        Assert.AreEqual(RefusalReason.Malformed, RevocationLists.Parse([Encoding.ASCII.GetBytes("no list")]).Reason);
        for (var position = 0; position < list.Length; position++)
        {
            var changed = list.ToArray();
            changed[position] ^= 0x04;
            var parsed = RevocationLists.Parse([changed]);

            // A changed issuer name is another authority's list, which says nothing about this one: the operator who loads it has none of it.
            if (parsed.Accepted && changed.AsSpan().IndexOf(_world.Issuing.SubjectName.RawData) >= 0)
            {
                Assert.IsFalse(CertificateBinding.Verify(_world.Genesis, _world.Profile, Now, parsed.Value, Now).Accepted, $"byte {position}");
            }
        }
    }

    // A delta list names only what changed: read as a whole one, it would clear everybody else.
    [TestMethod]
    public void Parse_DeltaList_IsRefused()
    {
        var keys = GeneratorUtilities.GetKeyPairGenerator("EC");
        keys.Init(new ECKeyGenerationParameters(X9ObjectIdentifiers.Prime256v1, new SecureRandom()));
        var generator = new X509V2CrlGenerator();
        generator.SetIssuerDN(new X509Name("CN=Issuing CA, O=Members"));
        generator.SetThisUpdate(Now.UtcDateTime.AddDays(-1));
        generator.SetNextUpdate(Now.UtcDateTime.AddDays(1));
        var signer = new Asn1SignatureFactory("SHA256withECDSA", keys.GenerateKeyPair().Private);
        Assert.AreEqual(RefusalReason.None, RevocationLists.Parse([generator.Generate(signer).GetEncoded()]).Reason);
        generator.AddExtension(X509Extensions.DeltaCrlIndicator, critical: true, DerInteger.ValueOf(1));
        Assert.AreEqual(RefusalReason.UnknownVersion, RevocationLists.Parse([generator.Generate(signer).GetEncoded()]).Reason);
    }

    private RefusalReason Reason(params byte[][] lists) => Verify(lists).Reason;

    private Verdict<string> Verify(params byte[][] lists)
    {
        var parsed = RevocationLists.Parse(lists.Select(list => (ReadOnlyMemory<byte>)list));
        return parsed.Accepted ? CertificateBinding.Verify(_world.Genesis, _world.Profile, Now, parsed.Value, Now) : parsed.Refusal;
    }

    private static byte[] List(X509Certificate2 authority, params byte[][] serials) => List(authority, Now.AddDays(-1), Now.AddDays(7), serials);

    private static byte[] List(X509Certificate2 authority, DateTimeOffset from, DateTimeOffset until, params byte[][] serials)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
        {
            builder.AddEntry(serial, Now.AddDays(-2));
        }

        return builder.Build(authority, 1, until, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, from);
    }
}
