using System.Diagnostics;

namespace PrivChain.Benchmarks;

/// <summary>
/// Two things timed in turn, A B A B, in one process: on a shared machine only their ratio means something. The figure is the median of the ratios of the
/// rounds, with the smallest and largest beside it.
/// </summary>
internal static class Interleaved
{
    /// <param name="rounds">Rounds that count.</param>
    /// <param name="ours">What is measured.</param>
    /// <param name="reference">What it is measured against.</param>
    /// <param name="oursItems">Items that one call of ours does.</param>
    /// <param name="referenceItems">Items that one call of the reference does; the ratio is by item.</param>
    public static async Task<Ratio> MeasureAsync(int rounds, Func<Task> ours, Func<Task> reference, int oursItems = 1, int referenceItems = 1)
    {
        // One round unrecorded: compilation, caches, files.
        await ours();
        await reference();
        var ratios = new List<double>();
        var oursSeconds = new List<double>();
        var referenceSeconds = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var first = await TimeAsync(ours);
            var second = await TimeAsync(reference);
            oursSeconds.Add(first);
            referenceSeconds.Add(second);
            ratios.Add(second / referenceItems / (first / oursItems));
        }

        ratios.Sort();
        return new Ratio(Median(ratios), ratios[0], ratios[^1], Median([.. oursSeconds.Order()]) / oursItems, Median([.. referenceSeconds.Order()]) / referenceItems);
    }

    private static double Median(List<double> sorted) => sorted[sorted.Count / 2];

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
