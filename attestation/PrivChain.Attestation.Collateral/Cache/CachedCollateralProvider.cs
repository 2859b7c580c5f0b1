namespace PrivChain.Attestation.Collateral.Cache;

/// <summary>
/// Asks another provider, and keeps its answers. A kept one is given while it is younger than <paramref name="maxAge"/>, and after that only when the other fails: whether it still counts is for the verifier to say, which looks
/// at the items' own times and at the policy's greatest age.
/// </summary>
/// <param name="source">Who is asked.</param>
/// <param name="store">Where answers are kept.</param>
/// <param name="maxAge">How long a kept answer is given without asking.</param>
/// <param name="time">The clock.</param>
public sealed class CachedCollateralProvider(ICollateralProvider source, ICollateralStore store, TimeSpan maxAge, TimeProvider time) : ICollateralProvider
{
    /// <inheritdoc/>
    public async ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        var key = CollateralKey.Of(request);
        var kept = store.Find(key);
        var now = time.GetUtcNow();

        // A clock that was set back makes an answer one of the future: ask again.
        if (kept is not null && kept.FetchedAt <= now && now - kept.FetchedAt < maxAge)
        {
            return kept.Set;
        }

        try
        {
            var set = await source.GetAsync(request, cancellation).ConfigureAwait(false);
            if (set.IsEmpty)
            {
                return kept?.Set ?? set;
            }

            store.Put(key, new KeptCollateral(set, now));
            return set;
        }
        catch (HttpRequestException) when (kept is not null)
        {
            return kept.Set;
        }
    }
}
