using System.Runtime.CompilerServices;
using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Fields;

/// <summary>Between numbers of four words and of nine limbs.</summary>
internal static class Words<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
{
    private const ulong Mask = (1UL << 29) - 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToLimbs(out Element<TVector> x, TVector w0, TVector w1, TVector w2, TVector w3)
    {
        var mask = TLanes.Broadcast(Mask);
        x.L0 = TLanes.And(w0, mask);
        x.L1 = TLanes.And(TLanes.ShiftRight(w0, 29), mask);
        x.L2 = TLanes.And(TLanes.Or(TLanes.ShiftRight(w0, 58), TLanes.ShiftLeft(w1, 6)), mask);
        x.L3 = TLanes.And(TLanes.ShiftRight(w1, 23), mask);
        x.L4 = TLanes.And(TLanes.Or(TLanes.ShiftRight(w1, 52), TLanes.ShiftLeft(w2, 12)), mask);
        x.L5 = TLanes.And(TLanes.ShiftRight(w2, 17), mask);
        x.L6 = TLanes.And(TLanes.Or(TLanes.ShiftRight(w2, 46), TLanes.ShiftLeft(w3, 18)), mask);
        x.L7 = TLanes.And(TLanes.ShiftRight(w3, 11), mask);
        x.L8 = TLanes.ShiftRight(w3, 40);
    }

    /// <summary>Of a canonical number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromLimbs(in Element<TVector> x, out TVector w0, out TVector w1, out TVector w2, out TVector w3)
    {
        w0 = TLanes.Or(TLanes.Or(x.L0, TLanes.ShiftLeft(x.L1, 29)), TLanes.ShiftLeft(x.L2, 58));
        w1 = TLanes.Or(TLanes.Or(TLanes.ShiftRight(x.L2, 6), TLanes.ShiftLeft(x.L3, 23)), TLanes.ShiftLeft(x.L4, 52));
        w2 = TLanes.Or(TLanes.Or(TLanes.ShiftRight(x.L4, 12), TLanes.ShiftLeft(x.L5, 17)), TLanes.ShiftLeft(x.L6, 46));
        w3 = TLanes.Or(TLanes.Or(TLanes.ShiftRight(x.L6, 18), TLanes.ShiftLeft(x.L7, 11)), TLanes.ShiftLeft(x.L8, 40));
    }

    /// <summary>The same number in each lane, from its four words.</summary>
    public static Element<TVector> Broadcast(ReadOnlySpan<ulong> words)
    {
        ToLimbs(out var x, TLanes.Broadcast(words[0]), TLanes.Broadcast(words[1]), TLanes.Broadcast(words[2]), TLanes.Broadcast(words[3]));
        return x;
    }
}
