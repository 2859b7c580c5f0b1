using PrivChain.Core.Bytes;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>A reason in a person's own words, salted: the details of a revocation or an erasure.</summary>
/// <param name="Reason">Free text; stays with the person.</param>
/// <param name="Salt">32 random bytes.</param>
public sealed record StatedReason(string Reason, Digest Salt)
{
    private static readonly Digest _revocation = TypedDataHash.Type("RevocationDetails(string reason,bytes32 salt)");
    private static readonly Digest _erasure = TypedDataHash.Type("ErasureDetails(string reason,bytes32 salt)");

    /// <summary>EIP-712 hashStruct as the <c>details</c> of a revocation.</summary>
    public Digest RevocationHash() => TypedDataHash.Struct(_revocation, TypedDataHash.String(Reason), Salt);

    /// <summary>EIP-712 hashStruct as the <c>details</c> of an erasure.</summary>
    public Digest ErasureHash() => TypedDataHash.Struct(_erasure, TypedDataHash.String(Reason), Salt);
}
