using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PrivChain.Signatures.Hashing;

/// <summary>16 lanes.</summary>
internal readonly struct HashLanes512 : IHashLanes<Vector512<uint>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Broadcast(uint value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Load(ref readonly uint source) => Vector512.LoadUnsafe(in source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<uint> value, ref uint destination) => value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> left, Vector512<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> left, Vector512<uint> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> And(Vector512<uint> left, Vector512<uint> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> first, Vector512<uint> second, Vector512<uint> third) => Avx512F.TernaryLogic(first, second, third, 0x96);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Choose(Vector512<uint> mask, Vector512<uint> whenSet, Vector512<uint> whenClear) => Avx512F.TernaryLogic(mask, whenSet, whenClear, 0xca);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Majority(Vector512<uint> first, Vector512<uint> second, Vector512<uint> third) => Avx512F.TernaryLogic(first, second, third, 0xe8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRight(Vector512<uint> value, [ConstantExpected] int count) => value >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> RotateRight(Vector512<uint> value, [ConstantExpected] byte count) => Avx512F.RotateRight(value, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> LoadBigEndian(ref readonly byte source) => Swap(Vector512.LoadUnsafe(in source));

    public static void StoreDigests(ref Vector512<uint> state, ref byte destination)
    {
        // Quarter q of the one and the other: the halves of hash 4q + i.
        Quarters(ref state, out var a0, out var a1, out var a2, out var a3);
        Quarters(ref Unsafe.Add(ref state, 4), out var b0, out var b1, out var b2, out var b3);
        Pairs(a0, b0, ref destination);
        Pairs(a1, b1, ref Unsafe.Add(ref destination, 32));
        Pairs(a2, b2, ref Unsafe.Add(ref destination, 64));
        Pairs(a3, b3, ref Unsafe.Add(ref destination, 96));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Lookup(ref readonly uint words, Vector512<uint> number) => Avx512F.PermuteVar16x32(Vector512.LoadUnsafe(in words), number);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ref Vector512<uint> square)
    {
        // Four rows at a time, whose quarters then hold four words of a column each; then the quarters are sorted.
        Quarters(ref square, out var a0, out var a1, out var a2, out var a3);
        Quarters(ref Unsafe.Add(ref square, 4), out var b0, out var b1, out var b2, out var b3);
        Quarters(ref Unsafe.Add(ref square, 8), out var c0, out var c1, out var c2, out var c3);
        Quarters(ref Unsafe.Add(ref square, 12), out var d0, out var d1, out var d2, out var d3);
        Columns(ref square, a0, b0, c0, d0);
        Columns(ref Unsafe.Add(ref square, 1), a1, b1, c1, d1);
        Columns(ref Unsafe.Add(ref square, 2), a2, b2, c2, d2);
        Columns(ref Unsafe.Add(ref square, 3), a3, b3, c3, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(ref Vector512<uint> rows, out Vector512<uint> c0, out Vector512<uint> c1, out Vector512<uint> c2, out Vector512<uint> c3)
    {
        var low01 = Avx512F.UnpackLow(rows, Unsafe.Add(ref rows, 1)).AsUInt64();
        var high01 = Avx512F.UnpackHigh(rows, Unsafe.Add(ref rows, 1)).AsUInt64();
        var low23 = Avx512F.UnpackLow(Unsafe.Add(ref rows, 2), Unsafe.Add(ref rows, 3)).AsUInt64();
        var high23 = Avx512F.UnpackHigh(Unsafe.Add(ref rows, 2), Unsafe.Add(ref rows, 3)).AsUInt64();
        c0 = Avx512F.UnpackLow(low01, low23).AsUInt32();
        c1 = Avx512F.UnpackHigh(low01, low23).AsUInt32();
        c2 = Avx512F.UnpackLow(high01, high23).AsUInt32();
        c3 = Avx512F.UnpackHigh(high01, high23).AsUInt32();
    }

    // Every fourth column, from its sixteen words in four registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(ref Vector512<uint> first, Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d)
    {
        var evenAb = Avx512F.Shuffle4x128(a, b, 0x88);
        var oddAb = Avx512F.Shuffle4x128(a, b, 0xdd);
        var evenCd = Avx512F.Shuffle4x128(c, d, 0x88);
        var oddCd = Avx512F.Shuffle4x128(c, d, 0xdd);
        first = Avx512F.Shuffle4x128(evenAb, evenCd, 0x88);
        Unsafe.Add(ref first, 4) = Avx512F.Shuffle4x128(oddAb, oddCd, 0x88);
        Unsafe.Add(ref first, 8) = Avx512F.Shuffle4x128(evenAb, evenCd, 0xdd);
        Unsafe.Add(ref first, 12) = Avx512F.Shuffle4x128(oddAb, oddCd, 0xdd);
    }

    // Every fourth hash.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pairs(Vector512<uint> a, Vector512<uint> b, ref byte destination)
    {
        var (first, second) = (Swap(a.AsByte()).AsUInt64(), Swap(b.AsByte()).AsUInt64());
        var low = Avx512F.PermuteVar8x64x2(first, Vector512.Create(0UL, 1, 8, 9, 2, 3, 10, 11), second).AsByte();
        var high = Avx512F.PermuteVar8x64x2(first, Vector512.Create(4UL, 5, 12, 13, 6, 7, 14, 15), second).AsByte();
        low.GetLower().StoreUnsafe(ref destination);
        low.GetUpper().StoreUnsafe(ref destination, 128);
        high.GetLower().StoreUnsafe(ref destination, 256);
        high.GetUpper().StoreUnsafe(ref destination, 384);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Swap(Vector512<byte> bytes) => Avx512BW.Shuffle(bytes, Vector512.Create(
        0x0405060700010203UL, 0x0c0d0e0f08090a0b, 0x0405060700010203, 0x0c0d0e0f08090a0b, 0x0405060700010203, 0x0c0d0e0f08090a0b, 0x0405060700010203, 0x0c0d0e0f08090a0b).AsByte()).AsUInt32();
}
