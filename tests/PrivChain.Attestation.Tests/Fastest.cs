using System.Diagnostics;

namespace PrivChain.Attestation.Tests;

/// <summary>How long something takes at its best: other work on the machine only ever adds.</summary>
internal static class Fastest
{
    private const int Tries = 6;

    /// <summary>Milliseconds of the fastest of a few tries.</summary>
    public static double Of(Action act)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var started = Stopwatch.GetTimestamp();
            act();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return best;
    }
}
