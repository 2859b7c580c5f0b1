using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Fields;

/// <summary>The prime of a curve's field, just below 2^256.</summary>
internal interface IPrime : IModulus
{
    /// <summary>True for y² = x³ - 3x + b, false for y² = x³ + b.</summary>
    static abstract bool AIsMinusThree { get; }

    /// <summary>2p in limbs of at least 2^29 - 1.</summary>
    static abstract ReadOnlySpan<ulong> SmallBias { get; }

    /// <summary>4p in limbs of at least 2^30 - 2.</summary>
    static abstract ReadOnlySpan<ulong> Bias { get; }

    /// <summary>16p in limbs of at least 10 · 2^29 - 10.</summary>
    static abstract ReadOnlySpan<ulong> WideBias { get; }

    /// <summary>Adds <c>excess · 2^256</c> modulo p to limbs that are far enough from zero, for an excess of at most 8 bits.</summary>
    static abstract void AddExcess<TVector, TLanes>(ref Element<TVector> x, TVector excess)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>;
}
