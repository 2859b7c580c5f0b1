namespace PrivChain.Attestation.Collateral.Files;

/// <summary>The same set whatever is asked: a folder or bundle that was read. An item for another platform is refused where evidence is verified.</summary>
/// <param name="set">The set.</param>
public sealed class FixedCollateralProvider(CollateralSet set) : ICollateralProvider
{
    /// <inheritdoc/>
    public ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation) => ValueTask.FromResult(set);
}
