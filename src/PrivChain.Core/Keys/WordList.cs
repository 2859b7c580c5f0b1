using System.Collections.Frozen;
using System.Text;

namespace PrivChain.Core.Keys;

/// <summary>One BIP-39 word list, embedded. Every word is its own NFKD form (a test says so), so phrases need no normalising to be hashed.</summary>
internal sealed class WordList
{
    public const int Count = 2048;

    private static readonly Lazy<WordList> English = new(() => new WordList("english"));
    private static readonly Lazy<WordList> SimplifiedChinese = new(() => new WordList("chinese-simplified"));

    private readonly FrozenDictionary<string, int> _indices;

    private WordList(string name)
    {
        using var stream = typeof(WordList).Assembly.GetManifestResourceStream($"wordlists/{name}.txt")
            ?? throw new InvalidOperationException($"the word list {name} is not embedded");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        Words = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _indices = Words.Select((word, index) => KeyValuePair.Create(word, index)).ToFrozenDictionary(StringComparer.Ordinal);
        if (Words.Length != Count || _indices.Count != Count)
        {
            throw new InvalidOperationException($"the word list {name} does not have {Count} different words");
        }
    }

    public string[] Words { get; }

    public static WordList Of(MnemonicLanguage language) => language switch
    {
        MnemonicLanguage.English => English.Value,
        MnemonicLanguage.SimplifiedChinese => SimplifiedChinese.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(language)),
    };

    public bool TryIndex(string word, out int index) => _indices.TryGetValue(word, out index);
}
