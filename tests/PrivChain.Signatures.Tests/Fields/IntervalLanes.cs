using System.Diagnostics.CodeAnalysis;
using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Tests.Fields;

/// <summary>
/// One lane of intervals: the library's own formulas run on it, and each operation fails where some value inside the intervals would wrap: a sum or product of 2^64 or more, a factor of 2^32 or
/// more, a difference below zero. What passes is proved for every input inside the intervals at the start.
/// </summary>
internal readonly struct IntervalLanes : ILanes<Interval>
{
    private static readonly UInt128 _word = UInt128.One << 64;

    public static int Count => 2;

    public static Interval Broadcast(ulong value) => new(value, value);

    public static Interval Load(ref readonly ulong source) => throw new NotSupportedException();

    public static void Store(Interval value, ref ulong destination) => throw new NotSupportedException();

    public static Interval Multiply(Interval left, Interval right)
    {
        Assert.IsTrue(left.Highest >> 32 == 0 && right.Highest >> 32 == 0, $"a factor of more than 32 bits: {left.Highest:x} by {right.Highest:x}");
        return new Interval(left.Lowest * right.Lowest, left.Highest * right.Highest);
    }

    public static Interval MultiplyAdd(Interval sum, Interval left, Interval right) => Add(sum, Multiply(left, right));

    public static Interval Add(Interval left, Interval right)
    {
        Assert.IsTrue(left.Highest + right.Highest < _word, $"a sum of more than 64 bits: {left.Highest:x} and {right.Highest:x}");
        return new Interval(left.Lowest + right.Lowest, left.Highest + right.Highest);
    }

    public static Interval Subtract(Interval left, Interval right)
    {
        Assert.IsTrue(left.Lowest >= right.Highest, $"a difference below zero: {left.Lowest:x} less {right.Highest:x}");
        return new Interval(left.Lowest - right.Highest, left.Highest - right.Lowest);
    }

    // Exact for the masks used, which are all of the form 2^k - 1.
    public static Interval And(Interval left, Interval right)
    {
        var mask = right.Highest;
        Assert.IsTrue(right.Lowest == mask && (mask & (mask + 1)) == 0, "a mask of another form");
        return left.Highest <= mask ? left : new Interval(0, mask);
    }

    // At least the larger of both, at most their sum.
    public static Interval Or(Interval left, Interval right) => new(UInt128.Max(left.Lowest, right.Lowest), UInt128.Min(left.Highest + right.Highest, _word - 1));

    public static Interval Xor(Interval left, Interval right) => throw new NotSupportedException();

    public static Interval ShiftLeft(Interval value, [ConstantExpected] int count)
    {
        Assert.IsTrue(value.Highest << count < _word, $"a shift beyond 64 bits: {value.Highest:x} by {count}");
        return new Interval(value.Lowest << count, value.Highest << count);
    }

    public static Interval ShiftRight(Interval value, [ConstantExpected] int count) => new(value.Lowest >> count, value.Highest >> count);

    public static Interval Equal(Interval left, Interval right) => new(0, 1);

    public static Interval Select(Interval mask, Interval whenSet, Interval whenClear) =>
        new(UInt128.Min(whenSet.Lowest, whenClear.Lowest), UInt128.Max(whenSet.Highest, whenClear.Highest));

    public static void Gather(ref readonly ulong table, ReadOnlySpan<int> offsets, out Row<Interval> row) => throw new NotSupportedException();

    public static void Scan(ref readonly ulong table, int rows, Interval index, out Row<Interval> row) => throw new NotSupportedException();
}
