namespace PrivChain.Attestation.Collateral.Cache;

/// <summary>Keeps answers for the life of a process. When it is full the one fetched longest ago goes: requests come from evidence that nothing has verified, so their number must be bounded.</summary>
/// <param name="capacity">How many answers, at least 1.</param>
public sealed class MemoryCollateralStore(int capacity = 256) : ICollateralStore
{
    private readonly Dictionary<string, KeptCollateral> _kept = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public KeptCollateral? Find(ReadOnlySpan<byte> key)
    {
        lock (_lock)
        {
            return _kept.GetValueOrDefault(Convert.ToHexString(key));
        }
    }

    /// <inheritdoc/>
    public void Put(ReadOnlySpan<byte> key, KeptCollateral kept)
    {
        lock (_lock)
        {
            _kept[Convert.ToHexString(key)] = kept;
            if (_kept.Count > capacity)
            {
                _ = _kept.Remove(_kept.MinBy(pair => pair.Value.FetchedAt).Key);
            }
        }
    }
}
