using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Documents;

namespace PrivChain.Core.Tests.Ledger;

[TestClass]
public sealed class EntryTests
{
    [TestMethod]
    public void TryParse_EachKind_RoundTripsAndRefusesEveryOtherLength()
    {
        var ledger = new LedgerFixture().WithEverybody();
        foreach (var entry in OneOfEach(ledger))
        {
            var bytes = (entry with { Time = 5 }).ToArray();
            Assert.HasCount(Entry.Size, bytes);
            LayoutAssert.RoundTripsAndRefusesOtherLengths(bytes, data => Entry.TryParse(data, out var parsed) ? parsed.ToArray() : null);
        }
    }

    // What parses and authenticates carries exactly what was signed: no byte but the time can change.
    [TestMethod]
    public void TryParse_AnyByteChanged_IsRefusedOrNotAuthenticUnlessItIsTheTime()
    {
        var ledger = new LedgerFixture().WithEverybody();
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
