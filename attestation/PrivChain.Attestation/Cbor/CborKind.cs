namespace PrivChain.Attestation.Cbor;

/// <summary>What a CBOR data item is (RFC 8949 section 3.1).</summary>
internal enum CborKind
{
    Integer,
    Bytes,
    Text,
    Array,
    Map,
    Tag,
    Boolean,
    Null,
    Undefined,
    Simple,
    Float,
}
