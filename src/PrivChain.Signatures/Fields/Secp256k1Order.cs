namespace PrivChain.Signatures.Fields;

/// <summary>The order of secp256k1's group.</summary>
internal readonly struct Secp256k1Order : IModulus
{
    public static ulong P0 => 0x10364141;

    public static ulong P1 => 0x1e92f466;

    public static ulong P2 => 0x12280eef;

    public static ulong P3 => 0x1db9cd5e;

    public static ulong P4 => 0x1fffebaa;

    public static ulong P5 => 0x1fffffff;

    public static ulong P6 => 0x1fffffff;

    public static ulong P7 => 0x1fffffff;

    public static ulong P8 => 0xffffff;

    public static ulong Q0 => 0x10364141;

    public static ulong Q1 => 0x1e92f466;

    public static ulong Q2 => 0x12280eef;

    public static ulong Q3 => 0x1db9cd5e;

    public static ulong Q4 => 0x1fffebaa;

    public static ulong Q5 => 0x1fffffff;

    public static ulong Q6 => 0x1fffffff;

    public static ulong Q7 => 0x1fffffff;

    public static ulong Q8 => 0xffffff;

    public static ulong NegativeInverse => 0x1588b13f;

    public static bool Folds => false;
}
