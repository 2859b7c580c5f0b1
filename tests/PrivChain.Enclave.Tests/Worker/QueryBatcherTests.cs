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

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Quiet_ComesTwiceAfterQueries_AndNeverWhileOneIsUnderWay()
    {
        var calls = 0;
        var answering = new SemaphoreSlim(0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        var batcher = new QueryBatcher((_, cancellation) => answering.WaitAsync(cancellation), () => Interlocked.Increment(ref calls), new HastyTime(Factor));
        var running = batcher.RunAsync(stop.Token);
        for (var round = 1; round <= 2; round++)
        {
            var before = calls;
            await batcher.EnqueueAsync(new PendingQuery(null!, 1, new QueryDocument { Consent = Digest.OfSha256("consent"u8), Nonce = default }), stop.Token);
            await LongAsync();
            Assert.AreEqual(before, calls, "a query is under way");
            answering.Release();
            while (calls < 2 * round)
            {
                await Task.Delay(5, stop.Token);
            }

            await LongAsync();
            Assert.AreEqual(2 * round, calls, "nothing came meanwhile");
        }

        await stop.CancelAsync();
        await running;
    }

    private static Task LongAsync() => Task.Delay(2 * QueryBatcher.Again / Factor);
}
