using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PrivChain.Signatures.Lanes;

/// <summary>Eight lanes of AVX-512.</summary>
internal readonly struct Lanes512 : ILanes<Vector512<ulong>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Broadcast(ulong value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Load(ref readonly ulong source) => Vector512.LoadUnsafe(in source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<ulong> value, ref ulong destination) => value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Multiply(Vector512<ulong> left, Vector512<ulong> right) => Avx512F.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> MultiplyAdd(Vector512<ulong> sum, Vector512<ulong> left, Vector512<ulong> right) => sum + Avx512F.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Add(Vector512<ulong> left, Vector512<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Subtract(Vector512<ulong> left, Vector512<ulong> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> And(Vector512<ulong> left, Vector512<ulong> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Or(Vector512<ulong> left, Vector512<ulong> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Xor(Vector512<ulong> left, Vector512<ulong> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftLeft(Vector512<ulong> value, [ConstantExpected] int count) => value << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftRight(Vector512<ulong> value, [ConstantExpected] int count) => value >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Equal(Vector512<ulong> left, Vector512<ulong> right) => Vector512.Equals(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Select(Vector512<ulong> mask, Vector512<ulong> whenSet, Vector512<ulong> whenClear) =>
        Avx512F.TernaryLogic(mask, whenSet, whenClear, 0xca);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(ref readonly ulong table, ReadOnlySpan<int> offsets, out Row<Vector512<ulong>> row)
    {
        ref var start = ref Unsafe.AsRef(in table);
        ref var offset = ref MemoryMarshal.GetReference(offsets[..8]);
        var r0 = Vector512.LoadUnsafe(ref start, (nuint)offset);
        var r1 = Vector512.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 1));
        var r2 = Vector512.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 2));
        var r3 = Vector512.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 3));
        var r4 = Vector512.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 4));
        var r5 = Vector512.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 5));
        var r6 = Vector512.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 6));
        var r7 = Vector512.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 7));

        // Transpose: pairs of words, then quarters, then halves.
        var a0 = Avx512F.UnpackLow(r0, r1);
        var a1 = Avx512F.UnpackHigh(r0, r1);
        var a2 = Avx512F.UnpackLow(r2, r3);
        var a3 = Avx512F.UnpackHigh(r2, r3);
        var a4 = Avx512F.UnpackLow(r4, r5);
        var a5 = Avx512F.UnpackHigh(r4, r5);
        var a6 = Avx512F.UnpackLow(r6, r7);
        var a7 = Avx512F.UnpackHigh(r6, r7);
        var b0 = Avx512F.Shuffle4x128(a0, a2, 0x88);
        var b1 = Avx512F.Shuffle4x128(a1, a3, 0x88);
        var b2 = Avx512F.Shuffle4x128(a0, a2, 0xdd);
        var b3 = Avx512F.Shuffle4x128(a1, a3, 0xdd);
        var b4 = Avx512F.Shuffle4x128(a4, a6, 0x88);
        var b5 = Avx512F.Shuffle4x128(a5, a7, 0x88);
        var b6 = Avx512F.Shuffle4x128(a4, a6, 0xdd);
        var b7 = Avx512F.Shuffle4x128(a5, a7, 0xdd);
        row.W0 = Avx512F.Shuffle4x128(b0, b4, 0x88);
        row.W1 = Avx512F.Shuffle4x128(b1, b5, 0x88);
        row.W2 = Avx512F.Shuffle4x128(b2, b6, 0x88);
        row.W3 = Avx512F.Shuffle4x128(b3, b7, 0x88);
        row.W4 = Avx512F.Shuffle4x128(b0, b4, 0xdd);
        row.W5 = Avx512F.Shuffle4x128(b1, b5, 0xdd);
        row.W6 = Avx512F.Shuffle4x128(b2, b6, 0xdd);
        row.W7 = Avx512F.Shuffle4x128(b3, b7, 0xdd);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scan(ref readonly ulong table, int rows, Vector512<ulong> index, out Row<Vector512<ulong>> row)
    {
        // Sixteen words at a time are looked up inside two registers; which sixteen count is decided by a mask.
        ref var start = ref Unsafe.AsRef(in table);
        var sixteen = index >> 4;
        row = default;
        for (var i = 0; i < rows; i += 16)
        {
            var wanted = Vector512.Equals(sixteen, Vector512.Create((ulong)i >> 4));
            row.W0 = Pick(ref Unsafe.Add(ref start, i), index, wanted, row.W0);
            row.W1 = Pick(ref Unsafe.Add(ref start, i + rows), index, wanted, row.W1);
            row.W2 = Pick(ref Unsafe.Add(ref start, i + (2 * rows)), index, wanted, row.W2);
            row.W3 = Pick(ref Unsafe.Add(ref start, i + (3 * rows)), index, wanted, row.W3);
            row.W4 = Pick(ref Unsafe.Add(ref start, i + (4 * rows)), index, wanted, row.W4);
            row.W5 = Pick(ref Unsafe.Add(ref start, i + (5 * rows)), index, wanted, row.W5);
            row.W6 = Pick(ref Unsafe.Add(ref start, i + (6 * rows)), index, wanted, row.W6);
            row.W7 = Pick(ref Unsafe.Add(ref start, i + (7 * rows)), index, wanted, row.W7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Pick(ref ulong words, Vector512<ulong> index, Vector512<ulong> wanted, Vector512<ulong> found) =>
        Avx512F.TernaryLogic(found, Avx512F.PermuteVar8x64x2(Vector512.LoadUnsafe(ref words), index, Vector512.LoadUnsafe(ref words, 8)), wanted, 0xf8);
}
