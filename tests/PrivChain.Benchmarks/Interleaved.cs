using System.Diagnostics;

namespace PrivChain.Benchmarks;

/// <summary>
/// Two things timed in turn, A B A B, in one process: on a shared machine only their ratio means something. The figure is the median of the ratios of the
/// rounds, with the smallest and largest beside it.
/// </summary>
internal static class Interleaved
{
    public static async Task<Ratio> MeasureAsync(int rounds, Func<Task> ours, Func<Task> reference)
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
            ratios.Add(second / first);
        }

        ratios.Sort();
        return new Ratio(Median(ratios), ratios[0], ratios[^1], Median([.. oursSeconds.Order()]), Median([.. referenceSeconds.Order()]));
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
