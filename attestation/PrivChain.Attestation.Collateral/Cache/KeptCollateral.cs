namespace PrivChain.Attestation.Collateral.Cache;

/// <summary>An answer that was kept.</summary>
/// <param name="Set">The items, as they came.</param>
/// <param name="FetchedAt">When they came.</param>
public sealed record KeptCollateral(CollateralSet Set, DateTimeOffset FetchedAt);
