using System.Globalization;
using System.Text;

namespace PrivChain.Core.Contracts;

/// <summary>Text from outside, made safe to show: what would move a cursor, turn the writing direction or not be seen is shown as <c>\u{202E}</c>.</summary>
public static class TerminalText
{
    /// <summary>The text with every control, format, private, unassigned and separator character escaped, cut to a length.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="maxLength">Most UTF-16 units of the text that are shown; more are replaced by an ellipsis.</param>
    public static string Neutralise(string text, int maxLength = 400)
    {
        ArgumentNullException.ThrowIfNull(text);
        var safe = new StringBuilder(text.Length);
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += rune.Utf16SequenceLength;
            if (used > maxLength)
            {
                return safe.Append('…').ToString();
            }

            if (IsHostile(rune))
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X4}}}");
            }
            else
            {
                safe.Append(rune.ToString());
            }
        }

        return safe.ToString();
    }

    /// <summary>True for a character that a reader cannot see as itself. Lone surrogates arrive here as U+FFFD.</summary>
    public static bool IsHostile(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
