namespace PrivChain.Attestation.Collateral.Http;

/// <summary>How vendors' services are asked. The addresses are given to each provider: nothing in evidence or in an answer chooses where a request goes.</summary>
public sealed record CollateralHttpOptions
{
    /// <summary>Time limit of one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts after the first, for time-outs, broken connections, 408, 429 and 5xx; at least 1.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Pause before the second attempt; it doubles. A service that says <c>Retry-After</c> is obeyed up to <see cref="MaxPause"/>.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause between attempts.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer in bytes.</summary>
    public int MaxSize { get; init; } = CollateralSet.MaxItemSize;

    /// <summary>The clock of time limits and pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The connection, or null for one that follows no redirect, keeps no cookie and unpacks nothing. A caching service with a certificate of its own wants a handler that pins it; a handler that follows redirects is found out and refused.
    /// </summary>
    public HttpMessageHandler? Handler { get; init; }
}
