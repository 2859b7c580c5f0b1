namespace PrivChain.Attestation.Collateral.Cache;

/// <summary>Where answers are kept between requests. It needs no trust: what it gives back is verified like everything else.</summary>
public interface ICollateralStore
{
    /// <summary>Gets what is kept under a key (<see cref="CollateralKey"/>), or null.</summary>
    KeptCollateral? Find(ReadOnlySpan<byte> key);

    /// <summary>Keeps an answer in place of an earlier one.</summary>
    void Put(ReadOnlySpan<byte> key, KeptCollateral kept);
}
