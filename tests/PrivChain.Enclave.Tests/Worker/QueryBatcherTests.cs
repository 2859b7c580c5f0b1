using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Enclave.Tests.World;
using PrivChain.Enclave.Worker;

namespace PrivChain.Enclave.Tests.Worker;

/// <summary>When the moment is quiet in which dropped memory is given back.</summary>
[TestClass]
public sealed class QueryBatcherTests
{
    private const int Factor = 40;

    // In which it would have come.
    private static readonly TimeSpan _long = 2 * QueryBatcher.Again / Factor;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Quiet_ComesTwiceAfterQueries_AndNeverWhileOneIsUnderWay()
    {
        using var quiet = new SemaphoreSlim(0);
        using var answering = new SemaphoreSlim(0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        var batcher = new QueryBatcher((_, cancellation) => answering.WaitAsync(cancellation), () => quiet.Release(), new HastyTime(Factor));
        var running = batcher.RunAsync(stop.Token);
        for (var round = 0; round < 2; round++)
        {
            await batcher.EnqueueAsync(new PendingQuery(null!, 1, new QueryDocument { Consent = Digest.OfSha256("consent"u8), Nonce = default }), stop.Token);
            Assert.IsFalse(await quiet.WaitAsync(_long, stop.Token), "a query is under way");
            answering.Release();
            await quiet.WaitAsync(stop.Token);
            await quiet.WaitAsync(stop.Token);
            Assert.IsFalse(await quiet.WaitAsync(_long, stop.Token), "nothing came meanwhile");
        }

        await stop.CancelAsync();
        await running;
    }
}
