using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Keys;

/// <summary>
/// A BIP-39 phrase, held as its entropy so that it can be wiped; text is made only where a person has to see it. Whoever has the phrase
/// (and its passphrase, if any) is its owner.
/// </summary>
public sealed class Mnemonic : IDisposable
{
    /// <summary>Length of the seed in bytes.</summary>
    public const int SeedSize = 64;

    private const int BitsPerWord = 11;
    private const int Rounds = 2048;
    private const char IdeographicSpace = '\u3000';

    // 24 words of the longest list stay far below this.
    private const int MaxPhraseLength = 512;

    private readonly byte[] _entropy;
    private bool _disposed;

    private Mnemonic(byte[] entropy, MnemonicLanguage language)
    {
        _entropy = entropy;
        Language = language;
    }

    /// <summary>The list the words are from. The seed depends on the words, so the same entropy in another language is another wallet.</summary>
    public MnemonicLanguage Language { get; }

    /// <summary>12, 15, 18, 21 or 24.</summary>
    public int WordCount => _entropy.Length / 4 * 3;

    /// <summary>Length of the entropy in bytes: 16, 20, 24, 28 or 32.</summary>
    public int EntropySize => _entropy.Length;

    /// <summary>A fresh phrase of 12 (128 bits) or 24 words (256 bits).</summary>
    /// <exception cref="ArgumentException">Another number of words, or no such list.</exception>
    public static Mnemonic Generate(int words = 12, MnemonicLanguage language = MnemonicLanguage.English)
    {
        if (words is not (12 or 24))
        {
            throw new ArgumentException($"wanted 12 or 24 words, given {words}", nameof(words));
        }

        WordList.Of(language);
        return new Mnemonic(RandomNumberGenerator.GetBytes(words / 3 * 4), language);
    }

    /// <summary>The phrase of given entropy, which is copied; the caller wipes its own.</summary>
    /// <exception cref="ArgumentException">Not 16, 20, 24, 28 or 32 bytes, or no such list.</exception>
    public static Mnemonic FromEntropy(ReadOnlySpan<byte> entropy, MnemonicLanguage language = MnemonicLanguage.English)
    {
        if (!IsEntropySize(entropy.Length))
        {
            throw new ArgumentException($"wanted 16, 20, 24, 28 or 32 bytes, given {entropy.Length}", nameof(entropy));
        }

        WordList.Of(language);
        return new Mnemonic(entropy.ToArray(), language);
    }

    /// <summary>
    /// Parses a phrase as typed: words of one list in lower case, one space (or ideographic space) between them, checksum right. The language is
    /// found from the words; the two lists share none.
    /// </summary>
    public static Verdict<Mnemonic> Parse(string phrase)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        if (phrase.Length > MaxPhraseLength)
        {
            return Verdict<Mnemonic>.Refuse(RefusalReason.TooLarge, "a phrase has at most 24 words");
        }

        // Without a normaliser (browser, invariant globalisation) words are compared as typed: what is found in a list is its own normal form,
        // so this can refuse more, but never accept another phrase.
        if (PassphraseText.CanNormalize(PassphraseForm.CompatibilityDecomposed))
        {
            if (!PassphraseText.TryEncode(phrase, PassphraseForm.CompatibilityDecomposed, out var bytes, out var refusal))
            {
                return refusal;
            }

            phrase = Encoding.UTF8.GetString(bytes);
            CryptographicOperations.ZeroMemory(bytes);
        }

        var words = phrase.Replace(IdeographicSpace, ' ').Split(' ');
        if (words.Length is not (12 or 15 or 18 or 21 or 24))
        {
            return Verdict<Mnemonic>.Refuse(RefusalReason.Malformed, $"a phrase has 12, 15, 18, 21 or 24 words with one space between them, given {words.Length}");
        }

        foreach (var language in (ReadOnlySpan<MnemonicLanguage>)[MnemonicLanguage.English, MnemonicLanguage.SimplifiedChinese])
        {
            if (WordList.Of(language).TryIndex(words[0], out _))
            {
                return Decode(words, language);
            }
        }

