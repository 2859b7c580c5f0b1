using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Fields;

/// <summary>The prime of secp256k1: 2^256 - 2^32 - 977.</summary>
internal readonly struct Secp256k1Prime : IPrime
{
    public static ulong P0 => 0x1ffffc2f;

    public static ulong P1 => 0x1ffffff7;

    public static ulong P2 => 0x1fffffff;

    public static ulong P3 => 0x1fffffff;

    public static ulong P4 => 0x1fffffff;

    public static ulong P5 => 0x1fffffff;

    public static ulong P6 => 0x1fffffff;

    public static ulong P7 => 0x1fffffff;

    public static ulong P8 => 0xffffff;

    public static ulong Q0 => 0x1ffffc2f;

    public static ulong Q1 => 0x1ffffff7;

    public static ulong Q2 => 0x1fffffff;

    public static ulong Q3 => 0x1fffffff;

    public static ulong Q4 => 0x1fffffff;

    public static ulong Q5 => 0x1fffffff;

    public static ulong Q6 => 0x1fffffff;

    public static ulong Q7 => 0x1fffffff;

    public static ulong Q8 => 0xffffff;

    public static ulong NegativeInverse => 0x12253531;

    public static bool Folds => true;

    public static bool AIsMinusThree => false;

    public static ReadOnlySpan<ulong> SmallBias => [0x3ffff85e, 0x3fffffee, 0x3ffffffe, 0x3ffffffe, 0x3ffffffe, 0x3ffffffe, 0x3ffffffe, 0x3ffffffe, 0x1fffffe];

    public static ReadOnlySpan<ulong> Bias => [0x5ffff0bc, 0x5fffffdd, 0x5ffffffd, 0x5ffffffd, 0x5ffffffd, 0x5ffffffd, 0x5ffffffd, 0x5ffffffd, 0x3fffffd];

    public static ReadOnlySpan<ulong> WideBias => [0x15fffc2f0, 0x15fffff75, 0x15ffffff5, 0x15ffffff5, 0x15ffffff5, 0x15ffffff5, 0x15ffffff5, 0x15ffffff5, 0xffffff5];

    public static void AddExcess<TVector, TLanes>(ref Element<TVector> x, TVector excess)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        x.L0 = TLanes.MultiplyAdd(x.L0, excess, TLanes.Broadcast(977));
        x.L1 = TLanes.Add(x.L1, TLanes.ShiftLeft(excess, 3));
    }
}
