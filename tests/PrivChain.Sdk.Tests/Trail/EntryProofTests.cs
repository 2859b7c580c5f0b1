using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Tests.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Tests.Trail;

[TestClass]
public sealed class EntryProofTests
{
    private readonly ReceiptFixture _fixture = new();

    [TestMethod]
    public void WriteAll_OfAReceipt_EachFileVerifiesUnderTheGenesis()
    {
        var files = EntryProof.WriteAll(_fixture.Verify(_fixture.Receipt));
        CollectionAssert.AreEquivalent(
            new[] { "publication", "consent", "session", "use", "delivery", "broker-1", "measurement-1" }, files.Keys.ToArray());
        foreach (var (name, file) in files)
        {
            var proven = EntryProof.Verify(file, _fixture.Ledger.Genesis).OrThrow();
            Assert.AreEqual(name.Split('-')[0] is "broker" or "measurement" ? EntryKind.Enrol : KindOf(name), proven.Entry.Kind, name);
            CollectionAssert.AreEqual(file, EntryProof.Write(proven));
        }
    }

    [TestMethod]
    public void WriteAll_OfAReceiptThatDoesNotHold_Throws() =>
        Assert.ThrowsExactly<ArgumentException>(() => EntryProof.WriteAll(_fixture.Verify(_fixture.Receipt with { Query = _fixture.Receipt.Query! with { Digest = LedgerFixture.RandomDigest() } })));

    [TestMethod]
    public void Verify_OfAnotherLedgerOrEntry_IsRefusedByName()
    {
        var file = EntryProof.WriteAll(_fixture.Verify(_fixture.Receipt))["use"];
        Assert.AreEqual(RefusalReason.BadSignature, EntryProof.Verify(file, new LedgerFixture().Genesis).Reason);
        Assert.IsTrue(TlogProof.TryParse(file, out var proof));
        var without = new TlogProof(proof.Index, proof.Hashes, proof.Note).ToArray();
        Assert.AreEqual(RefusalReason.Incomplete, EntryProof.Verify(without, _fixture.Ledger.Genesis).Reason);
        var other = proof.Extra.ToArray();
        other[40] ^= 1;
        Assert.AreEqual(RefusalReason.BadProof, EntryProof.Verify(new TlogProof(proof.Index, proof.Hashes, proof.Note, other).ToArray(), _fixture.Ledger.Genesis).Reason);
        Assert.AreEqual(RefusalReason.BadProof, EntryProof.Verify(new TlogProof(proof.Index + 1, proof.Hashes, proof.Note, proof.Extra).ToArray(), _fixture.Ledger.Genesis).Reason);
        Assert.AreEqual(RefusalReason.Malformed, EntryProof.Verify(file.AsSpan(0, 100), _fixture.Ledger.Genesis).Reason);
    }

    private static EntryKind KindOf(string name) => name switch
    {
        "publication" => EntryKind.Publish,
        "consent" => EntryKind.Grant,
        "session" => EntryKind.Session,
        "use" => EntryKind.Use,
        _ => EntryKind.Deliver,
    };
}
