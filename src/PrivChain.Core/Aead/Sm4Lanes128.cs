using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PrivChain.Core.Aead;

/// <summary>4 lanes: AESENCLAST inverts, and the affine maps around it are looked up by half bytes within a register.</summary>
internal readonly struct Sm4Lanes128 : ISm4Lanes<Vector128<uint>>
{
    private static readonly Vector128<byte> BeforeLow = Table(Sm4.Before, Sm4.BeforeConstant, 0);
    private static readonly Vector128<byte> BeforeHigh = Table(Sm4.Before, 0, 4);
    private static readonly Vector128<byte> AfterLow = Table(Sm4.AfterAes, Sm4.AfterAesConstant, 0);
    private static readonly Vector128<byte> AfterHigh = Table(Sm4.AfterAes, 0, 4);

    public static bool IsSupported => System.Runtime.Intrinsics.X86.Aes.IsSupported && Ssse3.IsSupported;

    public static int Count => 4;

    public static Vector128<uint> Order => Vector128.Create(0u, 1, 2, 3);

    /// <summary>The bytes of each word in the other order.</summary>
    public static Vector128<byte> WordOrder => Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);

    // Undoes ShiftRows, which AESENCLAST does too.
    private static Vector128<byte> RowOrder => Vector128.Create((byte)0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Broadcast(uint value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint First(Vector128<uint> value) => value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ClearFirst(Vector128<uint> value) => value.WithElement(0, 0u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Add(Vector128<uint> left, Vector128<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Xor(Vector128<uint> left, Vector128<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RotateLeft(Vector128<uint> value, [ConstantExpected] byte count) => (value << count) | (value >>> (32 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Substitute(Vector128<uint> value)
    {
        var inverted = System.Runtime.Intrinsics.X86.Aes.EncryptLast(Map(value.AsByte(), BeforeLow, BeforeHigh), Vector128<byte>.Zero);
        return Map(Ssse3.Shuffle(inverted, RowOrder), AfterLow, AfterHigh).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ReverseBytes(Vector128<uint> value) => Ssse3.Shuffle(value.AsByte(), WordOrder).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> UnpackLow32(Vector128<uint> left, Vector128<uint> right) => Sse2.UnpackLow(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> UnpackHigh32(Vector128<uint> left, Vector128<uint> right) => Sse2.UnpackHigh(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> UnpackLow64(Vector128<uint> left, Vector128<uint> right) => Sse2.UnpackLow(left.AsUInt64(), right.AsUInt64()).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> UnpackHigh64(Vector128<uint> left, Vector128<uint> right) => Sse2.UnpackHigh(left.AsUInt64(), right.AsUInt64()).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Load(ref readonly byte source) => Vector128.LoadUnsafe(in source).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<uint> value, ref byte destination) => value.AsByte().StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Map(Vector128<byte> value, Vector128<byte> low, Vector128<byte> high)
    {
        var half = Vector128.Create((byte)0x0f);
        return Ssse3.Shuffle(low, value & half) ^ Ssse3.Shuffle(high, (value.AsUInt32() >>> 4).AsByte() & half);
    }

    private static Vector128<byte> Table(ulong matrix, byte constant, int shift)
    {
        Span<byte> table = stackalloc byte[16];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = Sm4.Affine(matrix, constant, (byte)(i << shift));
        }

        return Vector128.Create<byte>(table);
    }
}
