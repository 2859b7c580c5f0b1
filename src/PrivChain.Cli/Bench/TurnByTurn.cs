using System.Diagnostics;
using System.Runtime;

namespace PrivChain.Cli.Bench;

/// <summary>
/// Two things timed in turn in one process: on a machine that does other work only their ratio means something. What counts is the processor's time, which other programs take none of;
/// for waiting, the clock's.
/// </summary>
internal static class TurnByTurn
{
    // In a round each has as many turns, and the median of them counts: a turn in which the machine did something else counts for nothing.
    private const int Turns = 9;

    // Nine turns of a tenth of a millisecond are over sooner than another program's slice of the core.
    private static readonly TimeSpan _waitingRound = TimeSpan.FromMilliseconds(50);

    private const int LeastCalls = 30;

    // A method that was called thirty times is compiled anew, beside the program's own work and 100 ms after the last such event: on a busy machine that takes seconds. So the work goes on until nothing was
    // compiled for as long as this, and not for ever where something else compiles.
    private static readonly TimeSpan _settled = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _mostWarmUp = TimeSpan.FromSeconds(5);

    /// <summary>The ratios of the rounds in ascending order, and the median time of one item of each.</summary>
    public static (double[] Ratios, double Ours, double Reference) Measure(int rounds, Action ours, int oursItems, Action reference, int referenceItems, CancellationToken cancellation)
    {
        WarmUp(
            () =>
            {
                ours();
                reference();
            },
            cancellation);
        var (all, allOurs, allReference) = (new double[rounds], new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            var (oursTimes, referenceTimes) = (new double[Turns], new double[Turns]);
            for (var i = 0; i < Turns; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                oursTimes[i] = Processor(ours) / oursItems;
                referenceTimes[i] = Processor(reference) / referenceItems;
            }

            (allOurs[round], allReference[round]) = (Median(oursTimes), Median(referenceTimes));
            all[round] = allReference[round] / allOurs[round];
        }

        Array.Sort(all);
        return (all, Median(allOurs), Median(allReference));
    }

    /// <summary>The times of the rounds in milliseconds by the clock, in ascending order.</summary>
    public static double[] Wait(int rounds, Action action, CancellationToken cancellation)
    {
        WarmUp(action, cancellation);
        var all = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var turns = new List<double>();
            for (var started = Stopwatch.GetTimestamp(); turns.Count < Turns || Stopwatch.GetElapsedTime(started) < _waitingRound;)
            {
                cancellation.ThrowIfCancellationRequested();
                var start = Stopwatch.GetTimestamp();
                action();
                turns.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            all[round] = Median([.. turns]);
        }

        Array.Sort(all);
        return all;
    }

    private static void WarmUp(Action action, CancellationToken cancellation)
    {
        var (started, compiled) = (Stopwatch.GetTimestamp(), JitInfo.GetCompiledMethodCount());
        var since = started;
        for (var calls = 0; (calls < LeastCalls || Stopwatch.GetElapsedTime(since) < _settled) && Stopwatch.GetElapsedTime(started) < _mostWarmUp; calls++)
        {
            cancellation.ThrowIfCancellationRequested();
            action();
            if (JitInfo.GetCompiledMethodCount() is var now && now != compiled)
            {
                (compiled, since) = (now, Stopwatch.GetTimestamp());
            }
        }
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    // In microseconds, of this whole process: nothing else runs in it meanwhile.
    private static double Processor(Action action)
    {
        var start = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - start).TotalMicroseconds;
    }
}
