using PrivChain.Node.Access;

namespace PrivChain.Node.Tests.Access;

[TestClass]
public sealed class TokenBucketsTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    [TestMethod]
    public void TryTake_MoreThanTheBurst_WaitsForTheRate()
    {
        var buckets = new TokenBuckets(_time, perSecond: 10, burst: 5);
        for (var i = 0; i < 5; i++)
        {
            Assert.IsTrue(buckets.TryTake("a"));
        }

        Assert.IsFalse(buckets.TryTake("a"));
        Assert.IsTrue(buckets.TryTake("b"), "another caller has a bucket of its own");
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.IsFalse(buckets.TryTake("a"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.IsTrue(buckets.TryTake("a"));
        Assert.IsFalse(buckets.TryTake("a"));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(5, Enumerable.Range(0, 9).Count(_ => buckets.TryTake("a")), "a pause does not save up more than the burst");
    }

    [TestMethod]
    public void TryTake_TrustedCaller_HasTheFactor()
    {
        var buckets = new TokenBuckets(_time, perSecond: 1, burst: 2);
        Assert.AreEqual(20, Enumerable.Range(0, 30).Count(_ => buckets.TryTake("broker", factor: 10)));
    }

    // Memory stays bounded, and a flood of new callers does not refill the buckets of those who are spent.
    [TestMethod]
    public void TryTake_FloodOfCallers_ForgetsOnlyFullBuckets()
    {
        var buckets = new TokenBuckets(_time, perSecond: 1, burst: 2);
        Assert.IsTrue(buckets.TryTake("spent") && buckets.TryTake("spent"));
        var refused = Enumerable.Range(0, 30_000).Count(i => !buckets.TryTake("new " + i));
        Assert.IsGreaterThan(9_000, refused);
        Assert.IsFalse(buckets.TryTake("spent"));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.IsTrue(buckets.TryTake("later"));
    }
}
