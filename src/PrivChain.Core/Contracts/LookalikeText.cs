using System.Text;

namespace PrivChain.Core.Contracts;

/// <summary>Titles that look like another title: letters of several alphabets in one title, or letters of a styled alphabet.</summary>
public static class LookalikeText
{
    /// <summary>True when any character would not be seen as itself.</summary>
    public static bool HasHidden(string text) => text.EnumerateRunes().Any(TerminalText.IsHostile);

    /// <summary>True for Latin with Greek or Cyrillic and the like, and for full-width and mathematical letters. Chinese with Latin is usual.</summary>
    public static bool MixesAlphabets(string text)
    {
        var alphabets = text.EnumerateRunes().Select(Alphabet).Where(alphabet => alphabet is not null).ToHashSet();
        return alphabets.Contains("styled") || alphabets.Count > 1;
    }

    private static string? Alphabet(Rune rune) => rune.Value switch
    {
        (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= 0xC0 and <= 0x24F) => "latin",
        (>= 0x370 and <= 0x3FF) or (>= 0x1F00 and <= 0x1FFF) => "greek",
        >= 0x400 and <= 0x52F => "cyrillic",
        >= 0x530 and <= 0x58F => "armenian",
        >= 0x13A0 and <= 0x13FF => "cherokee",
        (>= 0xFF21 and <= 0xFF3A) or (>= 0xFF41 and <= 0xFF5A) or (>= 0x1D400 and <= 0x1D7FF) => "styled",
        _ => null,
    };
}
