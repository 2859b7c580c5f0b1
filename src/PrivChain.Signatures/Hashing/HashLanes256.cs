using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PrivChain.Signatures.Hashing;

/// <summary>8 lanes.</summary>
internal readonly struct HashLanes256 : IHashLanes<Vector256<uint>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Broadcast(uint value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Load(ref readonly uint source) => Vector256.LoadUnsafe(in source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<uint> value, ref uint destination) => value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> left, Vector256<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> left, Vector256<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> And(Vector256<uint> left, Vector256<uint> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> first, Vector256<uint> second, Vector256<uint> third) => first ^ second ^ third;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Choose(Vector256<uint> mask, Vector256<uint> whenSet, Vector256<uint> whenClear) => whenClear ^ (mask & (whenSet ^ whenClear));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Majority(Vector256<uint> first, Vector256<uint> second, Vector256<uint> third) => (first & (second ^ third)) ^ (second & third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftRight(Vector256<uint> value, [ConstantExpected] int count) => value >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateRight(Vector256<uint> value, [ConstantExpected] byte count) => (value >> count) | (value << (32 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> LoadBigEndian(ref readonly byte source) => Swap(Vector256.LoadUnsafe(in source));

    public static void StoreDigests(ref Vector256<uint> state, ref byte destination)
    {
        Transpose(ref state);
        for (var lane = 0; lane < Count; lane++)
        {
            Swap(Unsafe.Add(ref state, lane).AsByte()).AsByte().StoreUnsafe(ref destination, (nuint)(lane * Vector256<byte>.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Lookup(ref readonly uint words, Vector256<uint> number)
    {
        var first = Avx2.PermuteVar8x32(Vector256.LoadUnsafe(in words), number).AsSingle();
        var second = Avx2.PermuteVar8x32(Vector256.LoadUnsafe(in words, 8), number).AsSingle();
        return Avx.BlendVariable(first, second, (number << 28).AsSingle()).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ref Vector256<uint> square)
    {
        // Pairs of words, then quarters, then halves.
        Quarters(ref square, out var a0, out var a1, out var a2, out var a3);
        Quarters(ref Unsafe.Add(ref square, 4), out var b0, out var b1, out var b2, out var b3);
        square = Avx2.Permute2x128(a0, b0, 0x20);
        Unsafe.Add(ref square, 1) = Avx2.Permute2x128(a1, b1, 0x20);
        Unsafe.Add(ref square, 2) = Avx2.Permute2x128(a2, b2, 0x20);
        Unsafe.Add(ref square, 3) = Avx2.Permute2x128(a3, b3, 0x20);
        Unsafe.Add(ref square, 4) = Avx2.Permute2x128(a0, b0, 0x31);
        Unsafe.Add(ref square, 5) = Avx2.Permute2x128(a1, b1, 0x31);
        Unsafe.Add(ref square, 6) = Avx2.Permute2x128(a2, b2, 0x31);
        Unsafe.Add(ref square, 7) = Avx2.Permute2x128(a3, b3, 0x31);
    }

    // Of four rows, the four columns in each half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(ref Vector256<uint> rows, out Vector256<uint> c0, out Vector256<uint> c1, out Vector256<uint> c2, out Vector256<uint> c3)
    {
        var low01 = Avx2.UnpackLow(rows, Unsafe.Add(ref rows, 1)).AsUInt64();
        var high01 = Avx2.UnpackHigh(rows, Unsafe.Add(ref rows, 1)).AsUInt64();
        var low23 = Avx2.UnpackLow(Unsafe.Add(ref rows, 2), Unsafe.Add(ref rows, 3)).AsUInt64();
        var high23 = Avx2.UnpackHigh(Unsafe.Add(ref rows, 2), Unsafe.Add(ref rows, 3)).AsUInt64();
        c0 = Avx2.UnpackLow(low01, low23).AsUInt32();
        c1 = Avx2.UnpackHigh(low01, low23).AsUInt32();
        c2 = Avx2.UnpackLow(high01, high23).AsUInt32();
        c3 = Avx2.UnpackHigh(high01, high23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Swap(Vector256<byte> bytes) => Avx2.Shuffle(bytes, Vector256.Create(
        (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32();
}
