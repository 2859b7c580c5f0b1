using System.Globalization;

namespace PrivChain.Core.Tree;

/// <summary>Unsigned decimal numbers as the C2SP formats write them: ASCII digits, no sign, no leading zero.</summary>
internal static class DecimalText
{
    public static bool TryParse(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        return text.Length > 0
            && !text.ContainsAnyExceptInRange('0', '9')
            && (text.Length == 1 || text[0] != '0')
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public static string Format(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
