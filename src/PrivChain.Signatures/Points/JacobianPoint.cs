using PrivChain.Signatures.Fields;

namespace PrivChain.Signatures.Points;

/// <summary>A point (X/Z², Y/Z³) for each lane. Z = 0 is infinity, or the result of an addition that needed a doubling: see <see cref="Group{TVector, TLanes, TPrime}"/>.</summary>
internal struct JacobianPoint<TVector>
    where TVector : struct
{
    public Element<TVector> X, Y, Z;
}
