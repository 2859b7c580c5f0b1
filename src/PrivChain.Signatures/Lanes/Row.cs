namespace PrivChain.Signatures.Lanes;

/// <summary>Eight words for each lane: the coordinates of a point, four words each, lowest first.</summary>
internal struct Row<TVector>
    where TVector : struct
{
    public TVector W0, W1, W2, W3, W4, W5, W6, W7;
}
