using System.Buffers.Binary;

namespace PrivChain.Signatures.Engine;

/// <summary>A number of 256 bits in four words, lowest first. Nothing here branches on a value.</summary>
internal readonly struct U256(ulong w0, ulong w1, ulong w2, ulong w3)
{
    public const int Size = 32;

    public ulong W0 { get; } = w0;

    public ulong W1 { get; } = w1;

    public ulong W2 { get; } = w2;

    public ulong W3 { get; } = w3;

    public bool IsZero => (W0 | W1 | W2 | W3) == 0;

    public static U256 Read(ReadOnlySpan<byte> bigEndian) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bigEndian[24..]),
        BinaryPrimitives.ReadUInt64BigEndian(bigEndian[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bigEndian[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bigEndian));

    public static U256 Read(ReadOnlySpan<ulong> words) => new(words[0], words[1], words[2], words[3]);

    public void Write(Span<byte> bigEndian)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[24..], W0);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[16..], W1);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[8..], W2);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian, W3);
    }

    public void Write(Span<ulong> words)
    {
        words[3] = W3;
        words[2] = W2;
        words[1] = W1;
        words[0] = W0;
    }

    /// <summary>Sum modulo 2^256, and the carry.</summary>
    public static U256 Add(in U256 left, in U256 right, out ulong carry)
    {
        var s0 = Sum(left.W0, right.W0, 0, out carry);
        var s1 = Sum(left.W1, right.W1, carry, out carry);
        var s2 = Sum(left.W2, right.W2, carry, out carry);
        return new U256(s0, s1, s2, Sum(left.W3, right.W3, carry, out carry));
    }

    /// <summary>Difference modulo 2^256, and 1 where <paramref name="left"/> was smaller.</summary>
    public static U256 Subtract(in U256 left, in U256 right, out ulong borrow)
    {
        var d0 = Difference(left.W0, right.W0, 0, out borrow);
        var d1 = Difference(left.W1, right.W1, borrow, out borrow);
        var d2 = Difference(left.W2, right.W2, borrow, out borrow);
        return new U256(d0, d1, d2, Difference(left.W3, right.W3, borrow, out borrow));
    }

    public static bool LessThan(in U256 left, in U256 right)
    {
        Subtract(left, right, out var borrow);
        return borrow != 0;
    }

    /// <summary>One or the other, by a mask of all ones or zero.</summary>
    public static U256 Select(ulong mask, in U256 whenSet, in U256 whenClear) => new(
        whenClear.W0 ^ (mask & (whenSet.W0 ^ whenClear.W0)),
        whenClear.W1 ^ (mask & (whenSet.W1 ^ whenClear.W1)),
        whenClear.W2 ^ (mask & (whenSet.W2 ^ whenClear.W2)),
        whenClear.W3 ^ (mask & (whenSet.W3 ^ whenClear.W3)));

    /// <summary>The value modulo n, of any value below 2n.</summary>
    public static U256 ReduceOnce(in U256 value, in U256 n)
    {
        var less = Subtract(value, n, out var borrow);
        return Select(0 - borrow, value, less);
    }

    /// <summary>Sum modulo n of two values below n.</summary>
    public static U256 AddModulo(in U256 left, in U256 right, in U256 n)
    {
        var sum = Add(left, right, out var carry);
        var less = Subtract(sum, n, out var borrow);
        return Select(0 - (borrow & ~carry & 1), sum, less);
    }

    /// <summary>Difference modulo n of two values below n.</summary>
    public static U256 SubtractModulo(in U256 left, in U256 right, in U256 n)
    {
        var difference = Subtract(left, right, out var borrow);
        return Select(0 - borrow, Add(difference, n, out _), difference);
    }

    private static ulong Sum(ulong left, ulong right, ulong carryIn, out ulong carry)
    {
        var sum = (UInt128)left + right + carryIn;
        carry = (ulong)(sum >> 64);
        return (ulong)sum;
    }

    private static ulong Difference(ulong left, ulong right, ulong borrowIn, out ulong borrow)
    {
        var difference = (UInt128)left - right - borrowIn;
        borrow = (ulong)(difference >> 64) & 1;
        return (ulong)difference;
    }
}
