using Dapper;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Cache;
using PrivChain.Core.Refusals;
using PrivChain.Node.Collateral;
using PrivChain.Node.Storage;

namespace PrivChain.Node.Tests.Collateral;

[TestClass]
public sealed class CollateralStoreTests
{
    private static readonly DateTimeOffset _at = new(2026, 11, 24, 12, 0, 0, 123, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-collateral-store-").FullName;

    private string File => Path.Combine(_folder, "collateral.db");

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Put_ThenFind_GivesTheSameSetAndTime_AlsoAfterARestart()
    {
        With(10, store => store.Put(Key(1), Kept(1)));
        With(10, store =>
        {
            var kept = store.Find(Key(1));
            Assert.IsNotNull(kept);
            CollectionAssert.AreEqual(Kept(1).Set.Digest.ToArray(), kept.Set.Digest.ToArray());
            Assert.AreEqual(_at.AddSeconds(1), kept.FetchedAt);
            Assert.IsNull(store.Find(Key(2)));
        });
    }

    [TestMethod]
    public void Put_Again_ReplacesTheAnswer() => With(10, store =>
    {
        store.Put(Key(1), Kept(1));
        store.Put(Key(1), Kept(2));
        Assert.AreEqual(_at.AddSeconds(2), store.Find(Key(1))!.FetchedAt);
    });

    // Requests come from evidence that nothing has verified: whoever sends much must not fill the disk.
    [TestMethod]
    public void Put_AboveTheCapacity_ForgetsTheOldest() => With(2, store =>
    {
        foreach (var i in new byte[] { 3, 1, 2 })
        {
            store.Put(Key(i), Kept(i));
        }

        Assert.IsNull(store.Find(Key(1)));
        Assert.IsNotNull(store.Find(Key(2)));
        Assert.IsNotNull(store.Find(Key(3)));
    });

    [TestMethod]
    [DataRow("UPDATE collateral SET bundle = x'7b7d'")]
    [DataRow("UPDATE collateral SET bundle = x''")]
    [DataRow("UPDATE collateral SET fetched_at = -1")]
    [DataRow("UPDATE collateral SET fetched_at = 9223372036854775807")]
    public void Find_RowSpoiledOnDisk_IsAsGoodAsNone(string spoil)
    {
        With(10, store => store.Put(Key(1), Kept(1)));
        using (var database = CollateralStore.Open(File))
        using (var writer = database.ConnectWriter())
        {
            Assert.AreEqual(1, writer.Execute(spoil));
        }

        With(10, store =>
        {
            Assert.IsNull(store.Find(Key(1)));
            store.Put(Key(1), Kept(2));
            Assert.IsNotNull(store.Find(Key(1)));
        });
    }

    [TestMethod]
    public void Open_FileOfANewerProgram_IsRefused()
    {
        using (var database = CollateralStore.Open(File))
        using (var writer = database.ConnectWriter())
        {
            writer.Execute("INSERT INTO migrations (name, text) VALUES ('002_collateral.sql', '')");
        }

        var refused = Assert.ThrowsExactly<RefusalException>(() => CollateralStore.Open(File));
        Assert.AreEqual(RefusalReason.UnknownVersion, refused.Reason);
    }

    // The store under the provider that uses it: a restart asks nobody again within the age.
    [TestMethod]
    public async Task Provider_OverTheStore_KeepsAnswersOverARestart()
    {
        var source = new CountingSource();
        var request = new CollateralRequest.Intel(true, "00806F050000", "platform");
        for (var start = 0; start < 2; start++)
        {
            using var database = CollateralStore.Open(File);
            using var store = new CollateralStore(database, 10);
            var set = await new CachedCollateralProvider(source, store, TimeSpan.FromHours(1), new ManualTime(_at)).GetAsync(request, CancellationToken.None);
            CollectionAssert.AreEqual(Kept(1).Set.Digest.ToArray(), set.Digest.ToArray());
        }

        Assert.AreEqual(1, source.Asked);
    }

    private static byte[] Key(byte number) => [.. Enumerable.Repeat(number, CollateralKey.Size)];

    private static KeptCollateral Kept(byte number) => new(new CollateralSet([new(CollateralName.TcbInfo, new[] { number })]), _at.AddSeconds(number));

    private void With(int capacity, Action<CollateralStore> act)
    {
        using var database = CollateralStore.Open(File);
        using var store = new CollateralStore(database, capacity);
        act(store);
    }

    private sealed class CountingSource : ICollateralProvider
    {
        public int Asked { get; private set; }

        public ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
        {
            Asked++;
            return ValueTask.FromResult(Kept(1).Set);
        }
    }
}
