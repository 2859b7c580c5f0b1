using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PrivChain.Signatures.Lanes;

/// <summary>One lane, for machines without vectors (a browser among them) and for items that the vectors cannot finish.</summary>
internal readonly struct LanesOne : ILanes<ulong>
{
    public static int Count => 1;

    public static ulong Broadcast(ulong value) => value;

    public static ulong Load(ref readonly ulong source) => source;

    public static void Store(ulong value, ref ulong destination) => destination = value;

    public static ulong Multiply(ulong left, ulong right) => (ulong)(uint)left * (uint)right;

    public static ulong MultiplyAdd(ulong sum, ulong left, ulong right) => sum + ((ulong)(uint)left * (uint)right);

    public static ulong Add(ulong left, ulong right) => left + right;

    public static ulong Subtract(ulong left, ulong right) => left - right;

    public static ulong And(ulong left, ulong right) => left & right;

    public static ulong Or(ulong left, ulong right) => left | right;

    public static ulong Xor(ulong left, ulong right) => left ^ right;

    public static ulong ShiftLeft(ulong value, [ConstantExpected] int count) => value << count;

    public static ulong ShiftRight(ulong value, [ConstantExpected] int count) => value >> count;

    // Without a branch: the top bit of x | -x is clear for zero alone.
    public static ulong Equal(ulong left, ulong right)
    {
        var difference = left ^ right;
        return ((difference | (0 - difference)) >> 63) - 1;
    }

    public static ulong Select(ulong mask, ulong whenSet, ulong whenClear) => whenClear ^ (mask & (whenSet ^ whenClear));

    public static void Gather(ref readonly ulong table, ReadOnlySpan<int> offsets, out Row<ulong> row)
    {
        var words = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref Unsafe.AsRef(in table), offsets[0]), 8);
        row.W0 = words[0];
        row.W1 = words[1];
        row.W2 = words[2];
        row.W3 = words[3];
        row.W4 = words[4];
        row.W5 = words[5];
        row.W6 = words[6];
        row.W7 = words[7];
    }

    public static void Scan(ref readonly ulong table, int rows, ulong index, out Row<ulong> row)
    {
        row = default;
        var words = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef(in table), 8 * rows);
        for (var i = 0; i < rows; i++)
        {
            var mask = Equal(index, (ulong)i);
            row.W0 |= mask & words[i];
            row.W1 |= mask & words[i + rows];
            row.W2 |= mask & words[i + (2 * rows)];
            row.W3 |= mask & words[i + (3 * rows)];
            row.W4 |= mask & words[i + (4 * rows)];
            row.W5 |= mask & words[i + (5 * rows)];
            row.W6 |= mask & words[i + (6 * rows)];
            row.W7 |= mask & words[i + (7 * rows)];
        }
    }
}
