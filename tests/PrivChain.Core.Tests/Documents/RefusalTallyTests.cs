using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;

namespace PrivChain.Core.Tests.Documents;

[TestClass]
public sealed class RefusalTallyTests
{
    private static readonly DateOnly _day = new(2031, 5, 17);

    [TestMethod]
    public void Layout()
    {
        var tally = Tally(Row(_day, 1, RefusalReason.Revoked, 3), Row(_day, 2, RefusalReason.FieldNotInContract, 1), Row(_day.AddDays(1), 1, RefusalReason.Revoked, uint.MaxValue)).ToArray();
        LayoutAssert.RoundTripsAndRefusesOtherLengths(tally, bytes => RefusalTally.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        LayoutAssert.MutationsAreRefusedOrCanonical(tally, bytes => RefusalTally.TryParse(bytes, out var parsed) ? parsed.ToArray() : null, seed: 11);
        Assert.IsTrue(RefusalTally.TryParse(tally, out var read));
        Assert.AreEqual(7u, read.Sequence);
        Assert.AreEqual(Row(_day, 2, RefusalReason.FieldNotInContract, 1), read.Rows[1]);
    }

    [TestMethod]
    public void TryParse_RowsOutOfOrderTwiceOrEmpty_AreRefused()
    {
        var (first, second) = (Row(_day, 1, RefusalReason.Revoked, 3), Row(_day, 1, RefusalReason.Exhausted, 3));
        Assert.IsTrue(RefusalTally.TryParse(Tally(first, second).ToArray(), out _));
        foreach (var (rows, what) in new (RefusedQueries[], string)[]
        {
            ([second, first], "out of order"), ([first, first], "twice"), ([first with { Count = 0 }], "no count"), ([first with { Reason = RefusalReason.None }], "no reason"),
            ([.. Enumerable.Range(0, RefusalTally.MaxRows + 1).Select(i => Row(_day.AddDays(i), 1, RefusalReason.Revoked, 1))], "too many"),
        })
        {
            Assert.IsFalse(RefusalTally.TryParse(Tally(rows).ToArray(), out _), what);
        }

        Assert.IsFalse(RefusalTally.TryParse((Tally(first) with { Sequence = 0 }).ToArray(), out _), "sequences begin at 1");
        var late = Tally(first).ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(late.AsSpan(1 + sizeof(uint) + sizeof(ushort)), (uint)DateOnly.MaxValue.DayNumber + 1);
        Assert.IsFalse(RefusalTally.TryParse(late, out _), "a day after the last");
    }

    // The longest fits into the size that all have.
    [TestMethod]
    public void PaddedSize_HoldsTheLongest()
    {
        var fixture = new LedgerFixture();
        using var key = Hpke.HpkePrivateKey.Generate(Hpke.HpkeKem.X25519);
        int SizeOf(RefusalTally tally) => InboxMessage.Seal(
            fixture.Domain, fixture.Institution, fixture.Regulator.Address, key.PublicKey, InboxMessageKind.RefusalTally, 1, tally.ToArray(), RefusalTally.PaddedSize).Length;
        Assert.AreEqual(SizeOf(Tally()), SizeOf(Tally([.. Enumerable.Range(0, RefusalTally.MaxRows).Select(i => Row(_day.AddDays(i), 1, RefusalReason.Revoked, uint.MaxValue))])));
    }

    private static RefusalTally Tally(params RefusedQueries[] rows) => new() { Sequence = 7, Rows = rows };

    private static RefusedQueries Row(DateOnly day, byte institution, RefusalReason reason, uint count)
    {
        var bytes = new byte[AccountAddress.Size];
        bytes[^1] = institution;
        return new RefusedQueries(day, new AccountAddress(bytes), reason, count);
    }
}
