using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>A reason in a person's own words, salted: the details of a revocation or an erasure.</summary>
/// <param name="Reason">Free text; stays with the person.</param>
/// <param name="Salt">32 random bytes.</param>
public sealed record StatedReason(string Reason, Digest Salt)
{
    private static readonly EncodedType _revocation = new("RevocationDetails(string reason,bytes32 salt)");
    private static readonly EncodedType _erasure = new("ErasureDetails(string reason,bytes32 salt)");

    /// <summary>EIP-712 hashStruct as the <c>details</c> of a revocation.</summary>
    public Digest RevocationHash(Suite suite) => _revocation.Hash(suite, TypedDataHash.String(suite, Reason), Salt);

    /// <summary>EIP-712 hashStruct as the <c>details</c> of an erasure.</summary>
    public Digest ErasureHash(Suite suite) => _erasure.Hash(suite, TypedDataHash.String(suite, Reason), Salt);
}