        return UnknownWord(0);
    }

    /// <summary>True for a word of one of the lists, in its own form and lower case.</summary>
    public static bool IsWord(string word) => WordList.Of(MnemonicLanguage.English).TryIndex(word, out _) || WordList.Of(MnemonicLanguage.SimplifiedChinese).TryIndex(word, out _);

    /// <summary>The words in text form. A string cannot be wiped: make it only to show it to its owner.</summary>
    /// <exception cref="ObjectDisposedException">The phrase was wiped.</exception>
    public string RevealPhrase()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var list = WordList.Of(Language);
        return string.Join(' ', Indices().Select(index => list.Words[index]));
    }

    /// <summary>Hands the entropy out, for keystore files; the caller wipes it.</summary>
    /// <exception cref="ArgumentException">The destination does not have <see cref="EntropySize"/> bytes.</exception>
    /// <exception cref="ObjectDisposedException">The phrase was wiped.</exception>
    public void ExportEntropy(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (destination.Length != _entropy.Length)
        {
            throw new ArgumentException($"wanted {_entropy.Length} bytes, given {destination.Length}", nameof(destination));
        }

        _entropy.CopyTo(destination);
    }

    /// <summary>Wipes the entropy.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_entropy);
    }

    internal static bool IsEntropySize(int bytes) => bytes is 16 or 20 or 24 or 28 or 32;

    /// <summary>The 64-byte seed: PBKDF2-HMAC-SHA512 of the phrase, salted with "mnemonic" and the passphrase, both NFKD.</summary>
    internal static void DeriveSeed(ReadOnlySpan<byte> phrase, ReadOnlySpan<byte> passphrase, Span<byte> seed)
    {
        byte[] salt = [.. "mnemonic"u8, .. passphrase];
        try
        {
            Rfc2898DeriveBytes.Pbkdf2(phrase, salt, seed, Rounds, HashAlgorithmName.SHA512);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(salt);
        }
    }

    /// <summary>The seed under a passphrase that <see cref="PassphraseText"/> brought to NFKD.</summary>
    internal void DeriveSeed(ReadOnlySpan<byte> passphrase, Span<byte> seed)
    {
        var phrase = new byte[MaxPhraseLength];
        try
        {
            DeriveSeed(phrase.AsSpan(0, WritePhrase(phrase)), passphrase, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
        }
    }

    /// <summary>The seed without a passphrase, derived by the caller.</summary>
    internal async Task<byte[]> DeriveSeedAsync(PhraseDerivation derive)
    {
        var phrase = new byte[MaxPhraseLength];
        try
        {
            var seed = await derive(phrase.AsMemory(0, WritePhrase(phrase)), "mnemonic"u8.ToArray(), Rounds, SeedSize).ConfigureAwait(false);
            return seed.Length == SeedSize ? seed : throw new ArgumentException($"wanted {SeedSize} bytes, given {seed.Length}", nameof(derive));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
        }
    }

    private int WritePhrase(Span<byte> phrase)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var list = WordList.Of(Language);
        var length = 0;
        foreach (var index in Indices())
        {
            if (length > 0)
            {
                phrase[length++] = (byte)' ';
            }

            length += Encoding.UTF8.GetBytes(list.Words[index], phrase[length..]);
        }

        return length;
    }

    private static Verdict<Mnemonic> UnknownWord(int index) =>
        Verdict<Mnemonic>.Refuse(RefusalReason.Malformed, $"word {index + 1} is not in the word list");

    private static Verdict<Mnemonic> Decode(string[] words, MnemonicLanguage language)
    {
        var list = WordList.Of(language);

        // The bits of the words: entropy, then one bit of checksum for every 32 of it.
        Span<byte> bits = stackalloc byte[33];
        bits.Clear();
        for (var i = 0; i < words.Length; i++)
        {
            if (!list.TryIndex(words[i], out var index))
            {
                return UnknownWord(i);
            }

            for (var bit = 0; bit < BitsPerWord; bit++)
            {
                var position = (i * BitsPerWord) + bit;
                bits[position / 8] |= (byte)(((index >> (BitsPerWord - 1 - bit)) & 1) << (7 - (position % 8)));
            }
        }

        var entropy = bits[..(words.Length / 3 * 4)].ToArray();
        var mnemonic = new Mnemonic(entropy, language);
        var given = bits[entropy.Length];
        CryptographicOperations.ZeroMemory(bits);
        if (given != Checksum(entropy))
        {
            mnemonic.Dispose();
            return Verdict<Mnemonic>.Refuse(RefusalReason.WrongPassphrase, "the words are in the list, but their checksum is wrong: a word is mistyped or out of order");
        }

        return mnemonic;
    }

    // The first entropy/32 bits of SHA-256, left-aligned.
    private static byte Checksum(ReadOnlySpan<byte> entropy)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(entropy, hash);
        return (byte)(hash[0] & (0xff00 >> (entropy.Length / 4)));
    }

    private int[] Indices()
    {
        byte[] bits = [.. _entropy, Checksum(_entropy)];
        var indices = new int[WordCount];
        for (var position = 0; position < indices.Length * BitsPerWord; position++)
        {
            indices[position / BitsPerWord] = (indices[position / BitsPerWord] << 1) | ((bits[position / 8] >> (7 - (position % 8))) & 1);
        }

        CryptographicOperations.ZeroMemory(bits);
        return indices;
    }
}
