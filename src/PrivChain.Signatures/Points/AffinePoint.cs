using PrivChain.Signatures.Fields;

namespace PrivChain.Signatures.Points;

/// <summary>A finite point for each lane.</summary>
internal struct AffinePoint<TVector>
    where TVector : struct
{
    public Element<TVector> X, Y;
}
