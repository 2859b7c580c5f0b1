using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Issuing;

namespace PrivChain.Node.Tests.Vault;

/// <summary>What was acknowledged is not lost to a person: a record stays hers when its issuer is not enrolled any more, and says so.</summary>
[TestClass]
public sealed class FormerIssuerTests
{
    private readonly Account _account = Account.Generate();
    private readonly IssuerKey _key = IssuerKey.Generate(EcdsaJws.Es256K);

    [TestMethod]
    public async Task Records_OfAnExpelledIssuer_AreListedWithTheEntryThatExpelledIt()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var connection = await fixture.ConnectAsync();
        using var citizen = Person(connection);
        var governor = new GovernorClient(connection, fixture.Ledger.Governors[0]);
        await EnrolAsync(governor, _key);
        var record = await IssueAsync(connection, citizen, _key);
        await CheckAsync(citizen, record, IssuerStanding.Enrolled, null);

        var expelled = await governor.ExpelAsync(LedgerRole.Issuer, _account.Address, null, Digest.OfSha256("a reason"u8));
        await CheckAsync(citizen, record, IssuerStanding.Expelled, expelled.Index);
        using var export = JsonDocument.Parse((await citizen.ExportAsync()).Json);
        var exported = export.RootElement.GetProperty("records")[0];
        Assert.AreEqual("expelled", exported.GetProperty("issuerStanding").GetString());
        Assert.AreEqual("Qiuyan", exported.GetProperty("values").GetProperty("givenName").GetString());

        // Admitted again under the same key, its records count again.
        await EnrolAsync(governor, _key);
        await CheckAsync(citizen, record, IssuerStanding.Enrolled, null);

        // For another time than now, they do not.
        var now = TimeProvider.System.GetUtcNow();
        await governor.EnrolOrganisationAsync(LedgerRole.Issuer, Profile(_key), now.AddDays(1), now.AddDays(2), 0);
        await CheckAsync(citizen, record, IssuerStanding.Ended, null);
    }

    [TestMethod]
    public async Task Records_OfAnIssuerThatChangedItsKey_AreAllListed()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var connection = await fixture.ConnectAsync();
        using var citizen = Person(connection);
        var governor = new GovernorClient(connection, fixture.Ledger.Governors[0]);
        await EnrolAsync(governor, _key);
        var before = await IssueAsync(connection, citizen, _key);
        using var newKey = IssuerKey.Generate(EcdsaJws.Es256);
        await EnrolAsync(governor, newKey);
        var after = await IssueAsync(connection, citizen, newKey);
        var records = await citizen.RecordsAsync();
        CollectionAssert.AreEqual(new[] { before, after }, records.Select(record => record.Digest).ToArray());
        Assert.IsTrue(records.All(record => record.Standing == IssuerStanding.Enrolled));

        // Only the old key is expelled: what the new one signed still counts.
        await governor.ExpelAsync(LedgerRole.Issuer, _account.Address, FingerprintOf(_key), Digest.OfSha256("stolen"u8));
        records = await citizen.RecordsAsync();
        CollectionAssert.AreEqual(new[] { IssuerStanding.Expelled, IssuerStanding.Enrolled }, records.Select(record => record.Standing).ToArray());
    }

    [TestCleanup]
    public void Cleanup()
    {
        _account.Dispose();
        _key.Dispose();
    }

    private static CitizenClient Person(PrivChainConnection connection)
    {
        using var phrase = Mnemonic.Generate(12);
        return new CitizenClient(connection, Wallet.Open(phrase).OrThrow());
    }

    private Task<ProvenEntry> EnrolAsync(GovernorClient governor, IssuerKey key)
    {
        var now = TimeProvider.System.GetUtcNow();
        return governor.EnrolOrganisationAsync(LedgerRole.Issuer, Profile(key), now.AddMinutes(-5), now.AddDays(1), 0);
    }

    private OrganisationProfile Profile(IssuerKey key) => new()
    {
        Account = _account.Address, NameEn = "City Registry", NameZh = "市民政局", Contact = "-", PostalAddress = "-", Jurisdiction = "CN",
        EncryptionKey = HpkePrivateKey.Generate(HpkeKem.X25519).PublicKey, IssuerAlgorithm = key.Algorithm, IssuerKey = Compress(key.PublicKey.Span),
    };

    private static byte[] Compress(ReadOnlySpan<byte> uncompressed) => [(byte)(2 + (uncompressed[64] & 1)), .. uncompressed[1..33]];

    private Digest FingerprintOf(IssuerKey key) => Profile(key).IssuerKeyFingerprint;

    private async Task<Digest> IssueAsync(PrivChainConnection connection, CitizenClient citizen, IssuerKey key)
    {
        const string Claims = """{"familyName":"Lin","givenName":"Qiuyan","idNumber":"32010219880312402X","birthDate":"1988-03-12","sex":"female","nationality":"CN","address":"Nanjing","issuingAuthority":"Registry"}""";
        var issued = await new IssuerClient(connection, _account, key).IssueAsync("identity-card/1", Encoding.UTF8.GetBytes(Claims), citizen.ContactFor(_account.Address));
        return issued.Record;
    }

    private static async Task CheckAsync(CitizenClient citizen, Digest record, IssuerStanding standing, ulong? expelledAt)
    {
        using var held = (await citizen.RecordsAsync()).Single();
        Assert.AreEqual((record, standing, expelledAt), (held.Digest, held.Standing, held.IssuerExpelledAt));
        Assert.AreEqual("Lin", held.Values["familyName"]!.Value.GetString());
        Assert.AreEqual(standing == IssuerStanding.Enrolled, held.Caveat is null);
        Assert.AreEqual("City Registry", held.IssuerName);
    }
}
