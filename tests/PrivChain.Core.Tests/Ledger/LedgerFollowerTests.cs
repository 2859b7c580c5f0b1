using PrivChain.Core.Ledger;

namespace PrivChain.Core.Tests.Ledger;

[TestClass]
public sealed class LedgerFollowerTests
{
    // Leaves are hashed late, many at once; whoever asks in between must not see a tree without them.
    [TestMethod]
    public void RootAndFrontier_BetweenCheckpoints_HaveEveryEntry()
    {
        var fixture = new LedgerFixture().WithEverybody();
        LedgerFollower byRoot = new(fixture.Genesis), byFrontier = new(fixture.Genesis);
        for (var i = 0; i < fixture.Leaves.Count; i++)
        {
            Assert.IsTrue(byRoot.Accept(fixture.Leaves[i]).Accepted);
            Assert.IsTrue(byFrontier.Accept(fixture.Leaves[i]).Accepted);
            var size = (ulong)i + 1;
            Assert.AreEqual(fixture.Tree().Root(size), byRoot.Root);
            CollectionAssert.AreEqual(fixture.Tree().Frontier(size).ToArray(), byFrontier.Frontier.ToArray());
        }
    }
}
