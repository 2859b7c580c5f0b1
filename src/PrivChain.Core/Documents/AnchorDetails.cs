using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>What an anchor entry commits to, known to issuer and holder.</summary>
/// <param name="Schema">Schema of the record, such as <c>identity-card/1</c>.</param>
/// <param name="Salt">32 random bytes, so the schema cannot be guessed from the hash.</param>
public sealed record AnchorDetails(string Schema, Digest Salt)
{
    private static readonly EncodedType _type = new("AnchorDetails(string schema,bytes32 salt)");

    /// <summary>EIP-712 hashStruct, the <c>details</c> of the anchor entry.</summary>
    public Digest StructHash(Suite suite) => _type.Hash(suite, TypedDataHash.String(suite, Schema), Salt);
}
