using System.Globalization;
using System.Text.Json;

namespace PrivChain.Core.Contracts;

/// <summary>JSON numbers as exact decimals: a band's edge must not move because a binary fraction was near it.</summary>
internal static class ExactNumber
{
    /// <summary>Digits that survive a trip through a JSON reader that uses binary doubles (RFC 8785 writes numbers so).</summary>
    private const int PortableDigits = 15;

    /// <summary>Digits that a <see cref="decimal"/> always holds.</summary>
    private const int DecimalDigits = 28;

    /// <summary>Numbers of a contract and of a result stay below this, and have at most six decimals, so their canonical form has no exponent.</summary>
    public const decimal PortableLimit = 1_000_000_000_000_000m;

    /// <summary>Reads a number without any rounding; a number that a decimal cannot hold is refused.</summary>
    public static bool TryRead(JsonElement element, out decimal number)
    {
        number = 0;
        if (element.ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        var text = element.GetRawText();
        if (text.Length > 64)
        {
            return false;
        }

        var exponentAt = text.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return false;
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        if (digits.Length == 0)
        {
            return true;
        }

        var significant = digits.TrimEnd('0');
        var lowest = (long)exponent - decimals + (digits.Length - significant.Length);
        if (significant.Length > DecimalDigits || lowest < -DecimalDigits || lowest + significant.Length > DecimalDigits)
        {
            return false;
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>True when every JSON reader gets exactly this number from its canonical form.</summary>
    public static bool IsPortable(decimal number)
    {
        if (Math.Abs(number) >= PortableLimit || decimal.Round(number, 6) != number)
        {
            return false;
        }

        var digits = Text(number).Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).Trim('0');
        return digits.Length <= PortableDigits;
    }

    /// <summary>The canonical form: no exponent, no zeros at the end.</summary>
    public static string Text(decimal number) =>
        number == 0 ? "0" : number.ToString("0.############################", CultureInfo.InvariantCulture);
}
