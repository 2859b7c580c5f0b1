using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Bytes;

/// <summary>The one hex form used in our texts: <c>0x</c> and lower-case digits.</summary>
public static class Hex
{
    /// <summary><c>0x</c> and two lower-case digits for each byte.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Decodes text of exactly the destination's length; upper case, a missing <c>0x</c> or another length are refused.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, Span<byte> destination)
    {
        if (text is null || text.Length != 2 + (2 * destination.Length) || !text.StartsWith("0x", StringComparison.Ordinal))
        {
            return false;
        }

        var digits = text.AsSpan(2);
        if (digits.ContainsAnyExcept("0123456789abcdef"))
        {
            return false;
        }

        Convert.FromHexString(digits, destination, out _, out _);
        return true;
    }

    /// <summary>Decodes text of any even length up to <paramref name="maxBytes"/>.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, int maxBytes, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length < 2 || text.Length % 2 != 0 || (text.Length - 2) / 2 > maxBytes)
        {
            return false;
        }

        var decoded = new byte[(text.Length - 2) / 2];
        if (!TryDecode(text, decoded))
        {
            return false;
        }

        bytes = decoded;
        return true;
    }
}
