using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PrivChain.Signatures.Lanes;

/// <summary>Four lanes of AVX2.</summary>
internal readonly struct Lanes256 : ILanes<Vector256<ulong>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Broadcast(ulong value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Load(ref readonly ulong source) => Vector256.LoadUnsafe(in source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<ulong> value, ref ulong destination) => value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Multiply(Vector256<ulong> left, Vector256<ulong> right) => Avx2.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> MultiplyAdd(Vector256<ulong> sum, Vector256<ulong> left, Vector256<ulong> right) => sum + Avx2.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Add(Vector256<ulong> left, Vector256<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Subtract(Vector256<ulong> left, Vector256<ulong> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> And(Vector256<ulong> left, Vector256<ulong> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Or(Vector256<ulong> left, Vector256<ulong> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Xor(Vector256<ulong> left, Vector256<ulong> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftLeft(Vector256<ulong> value, [ConstantExpected] int count) => value << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftRight(Vector256<ulong> value, [ConstantExpected] int count) => value >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Equal(Vector256<ulong> left, Vector256<ulong> right) => Vector256.Equals(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Select(Vector256<ulong> mask, Vector256<ulong> whenSet, Vector256<ulong> whenClear) =>
        (mask & whenSet) | Avx2.AndNot(mask, whenClear);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(ref readonly ulong table, ReadOnlySpan<int> offsets, out Row<Vector256<ulong>> row)
    {
        ref var start = ref Unsafe.AsRef(in table);
        ref var offset = ref MemoryMarshal.GetReference(offsets[..4]);
        Transpose(ref start, ref offset, 0, out row.W0, out row.W1, out row.W2, out row.W3);
        Transpose(ref start, ref offset, 4, out row.W4, out row.W5, out row.W6, out row.W7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scan(ref readonly ulong table, int rows, Vector256<ulong> index, out Row<Vector256<ulong>> row)
    {
        row = default;
        ref var word = ref Unsafe.AsRef(in table);
        for (var i = 0; i < rows; i++)
        {
            var mask = Vector256.Equals(index, Vector256.Create((ulong)i));
            row.W0 |= mask & Vector256.Create(Unsafe.Add(ref word, i));
            row.W1 |= mask & Vector256.Create(Unsafe.Add(ref word, i + rows));
            row.W2 |= mask & Vector256.Create(Unsafe.Add(ref word, i + (2 * rows)));
            row.W3 |= mask & Vector256.Create(Unsafe.Add(ref word, i + (3 * rows)));
            row.W4 |= mask & Vector256.Create(Unsafe.Add(ref word, i + (4 * rows)));
            row.W5 |= mask & Vector256.Create(Unsafe.Add(ref word, i + (5 * rows)));
            row.W6 |= mask & Vector256.Create(Unsafe.Add(ref word, i + (6 * rows)));
            row.W7 |= mask & Vector256.Create(Unsafe.Add(ref word, i + (7 * rows)));
        }
    }

    private static void Transpose(
        ref ulong start, ref int offset, nuint half, out Vector256<ulong> w0, out Vector256<ulong> w1, out Vector256<ulong> w2, out Vector256<ulong> w3)
    {
        var r0 = Vector256.LoadUnsafe(ref start, (nuint)offset + half);
        var r1 = Vector256.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 1) + half);
        var r2 = Vector256.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 2) + half);
        var r3 = Vector256.LoadUnsafe(ref start, (nuint)Unsafe.Add(ref offset, 3) + half);
        var a0 = Avx2.UnpackLow(r0, r1);
        var a1 = Avx2.UnpackHigh(r0, r1);
        var a2 = Avx2.UnpackLow(r2, r3);
        var a3 = Avx2.UnpackHigh(r2, r3);
        w0 = Avx2.Permute2x128(a0, a2, 0x20);
        w1 = Avx2.Permute2x128(a1, a3, 0x20);
        w2 = Avx2.Permute2x128(a0, a2, 0x31);
        w3 = Avx2.Permute2x128(a1, a3, 0x31);
    }
}
