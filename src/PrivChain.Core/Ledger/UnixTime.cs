namespace PrivChain.Core.Ledger;

/// <summary>
/// A clock's reading as documents and entries carry it. Clocks are wrong: one set before 1970 reads 0, which is before everything is valid, so that what follows is refused by its rule rather than by an
/// overflow in whoever looked at the clock.
/// </summary>
public static class UnixTime
{
    // A day from either end of what a date can be: whoever shows one moves it by some hours.
    private static readonly long _first = DateTimeOffset.MinValue.AddDays(1).ToUnixTimeSeconds();
    private static readonly long _last = DateTimeOffset.MaxValue.AddDays(-1).ToUnixTimeSeconds();

    /// <summary>Seconds since 1970, or 0.</summary>
    public static ulong Seconds(DateTimeOffset time) => (ulong)Math.Max(0, time.ToUnixTimeSeconds());

    /// <summary>Milliseconds since 1970, or 0.</summary>
    public static ulong Milliseconds(DateTimeOffset time) => (ulong)Math.Max(0, time.ToUnixTimeMilliseconds());

    /// <summary>True when a number that a stranger wrote is a time that a calendar has.</summary>
    public static bool IsDate(ulong seconds) => seconds <= (ulong)_last;

    /// <summary>The time of a number that a stranger wrote, in any time zone; for a number after the last date that a calendar has, the last but one.</summary>
    public static DateTimeOffset Date(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(seconds, (ulong)_last));

    /// <summary>As <see cref="Date(ulong)"/>, of a number that may be before 1970.</summary>
    public static DateTimeOffset Date(long seconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, _first, _last));

    /// <summary>As <see cref="Date(ulong)"/>, of milliseconds.</summary>
    public static DateTimeOffset DateOfMilliseconds(ulong milliseconds) =>
        milliseconds / 1000 < (ulong)_last ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : Date(ulong.MaxValue);
}
