using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Tests.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Tests.Trail;

[TestClass]
public sealed class TrailVerifierTests
{
    [TestMethod]
    public void Verify_Genuine_CountsWhatHappened()
    {
        var fixture = new ReceiptFixture(queries: 3);
        var report = TrailVerifier.Verify(fixture.Trail(), fixture.Ledger.Domain.LedgerId);
        Assert.IsTrue(report.Valid, report.Refusal?.ToString());
        Assert.AreEqual((ulong)fixture.Ledger.Leaves.Count, report.Size);
        Assert.AreEqual(fixture.Ledger.Tree().Root(), report.Root);
        Assert.AreEqual(3UL, report.QueriesByInstitution[fixture.Ledger.Institution.Address]);
        Assert.AreEqual(0UL, report.UndeliveredUses);
        Assert.AreEqual(4UL, report.Kinds[EntryKind.Enrol]);
    }

    // A changed byte anywhere in the export is found, and where it is in an entry, that entry is named.
    [TestMethod]
    public void Verify_AnyFileChangedCutOrGone_IsRefused()
    {
        var fixture = new ReceiptFixture();
        foreach (var path in fixture.Trail().Paths.ToList())
        {
            var trail = fixture.Trail();
            var content = trail.Read(path)!.Value.ToArray();
            foreach (var position in new[] { 0, content.Length / 2, content.Length - 1 })
            {
                var changed = (byte[])content.Clone();
                changed[position] ^= 1;
                trail.Write(path, changed);
                Assert.IsFalse(TrailVerifier.Verify(trail, fixture.Ledger.Domain.LedgerId).Valid, $"{path}, byte {position}");
            }

            trail.Write(path, content.AsSpan(0, content.Length - 1));
            Assert.IsFalse(TrailVerifier.Verify(trail, fixture.Ledger.Domain.LedgerId).Valid, $"{path}, cut");
            trail.Remove(path);
            Assert.IsFalse(TrailVerifier.Verify(trail, fixture.Ledger.Domain.LedgerId).Valid, $"{path}, gone");
        }
    }

    [TestMethod]
    public void Verify_OneEntryChanged_NamesTheFirst()
    {
        var fixture = new ReceiptFixture();
        fixture.Ledger.Leaves[5] = Flip(fixture.Ledger.Leaves[5]);
        fixture.Ledger.Leaves[7] = Flip(fixture.Ledger.Leaves[7]);

        // Log and witness sign the forged history: the entries themselves give it away.
        var report = TrailVerifier.Verify(fixture.Trail(), fixture.Ledger.Domain.LedgerId);
        Assert.AreEqual(5UL, report.FirstWrongEntry);
        Assert.IsNull(report.State);

        static byte[] Flip(byte[] leaf)
        {
            leaf[60] ^= 1;
            return leaf;
        }
    }

    // Operator, log key and witness together sign a history that breaks a rule: replaying the rules finds the entry.
    [TestMethod]
    public void Verify_UseAfterRevocation_IsFoundThoughEverybodySigned()
    {
        var fixture = new ReceiptFixture();
        var ledger = fixture.Ledger;
        ledger.Must(ledger.As(ledger.Citizen).Revoke(fixture.Consent, new StatedReason("enough", LedgerFixture.RandomDigest())));
        Append(ledger, ledger.As(ledger.Broker).Use(fixture.Consent, ledger.Worker.Address, 1, LedgerFixture.RandomDigest()));
        var report = TrailVerifier.Verify(fixture.Trail(), ledger.Domain.LedgerId);
        Assert.AreEqual(RefusalReason.Revoked, report.Refusal!.Reason);
        Assert.AreEqual((ulong)ledger.Leaves.Count - 1, report.FirstWrongEntry);
    }

    [TestMethod]
    public void Verify_EntriesSwapped_IsRefused()
    {
        var fixture = new ReceiptFixture();
        var leaves = fixture.Ledger.Leaves;
        (leaves[^1], leaves[^2]) = (leaves[^2], leaves[^1]);
        Assert.AreEqual((ulong)leaves.Count - 2, TrailVerifier.Verify(fixture.Trail(), fixture.Ledger.Domain.LedgerId).FirstWrongEntry);
    }

    [TestMethod]
    public void Verify_CheckpointOfAnotherRootOrLogOrUnwitnessed_IsRefused()
    {
        var fixture = new ReceiptFixture();
        var trail = fixture.Trail();
        trail.Write(TrailLayout.Checkpoint, fixture.Ledger.WitnessedNote(LedgerFixture.RandomDigest()));
        Assert.IsFalse(TrailVerifier.Verify(trail, fixture.Ledger.Domain.LedgerId).Valid);

        trail.Write(TrailLayout.Checkpoint, new LedgerFixture().WitnessedNote());
        Assert.IsFalse(TrailVerifier.Verify(trail, fixture.Ledger.Domain.LedgerId).Valid);

        var checkpoint = new Checkpoint(fixture.Ledger.Genesis.Origin, (ulong)fixture.Ledger.Leaves.Count, fixture.Ledger.Tree().Root());
        trail.Write(TrailLayout.Checkpoint, fixture.Ledger.Log.Sign(checkpoint).Note.Bytes.Span);
        Assert.AreEqual(RefusalReason.NotWitnessed, TrailVerifier.Verify(trail, fixture.Ledger.Domain.LedgerId).Refusal!.Reason);
    }

    [TestMethod]
    public void Verify_OtherLedgerPinned_IsRefused()
    {
        var fixture = new ReceiptFixture();
        Assert.AreEqual(RefusalReason.WrongLedger, TrailVerifier.Verify(fixture.Trail(), LedgerFixture.RandomDigest()).Refusal!.Reason);
        Assert.IsFalse(TrailVerifier.Verify(fixture.Trail(), null).Pinned);
    }

    [TestMethod]
    public void Verify_PublicationThatIsNotItsContract_IsRefused()
    {
        var fixture = new ReceiptFixture();
        var ledger = fixture.Ledger;
        var trail = fixture.Trail();
        trail.Write(TrailLayout.Document(fixture.Contract.Digest), "{}"u8);
        Assert.AreEqual(RefusalReason.DigestMismatch, TrailVerifier.Verify(trail, ledger.Domain.LedgerId).Refusal!.Reason);
        trail.Remove(TrailLayout.Document(fixture.Contract.Digest));
        Assert.AreEqual(RefusalReason.Incomplete, TrailVerifier.Verify(trail, ledger.Domain.LedgerId).Refusal!.Reason);
    }

    // Past the rules: what no honest node would append.
    private static void Append(LedgerFixture ledger, Entry entry) => ledger.Leaves.Add(ledger.Authentic(entry).Entry.ToArray());
}
