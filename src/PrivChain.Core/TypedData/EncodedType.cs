using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.TypedData;

/// <summary>A struct type of our documents with its type hash in each suite.</summary>
/// <param name="text">EIP-712 encodeType.</param>
internal sealed class EncodedType(string text)
{
    private readonly Digest _international = TypedDataHash.String(Suite.International, text);
    private readonly Digest _national = TypedDataHash.String(Suite.National, text);

    /// <summary>encodeType.</summary>
    public string Text => text;

    /// <summary>hashStruct of these words.</summary>
    public Digest Hash(Suite suite, params ReadOnlySpan<Digest> words) =>
        TypedDataHash.Struct(suite, suite == Suite.International ? _international : _national, words);
}
