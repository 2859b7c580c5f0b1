using System.Security.Cryptography;

namespace PrivChain.Signatures.Tests.Engine;

[TestClass]
public sealed class BatchCollectorTests
{
    private sealed record Request(byte[] Key, byte[] Digest, byte[] Signature);

    // Thousands of callers at once, every other with a wrong signature, another's key or another's digest: each gets the verdict of its own.
    [TestMethod]
    public async Task AskAsync_ThousandsOfCallers_GetTheirOwnVerdicts()
    {
        var verifier = new BatchVerifier(SignatureScheme.EcdsaP256);
        var largest = 0;
        var collector = new BatchCollector<Request, bool>(64, 256, (requests, verdicts) =>
        {
            largest = Math.Max(largest, requests.Length);
            byte[] keys = [], digests = [], signatures = [];
            foreach (var request in requests)
            {
                (keys, digests, signatures) = ([.. keys, .. request.Key], [.. digests, .. request.Digest], [.. signatures, .. request.Signature]);
            }

            verifier.Verify(keys, digests, signatures, verdicts);
        });
        var requests = Requests(4000);
        var verdicts = await Task.WhenAll(requests.Select(request => Task.Run(() => collector.AskAsync(request.Request))));
        for (var i = 0; i < verdicts.Length; i++)
        {
            Assert.AreEqual(requests[i].Valid, verdicts[i], $"caller {i}");
        }

        Assert.IsGreaterThan(1, largest, "callers came together");
        Assert.IsLessThanOrEqualTo(64, largest);
    }

    [TestMethod]
    public async Task AskAsync_OneCallerAlone_IsAnsweredWithoutTheWindow()
    {
        // Were it waited for, this would take a minute.
        var collector = new BatchCollector<int, int>(8, 8, Double, TimeSpan.FromSeconds(1));
        await OneByOneAsync().WaitAsync(TimeSpan.FromSeconds(30));

        async Task OneByOneAsync()
        {
            for (var i = 0; i < 60; i++)
            {
                Assert.AreEqual(2 * i, await collector.AskAsync(i));
            }
        }
    }

    [TestMethod]
    public async Task AskAsync_Cancelled_EndsThatCallerAlone()
    {
        using var hold = new ManualResetEventSlim();
        var seen = new List<int>();
        var collector = new BatchCollector<int, int>(8, 2, (requests, results) =>
        {
            hold.Wait();
            seen.AddRange(requests);
            Double(requests, results);
        });
        var first = collector.AskAsync(1);
        while (collector.Waiting > 0)
        {
            await Task.Yield();
        }

        // One waits in the queue and one is left; two more find it full.
        using var cancellation = new CancellationTokenSource();
        var (second, third) = (collector.AskAsync(2, cancellation.Token), collector.AskAsync(3));
        var (fourth, fifth) = (collector.AskAsync(4, cancellation.Token), collector.AskAsync(5));
        Assert.AreEqual(2, collector.Waiting);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => second);
        await Assert.ThrowsAsync<OperationCanceledException>(() => fourth);
        hold.Set();
        CollectionAssert.AreEqual((int[])[2, 6, 10], await Task.WhenAll(first, third, fifth).WaitAsync(TimeSpan.FromSeconds(30)));
        CollectionAssert.AreEqual((int[])[1, 3, 5], seen);
        await Assert.ThrowsAsync<OperationCanceledException>(() => collector.AskAsync(6, cancellation.Token));
    }

    [TestMethod]
    public async Task AskAsync_ProcessThrows_EveryCallerOfTheBatchIsTold()
    {
        var fail = true;
        var collector = new BatchCollector<int, int>(8, 64, (requests, results) =>
        {
            if (fail)
            {
                throw new InvalidOperationException("broken");
            }

            Double(requests, results);
        });
        foreach (var task in Enumerable.Range(0, 20).Select(i => collector.AskAsync(i)).ToList())
        {
            Assert.AreEqual("broken", (await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => task)).Message);
        }

        // And the next ones are served.
        fail = false;
        Assert.AreEqual(8, await collector.AskAsync(4));
    }

    // Both are in their batches at once: each waits for the other.
    [TestMethod]
    public async Task AskAsync_TwoBatchesAtOnce_AreAnsweredSideBySide()
    {
        using var both = new Barrier(2);
        var together = 0;
        var collector = new BatchCollector<int, int>(
            8, 8,
            (requests, results) =>
            {
                Interlocked.Add(ref together, both.SignalAndWait(TimeSpan.FromSeconds(60)) ? 1 : 0);
                Double(requests, results);
            },
            batchesAtOnce: 2);
        var first = collector.AskAsync(1);
        while (both.ParticipantsRemaining == 2)
        {
            await Task.Yield();
        }

        CollectionAssert.AreEqual((int[])[2, 4], await Task.WhenAll(first, collector.AskAsync(2)));
        Assert.AreEqual(2, together);
    }

    // Under load nobody is forgotten, whoever comes when all are at work, and never are more at work than were allowed.
    [TestMethod]
    public async Task AskAsync_ManyCallersAndFewAtOnce_AllAreAnsweredAndTheLimitHolds()
    {
        var (running, most) = (0, 0);
        var collector = new BatchCollector<int, int>(
            4, 16,
            (requests, results) =>
            {
                var now = Interlocked.Increment(ref running);
                for (var seen = most; now > seen; seen = most)
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                Double(requests, results);
                Interlocked.Decrement(ref running);
            },
            TimeSpan.Zero,
            batchesAtOnce: 3);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20_000).Select(i => Task.Run(() => collector.AskAsync(i)))).WaitAsync(TimeSpan.FromMinutes(5));
        CollectionAssert.AreEqual(Enumerable.Range(0, 20_000).Select(i => 2 * i).ToArray(), answers);
        Assert.IsLessThanOrEqualTo(3, most);
    }

    [TestMethod]
    public void Constructor_SizesBelowOne_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BatchCollector<int, int>(1, 1, Double, batchesAtOnce: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BatchCollector<int, int>(0, 1, Double));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BatchCollector<int, int>(1, 0, Double));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BatchCollector<int, int>(1, 1, Double, TimeSpan.FromSeconds(2)));
    }

    private static void Double(ReadOnlySpan<int> requests, Span<int> results)
    {
        for (var i = 0; i < requests.Length; i++)
        {
            results[i] = 2 * requests[i];
        }
    }

    private static List<(Request Request, bool Valid)> Requests(int count)
    {
        using ECDsa first = ECDsa.Create(ECCurve.NamedCurves.nistP256), second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var digest = SHA256.HashData(BitConverter.GetBytes(i));
            var signature = first.SignHash(digest);
            var key = Point(i % 6 == 1 ? second : first);
            if (i % 6 == 3)
            {
                signature[i % 64] ^= 1;
            }

            return (new Request(key, i % 6 == 5 ? SHA256.HashData(digest) : digest, signature), i % 2 == 0);
        })];
    }

    private static byte[] Point(ECDsa key)
    {
        var q = key.ExportParameters(false).Q;
        return [.. q.X!, .. q.Y!];
    }
}
