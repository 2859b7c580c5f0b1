using System.Runtime.CompilerServices;
using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Fields;

/// <summary>What coordinates need beside <see cref="Modular{TVector, TLanes, TModulus}"/>: differences, multiples, and bringing lazy limbs back.</summary>
internal static class PrimeField<TVector, TLanes, TPrime>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
    where TPrime : struct, IPrime
{
    private const ulong Mask = (1UL << 29) - 1;

    /// <summary>Four times the modulus is added first, so that no limb goes below zero: <paramref name="right"/> is carried or reduced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(ref Element<TVector> result, in Element<TVector> left, in Element<TVector> right)
    {
        result.L0 = TLanes.Subtract(TLanes.Add(left.L0, TLanes.Broadcast(TPrime.Bias[0])), right.L0);
        result.L1 = TLanes.Subtract(TLanes.Add(left.L1, TLanes.Broadcast(TPrime.Bias[1])), right.L1);
        result.L2 = TLanes.Subtract(TLanes.Add(left.L2, TLanes.Broadcast(TPrime.Bias[2])), right.L2);
        result.L3 = TLanes.Subtract(TLanes.Add(left.L3, TLanes.Broadcast(TPrime.Bias[3])), right.L3);
        result.L4 = TLanes.Subtract(TLanes.Add(left.L4, TLanes.Broadcast(TPrime.Bias[4])), right.L4);
        result.L5 = TLanes.Subtract(TLanes.Add(left.L5, TLanes.Broadcast(TPrime.Bias[5])), right.L5);
        result.L6 = TLanes.Subtract(TLanes.Add(left.L6, TLanes.Broadcast(TPrime.Bias[6])), right.L6);
        result.L7 = TLanes.Subtract(TLanes.Add(left.L7, TLanes.Broadcast(TPrime.Bias[7])), right.L7);
        result.L8 = TLanes.Subtract(TLanes.Add(left.L8, TLanes.Broadcast(TPrime.Bias[8])), right.L8);
    }

    /// <summary>Sixteen times the modulus is added first: limbs of <paramref name="right"/> are below 10 · 2^29.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SubtractWide(ref Element<TVector> result, in Element<TVector> left, in Element<TVector> right)
    {
        result.L0 = TLanes.Subtract(TLanes.Add(left.L0, TLanes.Broadcast(TPrime.WideBias[0])), right.L0);
        result.L1 = TLanes.Subtract(TLanes.Add(left.L1, TLanes.Broadcast(TPrime.WideBias[1])), right.L1);
        result.L2 = TLanes.Subtract(TLanes.Add(left.L2, TLanes.Broadcast(TPrime.WideBias[2])), right.L2);
        result.L3 = TLanes.Subtract(TLanes.Add(left.L3, TLanes.Broadcast(TPrime.WideBias[3])), right.L3);
        result.L4 = TLanes.Subtract(TLanes.Add(left.L4, TLanes.Broadcast(TPrime.WideBias[4])), right.L4);
        result.L5 = TLanes.Subtract(TLanes.Add(left.L5, TLanes.Broadcast(TPrime.WideBias[5])), right.L5);
        result.L6 = TLanes.Subtract(TLanes.Add(left.L6, TLanes.Broadcast(TPrime.WideBias[6])), right.L6);
        result.L7 = TLanes.Subtract(TLanes.Add(left.L7, TLanes.Broadcast(TPrime.WideBias[7])), right.L7);
        result.L8 = TLanes.Subtract(TLanes.Add(left.L8, TLanes.Broadcast(TPrime.WideBias[8])), right.L8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Negate(ref Element<TVector> result, in Element<TVector> value)
    {
        result.L0 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[0]), value.L0);
        result.L1 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[1]), value.L1);
        result.L2 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[2]), value.L2);
        result.L3 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[3]), value.L3);
        result.L4 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[4]), value.L4);
        result.L5 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[5]), value.L5);
        result.L6 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[6]), value.L6);
        result.L7 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[7]), value.L7);
        result.L8 = TLanes.Subtract(TLanes.Broadcast(TPrime.Bias[8]), value.L8);
    }

    /// <summary>2p less a canonical value: at most twice the prime.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NegateCanonical(ref Element<TVector> result, in Element<TVector> canonical)
    {
        result.L0 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[0]), canonical.L0);
        result.L1 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[1]), canonical.L1);
        result.L2 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[2]), canonical.L2);
        result.L3 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[3]), canonical.L3);
        result.L4 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[4]), canonical.L4);
        result.L5 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[5]), canonical.L5);
        result.L6 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[6]), canonical.L6);
        result.L7 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[7]), canonical.L7);
        result.L8 = TLanes.Subtract(TLanes.Broadcast(TPrime.SmallBias[8]), canonical.L8);
    }

    /// <summary>A multiple of up to nine; limbs grow with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(ref Element<TVector> result, in Element<TVector> value, ulong factor)
    {
        var by = TLanes.Broadcast(factor);
        result.L0 = TLanes.Multiply(value.L0, by);
        result.L1 = TLanes.Multiply(value.L1, by);
        result.L2 = TLanes.Multiply(value.L2, by);
        result.L3 = TLanes.Multiply(value.L3, by);
        result.L4 = TLanes.Multiply(value.L4, by);
        result.L5 = TLanes.Multiply(value.L5, by);
        result.L6 = TLanes.Multiply(value.L6, by);
        result.L7 = TLanes.Multiply(value.L7, by);
        result.L8 = TLanes.Multiply(value.L8, by);
    }

    /// <summary>Passes each limb's excess to the next, once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Carry(ref Element<TVector> x)
    {
        var mask = TLanes.Broadcast(Mask);
        x.L8 = TLanes.Add(x.L8, TLanes.ShiftRight(x.L7, 29));
        x.L7 = TLanes.Add(TLanes.And(x.L7, mask), TLanes.ShiftRight(x.L6, 29));
        x.L6 = TLanes.Add(TLanes.And(x.L6, mask), TLanes.ShiftRight(x.L5, 29));
        x.L5 = TLanes.Add(TLanes.And(x.L5, mask), TLanes.ShiftRight(x.L4, 29));
        x.L4 = TLanes.Add(TLanes.And(x.L4, mask), TLanes.ShiftRight(x.L3, 29));
        x.L3 = TLanes.Add(TLanes.And(x.L3, mask), TLanes.ShiftRight(x.L2, 29));
        x.L2 = TLanes.Add(TLanes.And(x.L2, mask), TLanes.ShiftRight(x.L1, 29));
        x.L1 = TLanes.Add(TLanes.And(x.L1, mask), TLanes.ShiftRight(x.L0, 29));
        x.L0 = TLanes.And(x.L0, mask);
    }

    /// <summary>Folds what lies above 2^256, then carries: the value is at most a little above the modulus.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Settle(ref Element<TVector> x)
    {
        var excess = TLanes.ShiftRight(x.L8, 24);
        x.L8 = TLanes.And(x.L8, TLanes.Broadcast((1UL << 24) - 1));
        TPrime.AddExcess<TVector, TLanes>(ref x, excess);
        Carry(ref x);
    }
}
