namespace PrivChain.Core.Ledger;

/// <summary>
/// A clock's reading as documents and entries carry it. Clocks are wrong: one set before 1970 reads 0, which is before everything is valid, so that what follows is refused by its rule rather than by an
/// overflow in whoever looked at the clock.
/// </summary>
public static class UnixTime
{
    /// <summary>Seconds since 1970, or 0.</summary>
    public static ulong Seconds(DateTimeOffset time) => (ulong)Math.Max(0, time.ToUnixTimeSeconds());

    /// <summary>Milliseconds since 1970, or 0.</summary>
    public static ulong Milliseconds(DateTimeOffset time) => (ulong)Math.Max(0, time.ToUnixTimeMilliseconds());
}
