using System.Diagnostics;

namespace PrivChain.Benchmarks;

/// <summary>
/// Two things timed in turn, A B A B, in one process: on a shared machine only their ratio means something. The figure is the median of the ratios of the
/// rounds, with the smallest and largest beside it.
/// </summary>
internal static class Interleaved
{
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(1);

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

    /// <summary>
    /// Two things that take a millisecond each, in turn one by one: within a round the median of each, so that a turn in which the machine did something else counts for nothing. The figure is again the median over the rounds.
    /// </summary>
    public static Ratio MeasureShort(int rounds, int repeats, Action ours, Action reference, int items = 1)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < _warmUp;)
        {
            ours();
            reference();
        }

        var results = new List<(double Ours, double Reference)>();
        for (var round = 0; round < rounds; round++)
        {
            var oursSeconds = new List<double>();
            var referenceSeconds = new List<double>();
            for (var i = 0; i < repeats; i++)
            {
                oursSeconds.Add(Time(ours));
                referenceSeconds.Add(Time(reference));
            }

            results.Add((Median([.. oursSeconds.Order()]), Median([.. referenceSeconds.Order()])));
        }

        var ratios = results.ConvertAll(result => result.Reference / result.Ours).Order().ToList();
        return new Ratio(Median(ratios), ratios[0], ratios[^1], Median([.. results.Select(result => result.Ours).Order()]) / items, Median([.. results.Select(result => result.Reference).Order()]) / items);
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
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
