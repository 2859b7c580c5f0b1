using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>What a session entry commits to.</summary>
/// <param name="SessionKey">Fingerprint of the worker's HPKE key.</param>
/// <param name="Evidence">SHA-256 of the evidence that the broker appraised.</param>
public sealed record SessionDetails(Digest SessionKey, Digest Evidence)
{
    private static readonly EncodedType _type = new("SessionDetails(bytes32 sessionKey,bytes32 evidence)");

    /// <summary>EIP-712 hashStruct, the <c>details</c> of the session entry.</summary>
    public Digest StructHash(Suite suite) => _type.Hash(suite, SessionKey, Evidence);
}
