using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Fields;

/// <summary>The prime of SM2: 2^256 - 2^224 - 2^96 + 2^64 - 1.</summary>
internal readonly struct Sm2Prime : IPrime
{
    public static ulong P0 => 0x1fffffff;

    public static ulong P1 => 0x1fffffff;

    public static ulong P2 => 0x3f;

    public static ulong P3 => 0x1ffffe00;

    public static ulong P4 => 0x1fffffff;

    public static ulong P5 => 0x1fffffff;

    public static ulong P6 => 0x1fffffff;

    public static ulong P7 => 0x1fdfffff;

    public static ulong P8 => 0xffffff;

    public static ulong Q0 => 0x0;

    public static ulong Q1 => 0x0;

    public static ulong Q2 => 0x40;

    public static ulong Q3 => 0x1ffffe00;

    public static ulong Q4 => 0x1fffffff;

    public static ulong Q5 => 0x1fffffff;

    public static ulong Q6 => 0x1fffffff;

    public static ulong Q7 => 0x1fdfffff;

    public static ulong Q8 => 0xffffff;

    public static ulong NegativeInverse => 0x1;

    public static bool Folds => false;

    public static bool AIsMinusThree => true;

    public static ReadOnlySpan<ulong> SmallBias => [0x3ffffffe, 0x3ffffffe, 0x2000007e, 0x3ffffbff, 0x3ffffffe, 0x3ffffffe, 0x3ffffffe, 0x3fbffffe, 0x1fffffe];

    public static ReadOnlySpan<ulong> Bias => [0x5ffffffc, 0x5ffffffd, 0x400000fd, 0x5ffff7fe, 0x5ffffffd, 0x5ffffffd, 0x5ffffffd, 0x5f7ffffd, 0x3fffffd];

    public static ReadOnlySpan<ulong> WideBias => [0x15ffffff0, 0x15ffffff5, 0x1400003f5, 0x15fffdff6, 0x15ffffff5, 0x15ffffff5, 0x15ffffff5, 0x15dfffff5, 0xffffff5];

    public static void AddExcess<TVector, TLanes>(ref Element<TVector> x, TVector excess)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        x.L0 = TLanes.Add(x.L0, excess);
        x.L2 = TLanes.Subtract(x.L2, TLanes.ShiftLeft(excess, 6));
        x.L3 = TLanes.Add(x.L3, TLanes.ShiftLeft(excess, 9));
        x.L7 = TLanes.Add(x.L7, TLanes.ShiftLeft(excess, 21));
    }
}
