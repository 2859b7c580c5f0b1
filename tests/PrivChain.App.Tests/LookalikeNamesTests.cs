using PrivChain.App.Wallets;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Sdk.Organisations;

namespace PrivChain.App.Tests;

/// <summary>Names that could deceive are told by what a person is shown: any name of an organisation against any name of the others.</summary>
[TestClass]
public sealed class LookalikeNamesTests
{
    private readonly HpkePrivateKey _key = HpkePrivateKey.Generate(HpkeKem.X25519);

    [TestCleanup]
    public void Clean() => _key.Dispose();

    [TestMethod]
    [DataRow("Bank of Jinling", "金陵银行", null, "Bank of Jin1ing", "别的", null, true)]
    [DataRow("First", "金陵银行", null, "Second", "金陵银行", null, true)]
    [DataRow("First", "甲", "Bank of Jinling", "Second", "乙", "Bank of Jinlinq", true)]
    [DataRow("First", "甲", "Bank of Jinling", "Bank of Jinling", "乙", null, true)]
    [DataRow("First", "金陵股份有限责任公司", null, "Second", "金棱股份有限责任公司", null, true)]
    [DataRow("City Registry", "南京市民政局", null, "Finance Bureau", "南京市财政局", null, false)]
    [DataRow("Bank of Jinling", "金陵银行", null, "Hospital of Jinling", "金陵医院", null, false)]
    [DataRow("First", "", null, "Second", "", null, false)]
    [DataRow("First", "甲", "Bank of Jinling", "Second", "乙", "Bank of Jinling", false)]
    public void Name_LikeAnothers_IsTold(string nameEn, string nameZh, string? certified, string otherEn, string otherZh, string? otherCertified, bool near)
    {
        var asking = Organisation(1, nameEn, nameZh, certified);
        var other = Organisation(2, otherEn, otherZh, otherCertified);
        CollectionAssert.AreEqual(near ? [other] : Array.Empty<VerifiedOrganisation>(), LookalikeNames.Near(asking, [asking, other]).ToArray());
    }

    [TestMethod]
    public void Name_InACertificate_IsLookedAtForOddLetters()
    {
        Assert.IsTrue(LookalikeNames.IsOdd(Organisation(1, "Bank", "银行", "B\u0430nk")));
        Assert.IsFalse(LookalikeNames.IsOdd(Organisation(1, "Bank", "银行", "Bank")));
    }

    private VerifiedOrganisation Organisation(byte number, string nameEn, string nameZh, string? certified)
    {
        var account = new AccountAddress([.. Enumerable.Repeat(number, AccountAddress.Size)]);
        var profile = new OrganisationProfile
        {
            Account = account, NameEn = nameEn, NameZh = nameZh, Contact = "", PostalAddress = "", Jurisdiction = "", EncryptionKey = _key.PublicKey, IssuerAlgorithm = "", IssuerKey = default, Certificates = [],
            CertificateSignature = default,
        };
        return new VerifiedOrganisation(null!, profile, certified, DateTimeOffset.UnixEpoch);
    }
}
