using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Fields;

/// <summary>The prime of P-256: 2^256 - 2^224 + 2^192 + 2^96 - 1.</summary>
internal readonly struct P256Prime : IPrime
{
    public static ulong P0 => 0x1fffffff;

    public static ulong P1 => 0x1fffffff;

    public static ulong P2 => 0x1fffffff;

    public static ulong P3 => 0x1ff;

    public static ulong P4 => 0x0;

    public static ulong P5 => 0x0;

    public static ulong P6 => 0x40000;

    public static ulong P7 => 0x1fe00000;

    public static ulong P8 => 0xffffff;

    public static ulong Q0 => 0x0;

    public static ulong Q1 => 0x0;

    public static ulong Q2 => 0x0;

    public static ulong Q3 => 0x200;

    public static ulong Q4 => 0x0;

    public static ulong Q5 => 0x0;

    public static ulong Q6 => 0x40000;

    public static ulong Q7 => 0x1fe00000;

    public static ulong Q8 => 0xffffff;

    public static ulong NegativeInverse => 0x1;

    public static bool Folds => false;

    public static bool AIsMinusThree => true;

    public static ReadOnlySpan<ulong> SmallBias => [0x3ffffffe, 0x3ffffffe, 0x3ffffffe, 0x200003fe, 0x1fffffff, 0x1fffffff, 0x2007ffff, 0x3fbfffff, 0x1fffffe];

    public static ReadOnlySpan<ulong> Bias => [0x5ffffffc, 0x5ffffffd, 0x5ffffffd, 0x400007fd, 0x3ffffffe, 0x3ffffffe, 0x400ffffe, 0x5f7ffffe, 0x3fffffd];

    public static ReadOnlySpan<ulong> WideBias => [0x15ffffff0, 0x15ffffff5, 0x15ffffff5, 0x140001ff5, 0x13ffffff6, 0x13ffffff6, 0x1403ffff6, 0x15dfffff6, 0xffffff5];

    public static void AddExcess<TVector, TLanes>(ref Element<TVector> x, TVector excess)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        x.L0 = TLanes.Add(x.L0, excess);
        x.L3 = TLanes.Subtract(x.L3, TLanes.ShiftLeft(excess, 9));
        x.L6 = TLanes.Subtract(x.L6, TLanes.ShiftLeft(excess, 18));
        x.L7 = TLanes.Add(x.L7, TLanes.ShiftLeft(excess, 21));
    }
}
