using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Governance;

namespace PrivChain.Sdk.Tests.Connection;

/// <summary>A node's counts of what it refused: read as they are, newest day first, and nothing out of bounds.</summary>
[TestClass]
public sealed class RefusedCallsTests
{
    [TestMethod]
    public void Read_NewestDayFirst_ThenTheMost()
    {
        var read = RefusedCalls.Read([Count(day: 20_000), Count(day: 20_001, count: 3), Count(day: 20_001, count: uint.MaxValue), Count(reason: 198)]);
        CollectionAssert.AreEqual(new uint[] { uint.MaxValue, 3, 1, 1 }, read.Select(count => count.Count).ToArray());
        Assert.AreEqual(new DateOnly(2024, 10, 5), read[0].Day);
        Assert.AreEqual(20_001U, RefusedCalls.Number(read[0].Day));
        Assert.AreEqual(RefusedRole.Institution, read[0].Role);
        Assert.AreEqual("6", RefusedCalls.Read([Count(role: 6)])[0].Role.ToString(), "a newer node's");
        Assert.AreEqual(0U, RefusedCalls.Number(new DateOnly(1969, 1, 1)));
    }

    [TestMethod]
    public void Read_OutOfBounds_IsMalformed()
    {
        RefusalCount[] bad = [Count(day: 3_000_000), Count(day: uint.MaxValue), Count(method: ""), Count(method: new string('x', 101)), Count(reason: 0), Count(reason: 200), Count(role: 100)];
        foreach (var count in bad)
        {
            Assert.AreEqual(RefusalReason.Malformed, Assert.ThrowsExactly<RefusalException>(() => RefusedCalls.Read([Count(), count])).Reason, count.ToString());
        }

        Assert.AreEqual(RefusalReason.TooLarge, Assert.ThrowsExactly<RefusalException>(() => RefusedCalls.Read([.. Enumerable.Repeat(Count(), 50_001)])).Reason);
    }

    private static RefusalCount Count(uint day = 20_000, string method = "/a/b", uint reason = 100, uint role = 1, uint count = 1) =>
        new() { Day = day, Method = method, Reason = reason, Role = role, Count = count };
}
