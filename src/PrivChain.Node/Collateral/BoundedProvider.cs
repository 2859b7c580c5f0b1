using PrivChain.Attestation.Collateral;

namespace PrivChain.Node.Collateral;

/// <summary>Asks another provider for a short time, and not again for a while after it failed: an enclave that identifies itself waits for the answer, and is as well served by the one that was kept.</summary>
internal sealed class BoundedProvider(ICollateralProvider source, TimeSpan limit, TimeSpan pause, TimeProvider time) : ICollateralProvider
{
    private DateTimeOffset _failedAt = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public async ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        // A clock that was set back makes it a failure of the future: ask.
        if (time.GetUtcNow() - _failedAt is var since && since >= TimeSpan.Zero && since < pause)
        {
            throw new HttpRequestException($"failed {since.TotalSeconds:F0} s ago, asked again after {pause.TotalSeconds:F0} s");
        }

        using var bounded = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bounded.Token, cancellation);
        try
        {
            return await source.GetAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _failedAt = time.GetUtcNow();
            throw new HttpRequestException($"no answer in {limit.TotalSeconds:F0} s");
        }
        catch (HttpRequestException)
        {
            _failedAt = time.GetUtcNow();
            throw;
        }
    }
}
