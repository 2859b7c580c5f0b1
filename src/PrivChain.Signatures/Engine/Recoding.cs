namespace PrivChain.Signatures.Engine;

/// <summary>Scalars as signed digits of a fixed width: -2^(w-1) to 2^(w-1), one for each window, none skipped. Nothing branches on the scalar.</summary>
internal static class Recoding
{
    /// <summary>
    /// A scalar of 2^255 or more is taken as minus its negative, so that the highest digit needs no carry beyond it. Returns all ones where it was; the digits then stand for the
    /// negative, and every point is to be negated.
    /// </summary>
    public static ulong Halve(in U256 scalar, in U256 n, out U256 half)
    {
        var mask = 0 - (scalar.W3 >> 63);
        half = U256.Select(mask, U256.Subtract(n, scalar, out _), scalar);
        return mask;
    }

    /// <summary>Digits of a scalar below 2^255, or below 2^(windows · width - 1).</summary>
    public static void Digits(in U256 scalar, int width, Span<short> digits)
    {
        Span<ulong> words = [scalar.W0, scalar.W1, scalar.W2, scalar.W3, 0, 0];
        var carry = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var bit = i * width;
            var word = bit >> 6;
            var shift = bit & 63;

            // Two shifts, since a shift by 64 would be one by 0.
            var value = (int)((words[word] >> shift) | (words[word + 1] << 1 << (63 - shift))) & ((1 << width) - 1);
            value += carry;

            // The highest window keeps what it has: it is at most 2^(width-1).
            carry = i == digits.Length - 1 ? 0 : (value + (1 << (width - 1))) >> width;
            digits[i] = (short)(value - (carry << width));
        }

        words.Clear();
    }

    /// <summary>
    /// A scalar below 2^255, or the next above it where it is even, as 32 odd digits: byte b stands for 2b - 255. Half of it and 2^255 is the number whose bits, read as plus and minus one, are
    /// the scalar. Returns all ones where it was even.
    /// </summary>
    public static ulong OddDigits(in U256 scalar, out U256 digits)
    {
        digits = new U256(
            ((scalar.W0 | 1) >> 1) | (scalar.W1 << 63),
            (scalar.W1 >> 1) | (scalar.W2 << 63),
            (scalar.W2 >> 1) | (scalar.W3 << 63),
            (scalar.W3 >> 1) | (1UL << 63));
        return (scalar.W0 & 1) - 1;
    }
}
