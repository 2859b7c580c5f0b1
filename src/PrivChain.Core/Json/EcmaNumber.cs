using System.Globalization;

namespace PrivChain.Core.Json;

/// <summary>The text ECMAScript writes for a double (ECMA-262 Number::toString with radix 10), which RFC 8785 section 3.2.2.3 prescribes.</summary>
internal static class EcmaNumber
{
    /// <summary>Longest text: sign, 17 digits, point, <c>e-324</c>, or <c>-0.00000</c> and 17 digits.</summary>
    public const int MaxLength = 32;

    /// <summary>Writes the ASCII text and says how long it is. The value must be finite.</summary>
    public static int Format(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException("NaN and the infinities have no JSON text", nameof(value));
        }

        // Minus zero is written as zero.
        if (value == 0)
        {
            destination[0] = (byte)'0';
            return 1;
        }

        // The platform finds the shortest digits that read back as the same double; only the layout around them differs.
        Span<byte> shortest = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);

        Span<byte> digits = stackalloc byte[MaxLength];
        var count = 0;
        var pointAt = -1;
        var exponent = 0;
        var position = value < 0 ? 1 : 0;
        for (; position < length && shortest[position] != 'E'; position++)
        {
            if (shortest[position] == '.')
            {
                pointAt = count;
            }
            else
            {
                digits[count++] = shortest[position];
            }
        }

        if (position < length)
        {
            exponent = int.Parse(shortest[(position + 1)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        // n of the specification: where the point stands, counted from the first digit that is not zero.
        var n = (pointAt < 0 ? count : pointAt) + exponent;
        var start = 0;
        while (digits[start] == '0')
        {
            start++;
            n--;
        }

        while (digits[count - 1] == '0')
        {
            count--;
        }

        return Layout(digits[start..count], n, value < 0, destination);
    }

    // The four cases of Number::toString, with k digits.
    private static int Layout(ReadOnlySpan<byte> digits, int n, bool negative, Span<byte> destination)
    {
        var k = digits.Length;
        var at = 0;
        if (negative)
        {
            destination[at++] = (byte)'-';
        }

        if (k <= n && n <= 21)
        {
            digits.CopyTo(destination[at..]);
            destination.Slice(at + k, n - k).Fill((byte)'0');
            return at + n;
        }

        if (n is > 0 and <= 21)
        {
            digits[..n].CopyTo(destination[at..]);
            destination[at + n] = (byte)'.';
            digits[n..].CopyTo(destination[(at + n + 1)..]);
            return at + k + 1;
        }

        if (n is > -6 and <= 0)
        {
            destination[at++] = (byte)'0';
            destination[at++] = (byte)'.';
            destination.Slice(at, -n).Fill((byte)'0');
            at += -n;
            digits.CopyTo(destination[at..]);
            return at + k;
        }

        destination[at++] = digits[0];
        if (k > 1)
        {
            destination[at++] = (byte)'.';
            digits[1..].CopyTo(destination[at..]);
            at += k - 1;
        }

        destination[at++] = (byte)'e';
        destination[at++] = n > 0 ? (byte)'+' : (byte)'-';
        Math.Abs(n - 1).TryFormat(destination[at..], out var written, default, CultureInfo.InvariantCulture);
        return at + written;
    }
}
