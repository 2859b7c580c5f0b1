using PrivChain.App.Wallets;
using PrivChain.Core.Bytes;

namespace PrivChain.App.Tests;

/// <summary>However many institutions there are, a look costs the same, and everybody's turn comes.</summary>
[TestClass]
public sealed class TurnsTests
{
    [TestMethod]
    [DataRow(3)]
    [DataRow(16)]
    [DataRow(100)]
    public void EverybodysTurnComes_AndThoseNearAreReadEveryTime(int count)
    {
        var all = Enumerable.Range(1, count).Select(Institution).ToList();
        var (asked, expected) = (all[0], all[^1]);
        var turns = new Turns();
        turns.Expect(expected);
        var read = new HashSet<AccountAddress>();
        for (var look = 0; look < (count + Turns.AtOnce - 1) / Turns.AtOnce; look++)
        {
            var now = turns.Next(all, [asked]);
            Assert.IsLessThanOrEqualTo(Turns.AtOnce + 2, now.Count);
            CollectionAssert.IsSubsetOf(new[] { asked, expected }, now.ToArray());
            read.UnionWith(now);
        }

        CollectionAssert.AreEquivalent(all, read.ToList());
    }

    private static AccountAddress Institution(int number)
    {
        var bytes = new byte[AccountAddress.Size];
        bytes[^1] = (byte)number;
        return new AccountAddress(bytes);
    }
}
