namespace PrivChain.Signatures.Fields;

/// <summary>The order of SM2's group.</summary>
internal readonly struct Sm2Order : IModulus
{
    public static ulong P0 => 0x19d54123;

    public static ulong P1 => 0x1ddfa049;

    public static ulong P2 => 0x11814ad4;

    public static ulong P3 => 0x7bed643;

    public static ulong P4 => 0x1ffff720;

    public static ulong P5 => 0x1fffffff;

    public static ulong P6 => 0x1fffffff;

    public static ulong P7 => 0x1fdfffff;

    public static ulong P8 => 0xffffff;

    public static ulong Q0 => 0x19d54123;

    public static ulong Q1 => 0x1ddfa049;

    public static ulong Q2 => 0x11814ad4;

    public static ulong Q3 => 0x7bed643;

    public static ulong Q4 => 0x1ffff720;

    public static ulong Q5 => 0x1fffffff;

    public static ulong Q6 => 0x1fffffff;

    public static ulong Q7 => 0x1fdfffff;

    public static ulong Q8 => 0xffffff;

    public static ulong NegativeInverse => 0x12350975;

    public static bool Folds => false;
}
