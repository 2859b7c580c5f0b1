namespace PrivChain.Attestation.Collateral;

/// <summary>Where collateral comes from: a folder, a bundle, a cache, the vendors' services.</summary>
public interface ICollateralProvider
{
    /// <summary>Gets what is there for a request; what is missing is simply absent, and verification refuses by name.</summary>
    /// <exception cref="HttpRequestException">A service that had to answer did not.</exception>
    ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation);
}
