using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Maa;

namespace PrivChain.Fuzz.Attestation;

/// <summary>CBOR, COSE, JSON, JWS, keys, and the wrappers of RATS.</summary>
internal static class TokenHarnesses
{
    public static IReadOnlyList<Harness> All { get; } =
    [
        new Harness("cbor", bytes => CborValue.TryParse(bytes, out var value) && CborJson.Of(value) is not null),
        new Harness("cose-sign1", bytes => CoseSign1.TryParse(bytes, out _)),
        new Harness("json", bytes => StrictJson.TryRead(bytes, out _), () => ["{\"a\":[1,true,null,\"\\u00e9\"]}"u8.ToArray()]),
        new Harness("jws", bytes => JsonWebSignature.TryParse(bytes, out _)),
        new Harness("jwk", bytes => JsonWebKey.TryParse(bytes, out _)),
        new Harness("jwks", bytes => MaaKeySet.TryParse(bytes, out var set) && set.Keys.All(key => key.QuotedMrEnclave.Length >= 0 && (key.IsBoundToQuote || key.KeyId.Length >= 0))),
        new Harness("conceptual-message", bytes => ConceptualMessage.TryUnwrap(bytes, out _), () => [[0x82, 0x61, 0x61, 0x41, 0x01], [0x83, 0x61, 0x61, 0x41, 0x01, 0x04], [0xa1, 0x67, .. "outblob"u8, 0x41, 0x01]]),
    ];
}
