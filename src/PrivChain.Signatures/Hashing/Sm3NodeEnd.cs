namespace PrivChain.Signatures.Hashing;

/// <summary>
/// The expanded words of a node's second block: the last byte of its 64, padding, and a length of 65 bytes. Expansion is linear over single bits, so each word is that of the byte's high half with the
/// padding, exclusive-or'ed with that of the low half alone: two tables of sixteen.
/// </summary>
internal static class Sm3NodeEnd
{
    /// <summary>Table entries of one word: sixteen by the high half, sixteen by the low half.</summary>
    public const int WordSize = 32;

    /// <summary>All 68 words, one after the other.</summary>
    public static uint[] Words { get; } = Build();

    private static uint[] Build()
    {
        var table = new uint[68 * WordSize];
        Span<uint> words = stackalloc uint[68], nothing = stackalloc uint[68];
        Expand(0, nothing);
        for (var half = 0U; half < 16; half++)
        {
            Expand(half << 4, words);
            for (var i = 0; i < words.Length; i++)
            {
                table[(i * WordSize) + (int)half] = words[i];
            }

            Expand(half, words);
            for (var i = 0; i < words.Length; i++)
            {
                table[(i * WordSize) + 16 + (int)half] = words[i] ^ nothing[i];
            }
        }

        return table;
    }

    private static void Expand(uint last, Span<uint> words)
    {
        words.Clear();
        words[0] = (last << 24) | 0x00800000;
        words[15] = 8 * 65;
        for (var i = 16; i < words.Length; i++)
        {
            words[i] = Sm3Lanes<uint, HashLanesOne>.Expand(words[i - 16], words[i - 9], words[i - 3], words[i - 13], words[i - 6]);
        }
    }
}
