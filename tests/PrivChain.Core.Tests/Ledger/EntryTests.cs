using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Documents;

namespace PrivChain.Core.Tests.Ledger;

[TestClass]
public sealed class EntryTests
{
    [TestMethod]
    [DataRow("international", Entry.Size)]
    [DataRow("national", 236)]
    public void TryParse_EachKind_RoundTripsAndRefusesEveryOtherLength(string suite, int size)
    {
        var ledger = new LedgerFixture(suite: Suite.Find(suite)).WithEverybody();
        foreach (var entry in OneOfEach(ledger))
        {
            var bytes = (entry with { Time = 5 }).ToArray();
            Assert.HasCount(size, bytes);
            LayoutAssert.RoundTripsAndRefusesOtherLengths(bytes, data => Entry.TryParse(data, out var parsed) ? parsed.ToArray() : null);
        }
    }

    // What parses and authenticates carries exactly what was signed: no byte but the time can change.
    [TestMethod]
    [DataRow("international")]
    [DataRow("national")]
    public void TryParse_AnyByteChanged_IsRefusedOrNotAuthenticUnlessItIsTheTime(string suite)
    {
        var ledger = new LedgerFixture(suite: Suite.Find(suite)).WithEverybody();
        foreach (var entry in OneOfEach(ledger))
        {
            var bytes = entry.ToArray();
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= 1;
                var accepted = Entry.TryParse(bytes, out var parsed) && AuthenticEntry.Authenticate(parsed, ledger.Domain).Accepted;
                Assert.AreEqual(i is >= 3 and < 11, accepted, $"{entry.Kind}, byte {i}");
                bytes[i] ^= 1;
            }
        }
    }

    /// <summary>Of every kind, both ways: an entry of one suite is refused by name on a ledger of the other, alone and among others.</summary>
    [TestMethod]
    public void Authenticate_EntryOfTheOtherSuite_IsRefusedByName()
    {
        LedgerFixture international = new LedgerFixture().WithEverybody(), national = new LedgerFixture(suite: Suite.National).WithEverybody();
        foreach (var (here, there) in new[] { (international, national), (national, international) })
        {
            foreach (var (own, foreign) in OneOfEach(here).Zip(OneOfEach(there)))
            {
                Assert.AreEqual(RefusalReason.WrongSuite, AuthenticEntry.Authenticate(foreign, here.Domain).Reason, $"{foreign.Kind}");
                var verdicts = AuthenticEntry.AuthenticateAll([own, foreign, own], here.Domain);
                Assert.AreEqual((true, RefusalReason.WrongSuite, true), (verdicts[0].Accepted, verdicts[1].Reason, verdicts[2].Accepted), $"{foreign.Kind}");

                // A signature of one suite under a document of the other.
                Assert.AreEqual(RefusalReason.WrongSuite, AuthenticEntry.Authenticate(own with { Signature = foreign.Signature }, here.Domain).Reason);
            }
        }
    }

    /// <summary>Whoever has SM2 and SM3 can check a signature: the message is the digest of the document, under the standard's identity, by the key in front.</summary>
    [TestMethod]
    public void Signature_OfTheNationalSuite_IsPlainSm2()
    {
        var ledger = new LedgerFixture(suite: Suite.National).WithEverybody();
        var entry = ledger.Grant();
        var bytes = entry.Signature.ToArray();
        Assert.HasCount(97, bytes);
        var separator = Sm3.Hash(
            Sm3.Hash("EIP712Domain(string name,string version,uint256 chainId,bytes32 salt)"u8).ToArray(), Sm3.Hash("PrivChain"u8).ToArray(), Sm3.Hash("1"u8).ToArray(),
            [.. new byte[24], .. BitConverter.GetBytes(ledger.Domain.ChainId).Reverse()], ledger.Domain.LedgerId.ToArray());
        var message = Sm3.Hash([0x19, 0x01], separator.ToArray(), entry.DocumentDigest.ToArray());
        Assert.IsTrue(Sm2.Verify(bytes.AsSpan(0, 33), "1234567812345678"u8, message.ToArray(), bytes.AsSpan(33)));
        Assert.IsTrue(Sm2.TryParsePublicKey(bytes.AsSpan(0, 33), out var point));
        Assert.AreEqual(ledger.Citizen.Address, new AccountAddress(Sm3.Hash(point.AsSpan(1)).ToArray().AsSpan(12)));
    }

    [TestMethod]
    public void DocumentDigest_DoesNotDependOnTimeOrSignature()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var entry = ledger.Grant();
        Assert.AreEqual(entry.DocumentDigest, (entry with { Time = 9, Signature = ledger.Use(Digest.Zero).Signature }).DocumentDigest);
        Assert.AreNotEqual(entry.DocumentDigest, (entry with { Count = 1 }).DocumentDigest);
    }

    internal static IEnumerable<Entry> OneOfEach(LedgerFixture ledger)
    {
        var some = LedgerFixture.RandomDigest();
        yield return ledger.As(ledger.Governors[0]).Enrol(LedgerRole.Issuer, ledger.Issuer.Address, some, some, 1, 2);
        yield return ledger.As(ledger.Governors[0]).Expel(LedgerRole.Issuer, ledger.Issuer.Address, some, some);
        yield return ledger.As(ledger.Institution).Publish(some, 1, 2, 3);
        yield return ledger.As(ledger.Regulator).Approve(some, some);
        yield return ledger.As(ledger.Regulator).Withdraw(some, some);
        yield return ledger.As(ledger.Issuer).Anchor(some, ledger.Citizen.Address, new Core.Documents.AnchorDetails("a/1", some));
        yield return ledger.Grant();
        yield return ledger.As(ledger.Citizen).Revoke(some, new Core.Documents.StatedReason("no", some));
        yield return ledger.Session(ledger.Worker.Address);
        yield return ledger.Use(some);
        yield return ledger.As(ledger.Worker).Deliver(some, some);
        yield return ledger.As(ledger.Citizen).Erase(some, new Core.Documents.StatedReason("no", some));
    }
}
