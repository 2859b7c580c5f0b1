namespace PrivChain.Attestation;

/// <summary>Times from outside.</summary>
public static class AttestationTime
{
    private static readonly ulong _last = (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>A time from unix milliseconds; numbers beyond the year 9999 become its end, which nothing is valid at.</summary>
    public static DateTimeOffset FromUnixMilliseconds(ulong milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(milliseconds, _last));
}
