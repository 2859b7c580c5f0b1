using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Cache;
using PrivChain.Attestation.Collateral.Files;

namespace PrivChain.Attestation.Tests.Collateral;

[TestClass]
public sealed class CachedCollateralProviderTests
{
    private static readonly CollateralRequest _request = new CollateralRequest.Intel(false, "00606A000000", "platform");
    private static readonly TimeSpan _maxAge = TimeSpan.FromHours(1);

    private readonly StandingClock _clock = new();
    private readonly Source _source = new();
    private readonly MemoryCollateralStore _store = new(2);

    private CachedCollateralProvider Provider => new(_source, _store, _maxAge, _clock);

    [TestMethod]
    public async Task Get_WithinTheAge_AsksOnce_AndAgainAfterIt()
    {
        var first = await Provider.GetAsync(_request, CancellationToken.None);
        _clock.Now += _maxAge - TimeSpan.FromTicks(1);
        Assert.AreSame(first, await Provider.GetAsync(_request, CancellationToken.None));
        Assert.AreEqual(1, _source.Asked);
        _clock.Now += TimeSpan.FromTicks(1);
        Assert.AreNotSame(first, await Provider.GetAsync(_request, CancellationToken.None));
        Assert.AreEqual(2, _source.Asked);
    }

    [TestMethod]
    public async Task Get_ClockSetBack_AsksAgain()
    {
        _ = await Provider.GetAsync(_request, CancellationToken.None);
        _clock.Now -= TimeSpan.FromSeconds(1);
        _ = await Provider.GetAsync(_request, CancellationToken.None);
        Assert.AreEqual(2, _source.Asked);
    }

    // The verifier, which looks at the items' own times, says whether an old answer still counts.
    [TestMethod]
    public async Task Get_SourceFailsOrHasNothing_GivesTheOldAnswer_AndWithoutOneFails()
    {
        _source.Fails = true;
        await Assert.ThrowsExactlyAsync<HttpRequestException>(async () => await Provider.GetAsync(_request, CancellationToken.None));
        _source.Fails = false;
        var kept = await Provider.GetAsync(_request, CancellationToken.None);
        _clock.Now += 2 * _maxAge;
        _source.Fails = true;
        Assert.AreSame(kept, await Provider.GetAsync(_request, CancellationToken.None));
        _source.Fails = false;
        _source.HasNothing = true;
        Assert.AreSame(kept, await Provider.GetAsync(_request, CancellationToken.None));
    }

    [TestMethod]
    public async Task Get_Nothing_IsNotKept()
    {
        _source.HasNothing = true;
        Assert.IsTrue((await Provider.GetAsync(_request, CancellationToken.None)).IsEmpty);
        _source.HasNothing = false;
        Assert.IsFalse((await Provider.GetAsync(_request, CancellationToken.None)).IsEmpty);
    }

    [TestMethod]
    public void Store_Full_ForgetsTheOldest()
    {
        var keys = Enumerable.Range(0, 3).Select(i => new[] { (byte)i }).ToList();
        for (var i = 0; i < keys.Count; i++)
        {
            _store.Put(keys[i], new KeptCollateral(CollateralSet.Empty, _clock.Now.AddSeconds(i)));
        }

        Assert.IsNull(_store.Find(keys[0]));
        Assert.IsNotNull(_store.Find(keys[1]));
        Assert.IsNotNull(_store.Find(keys[2]));
    }

    // Each part of a request makes it another one; parts cannot run into each other.
    [TestMethod]
    public void Key_UnlikeRequests_HaveUnlikeKeys()
    {
        var tcb = new Dictionary<string, int> { ["blSPL"] = 1, ["snpSPL"] = 2 };
        var requests = new CollateralRequest[]
        {
            _request,
            new CollateralRequest.Intel(true, "00606A000000", "platform"),
            new CollateralRequest.Intel(false, "00606A000001", "platform"),
            new CollateralRequest.Intel(false, "00606A000000", "processor"),
            new CollateralRequest.Intel(false, "00606A000000p", "latform"),
            new CollateralRequest.Amd("Milan", "aa", tcb),
            new CollateralRequest.Amd("Genoa", "aa", tcb),
            new CollateralRequest.Amd("Milan", "ab", tcb),
            new CollateralRequest.Amd("Milan", "aa", new Dictionary<string, int> { ["blSPL"] = 2, ["snpSPL"] = 1 }),
            new CollateralRequest.Amd("Milan", "aa", new Dictionary<string, int>()),
            new CollateralRequest.Maa("https://a"),
            new CollateralRequest.Maa("https://b"),
        };
        Assert.HasCount(requests.Length, requests.Select(request => Convert.ToHexString(CollateralKey.Of(request))).ToHashSet());
        CollectionAssert.AreEqual(CollateralKey.Of(new CollateralRequest.Amd("Milan", "aa", new Dictionary<string, int> { ["snpSPL"] = 2, ["blSPL"] = 1 })), CollateralKey.Of(requests[5]), "the order of parts says nothing");
    }

    [TestMethod]
    public async Task FirstAnswer_PassesOverFailuresAndNothing_AndMixesNoTwoAnswers()
    {
        var answer = new CollateralSet([new(CollateralName.TcbInfo, new byte[] { 1 })]);
        var other = new CollateralSet([new(CollateralName.QeIdentity, new byte[] { 2 })]);
        var fails = new Source { Fails = true };
        var nothing = new FixedCollateralProvider(CollateralSet.Empty);
        Assert.AreSame(answer, await new FirstAnswerProvider(fails, nothing, new FixedCollateralProvider(answer), new FixedCollateralProvider(other)).GetAsync(_request, CancellationToken.None));
        Assert.IsTrue((await new FirstAnswerProvider(nothing).GetAsync(_request, CancellationToken.None)).IsEmpty);
        await Assert.ThrowsExactlyAsync<HttpRequestException>(async () => await new FirstAnswerProvider(fails, nothing).GetAsync(_request, CancellationToken.None));
    }

    private sealed class Source : ICollateralProvider
    {
        public int Asked { get; private set; }

        public bool Fails { get; set; }

        public bool HasNothing { get; set; }

        public ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
        {
            Asked++;
            return Fails ? throw new HttpRequestException("down")
                : ValueTask.FromResult(HasNothing ? CollateralSet.Empty : new CollateralSet([new(CollateralName.TcbInfo, new byte[] { (byte)Asked })]));
        }
    }

    private sealed class StandingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
