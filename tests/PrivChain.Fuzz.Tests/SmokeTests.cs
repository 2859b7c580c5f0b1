using System.Diagnostics;
using PrivChain.Tests.Shared;

namespace PrivChain.Fuzz.Tests;

/// <summary>Every harness for a moment, on seeded changes of its seeds: no exception, and bounded time and memory. The search that follows coverage is <c>tests/fuzz.sh</c>.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class SmokeTests
{
    private const int Rounds = 1500;
    private const int Seed = 20261124;

    // For inputs of 64 KiB and a machine that does other things too; what is wrong takes minutes or gigabytes.
    private const long MaxAllocated = 64 * 1024 * 1024;
    private static readonly TimeSpan _maxTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _budget = TimeSpan.FromSeconds(1);

    private static readonly Lazy<IReadOnlyList<byte[]>> _files = new(() => Corpus.Files(VectorFolder.Folder()));

    // Parsers whose input is several files together, or signed by parties that a harness would have to play: still searched from bytes that they refuse. The list may only get shorter.
    private static readonly string[] _startFromNoise =
    [
        "consent-record", "contract", "evidence-azure-sev-snp", "evidence-azure-tdx", "genesis", "keystore", "pck-certificates", "receipt", "split-view-proof", "tlog-proof", "typed-data", "witness-request",
    ];

    public static IEnumerable<object[]> Names => Harnesses.All.Select(harness => new object[] { harness.Name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Parser_ChangedSeeds_AreTakenOrRefusedInBoundedTimeAndMemory(string name)
    {
        var harness = Harnesses.All.Single(harness => harness.Name == name);
        var seeds = Corpus.SeedsOf(harness, _files.Value);
        var random = new Random(Seed);
        var mutator = new Mutator(random);
        var previous = seeds[0];
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < Rounds && watch.Elapsed < _budget; round++)
        {
            // Now and then a change of what was changed before: errors lie behind two or three steps.
            var from = round % 3 == 2 ? previous : seeds[random.Next(seeds.Count)];
            var bytes = mutator.Change(from, seeds[random.Next(seeds.Count)]);
            Try(harness, bytes, round);
            previous = bytes.Length < Corpus.MaxSeed ? bytes : seeds[0];
        }
    }

    /// <summary>A search that starts from noise learns nothing of what lies behind a parser's first check.</summary>
    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Parser_TakesOneOfItsSeeds(string name)
    {
        var harness = Harnesses.All.Single(harness => harness.Name == name);
        Assert.AreEqual(!_startFromNoise.Contains(name), Corpus.SeedsOf(harness, _files.Value).Any(harness.Takes), name);
    }

    private static void Try(Harness harness, byte[] bytes, int round)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        try
        {
            _ = harness.Takes(bytes);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{harness}, round {round}: {exception}\n{Convert.ToHexString(bytes)}");
        }

        Assert.IsLessThan(_maxTime, Stopwatch.GetElapsedTime(started), $"{harness}, round {round}: {Convert.ToHexString(bytes)}");
        Assert.IsLessThan(MaxAllocated, GC.GetAllocatedBytesForCurrentThread() - before, $"{harness}, round {round}: {Convert.ToHexString(bytes)}");
    }
}
