using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Tree;

/// <summary>Base64 with padding (RFC 4648 section 4), as the C2SP formats use it. The platform also accepts white space; this does not.</summary>
internal static class StandardBase64
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    /// <summary>Decodes text that is exactly what <see cref="Encode"/> would write.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var decoded = TryDecodeLoose(text, out bytes) && text.SequenceEqual(Encode(bytes));
        bytes = decoded ? bytes : null;
        return decoded;
    }

    /// <summary>As <see cref="TryDecode"/>, but the unused bits of the last digit may be set: such text is well formed and is nobody's encoding.</summary>
    public static bool TryDecodeLoose(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var digits = text.TrimEnd('=');
        var padding = text.Length - digits.Length;
        if (text.Length % 4 != 0 || padding > 2 || digits.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        var canonical = text.ToArray();
        if (padding > 0)
        {
            // Three digits carry 2 unused bits before one '=', two digits carry 4 before two.
            var unused = padding == 1 ? 0b11 : 0b1111;
            canonical[digits.Length - 1] = Alphabet[Alphabet.IndexOf(digits[^1], StringComparison.Ordinal) & ~unused];
        }

        bytes = Convert.FromBase64CharArray(canonical, 0, canonical.Length);
        return true;
    }
}
