namespace PrivChain.Signatures.Fields;

/// <summary>The order of P-256's group.</summary>
internal readonly struct P256Order : IModulus
{
    public static ulong P0 => 0x1c632551;

    public static ulong P1 => 0x1dce5617;

    public static ulong P2 => 0x5e7a13c;

    public static ulong P3 => 0xdf55b4e;

    public static ulong P4 => 0x1ffffbce;

    public static ulong P5 => 0x1fffffff;

    public static ulong P6 => 0x3ffff;

    public static ulong P7 => 0x1fe00000;

    public static ulong P8 => 0xffffff;

    public static ulong Q0 => 0x1c632551;

    public static ulong Q1 => 0x1dce5617;

    public static ulong Q2 => 0x5e7a13c;

    public static ulong Q3 => 0xdf55b4e;

    public static ulong Q4 => 0x1ffffbce;

    public static ulong Q5 => 0x1fffffff;

    public static ulong Q6 => 0x3ffff;

    public static ulong Q7 => 0x1fe00000;

    public static ulong Q8 => 0xffffff;

    public static ulong NegativeInverse => 0xe00bc4f;

    public static bool Folds => false;
}
