namespace PrivChain.Signatures.Fields;

/// <summary>One number for each lane, in limbs of 29 bits, lowest first. Between reductions limbs are larger.</summary>
internal struct Element<TVector>
    where TVector : struct
{
    public TVector L0, L1, L2, L3, L4, L5, L6, L7, L8;
}
