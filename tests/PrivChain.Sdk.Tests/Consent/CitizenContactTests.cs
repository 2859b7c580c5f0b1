using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Tests.Consent;

[TestClass]
public sealed class CitizenContactTests
{
    [TestMethod]
    public void TryParse_OwnText_RoundTrips()
    {
        var (fixture, text, account) = Make();
        Assert.IsTrue(CitizenContact.TryParse(text, fixture.Domain, out var contact));
        Assert.AreEqual(account.Address, contact.Account);
        Assert.AreEqual(text, contact.ToString());
    }

    [TestMethod]
    public void TryParse_EveryCharacterChangedOrCut_IsRefused()
    {
        var (fixture, text, _) = Make();
        for (var length = 0; length < text.Length; length++)
        {
            Assert.IsFalse(CitizenContact.TryParse(text[..length], fixture.Domain, out _), $"accepted {length} characters");
        }

        for (var position = 0; position < text.Length; position++)
        {
            var changed = text.ToCharArray();
            changed[position] = changed[position] == 'A' ? 'B' : 'A';
            Assert.IsFalse(CitizenContact.TryParse(new string(changed), fixture.Domain, out _), $"character {position} may change");
        }

        Assert.IsFalse(CitizenContact.TryParse(text + "A", fixture.Domain, out _));
        Assert.IsFalse(CitizenContact.TryParse(null, fixture.Domain, out _));
    }

    [TestMethod]
    public void TryParse_AnotherLedger_IsRefused()
    {
        var (_, text, _) = Make();
        Assert.IsFalse(CitizenContact.TryParse(text, new LedgerFixture().Domain, out _));
    }

    [TestMethod]
    public void Parse_OtherLedgerOrSuite_SaysWhich()
    {
        var (fixture, text, _) = Make();
        Assert.IsTrue(CitizenContact.Parse(text, fixture.Domain).Accepted);
        Assert.AreEqual(RefusalReason.BadSignature, CitizenContact.Parse(text, new LedgerFixture().Domain).Reason);
        Assert.AreEqual(RefusalReason.WrongSuite, CitizenContact.Parse(text, new LedgerFixture(suite: Suite.National).Domain).Reason);
        Assert.AreEqual(RefusalReason.Malformed, CitizenContact.Parse(text[1..], fixture.Domain).Reason);
        Assert.AreEqual(RefusalReason.Malformed, CitizenContact.Parse(null, fixture.Domain).Reason);
    }

    [TestMethod]
    public void RefusalFor_SomebodyElse_IsWrongRecipient()
    {
        var fixture = new LedgerFixture();
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var statement = KeyStatement.Sign(fixture.Domain, fixture.Citizen, key.PublicKey, 1);
        var bank = fixture.Institution.Address;
        var text = new CitizenContact(statement, bank).ToString();
        Assert.IsTrue(CitizenContact.TryParse(text, fixture.Domain, out var contact));
        Assert.AreEqual(text, contact.ToString());
        Assert.IsNull(contact.RefusalFor(bank));
        Assert.AreEqual(RefusalReason.WrongRecipient, contact.RefusalFor(fixture.Citizen.Address)!.Reason);

        // One that does not say for whom it is will do for anybody; a mark in pieces is none.
        Assert.IsNull(new CitizenContact(statement).RefusalFor(bank));
        foreach (var broken in new[] { text[..^1], text + "A", text + ".", text + ".AAAAAAAA", text[..text.LastIndexOf('.')] + "." })
        {
            Assert.AreEqual(RefusalReason.Malformed, CitizenContact.Parse(broken, fixture.Domain).Reason, broken);
        }
    }

    [TestMethod]
    public void EncryptionKey_TwoAccountsOfOneWallet_AreUnlike()
    {
        using var wallet = Wallet.Open(Mnemonic.Generate()).OrThrow();
        using var first = wallet.Account(0);
        using var second = wallet.Account(1);
        using var firstKey = OrganisationKeys.EncryptionKey(wallet, first.Address);
        using var again = OrganisationKeys.EncryptionKey(wallet, first.Address);
        using var secondKey = OrganisationKeys.EncryptionKey(wallet, second.Address);
        Assert.AreEqual(firstKey.PublicKey, again.PublicKey);
        Assert.AreNotEqual(firstKey.PublicKey, secondKey.PublicKey);
    }

    private static (LedgerFixture Fixture, string Text, Account Account) Make()
    {
        var fixture = new LedgerFixture();
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        return (fixture, new CitizenContact(KeyStatement.Sign(fixture.Domain, fixture.Citizen, key.PublicKey, 1)).ToString(), fixture.Citizen);
    }
}
