namespace PrivChain.Core.TypedData;

/// <summary>What a member's type says about its values.</summary>
internal enum ValueKind
{
    Bool,
    Address,
    String,
    Bytes,
    FixedBytes,
    UnsignedInteger,
    SignedInteger,
    Struct,
    Array,
}
