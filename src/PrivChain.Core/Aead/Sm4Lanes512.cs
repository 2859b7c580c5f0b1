using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PrivChain.Core.Aead;

/// <summary>16 lanes: the substitution is two affine maps around the inverse that GFNI computes.</summary>
internal readonly struct Sm4Lanes512 : ISm4Lanes<Vector512<uint>>
{
    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported && Gfni.V512.IsSupported && Sm4Lanes128.IsSupported;

    public static int Count => 16;

    public static Vector512<uint> Order => Vector512.Create(0u, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Broadcast(uint value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint First(Vector512<uint> value) => value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ClearFirst(Vector512<uint> value) => value.WithElement(0, 0u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> left, Vector512<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> left, Vector512<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> RotateLeft(Vector512<uint> value, [ConstantExpected] byte count) => Avx512F.RotateLeft(value, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Substitute(Vector512<uint> value)
    {
        var before = Gfni.V512.GaloisFieldAffineTransform(value.AsByte(), Vector512.Create(Sm4.Before).AsByte(), Sm4.BeforeConstant);
        return Gfni.V512.GaloisFieldAffineTransformInverse(before, Vector512.Create(Sm4.After).AsByte(), Sm4.AfterConstant).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ReverseBytes(Vector512<uint> value) => Avx512BW.Shuffle(
        value.AsByte(),
        Vector512.Create(Vector256.Create(Sm4Lanes128.WordOrder, Sm4Lanes128.WordOrder), Vector256.Create(Sm4Lanes128.WordOrder, Sm4Lanes128.WordOrder))).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> UnpackLow32(Vector512<uint> left, Vector512<uint> right) => Avx512F.UnpackLow(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> UnpackHigh32(Vector512<uint> left, Vector512<uint> right) => Avx512F.UnpackHigh(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> UnpackLow64(Vector512<uint> left, Vector512<uint> right) => Avx512F.UnpackLow(left.AsUInt64(), right.AsUInt64()).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> UnpackHigh64(Vector512<uint> left, Vector512<uint> right) => Avx512F.UnpackHigh(left.AsUInt64(), right.AsUInt64()).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Load(ref readonly byte source) => Vector512.LoadUnsafe(in source).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<uint> value, ref byte destination) => value.AsByte().StoreUnsafe(ref destination);
}
