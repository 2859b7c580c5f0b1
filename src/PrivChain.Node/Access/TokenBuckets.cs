namespace PrivChain.Node.Access;

/// <summary>A token bucket for each caller. Bounded: when too many callers are remembered, full buckets, which say nothing, are forgotten first.</summary>
internal sealed class TokenBuckets(TimeProvider time, int perSecond, int burst)
{
    private const int MaxCallers = 20_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (double Tokens, long At)> _buckets = new(StringComparer.Ordinal);

    /// <summary>Takes one token; false when there is none. A trusted caller's bucket is larger by the factor.</summary>
    public bool TryTake(string caller, int factor = 1)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var capacity = (double)burst * factor;
            var tokens = capacity;
            if (_buckets.TryGetValue(caller, out var bucket))
            {
                tokens = Math.Min(capacity, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond * factor));
            }
            else if (_buckets.Count >= MaxCallers)
            {
                Forget(now);
                if (_buckets.Count >= MaxCallers)
                {
                    return false;
                }
            }

            var granted = tokens >= 1;
            _buckets[caller] = (granted ? tokens - 1 : tokens, now);
            return granted;
        }
    }

    private void Forget(long now)
    {
        foreach (var (caller, bucket) in _buckets.ToList())
        {
            if (bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond) >= burst)
            {
                _buckets.Remove(caller);
            }
        }
    }
}
