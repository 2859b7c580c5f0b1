using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Jose;

/// <summary>Names of JWS signature algorithms (RFC 7518 section 3.1, RFC 8037, RFC 9864). <c>none</c> and MACs sign no evidence and are unknown, so that a public key is never taken for a secret.</summary>
internal static class JoseAlgorithm
{
    public static SignatureAlgorithm Of(string? name) => name switch
    {
        "ES256" => SignatureAlgorithm.EcdsaSha256,
        "ES384" => SignatureAlgorithm.EcdsaSha384,
        "ES512" => SignatureAlgorithm.EcdsaSha512,
        "RS256" => SignatureAlgorithm.RsaPkcs1Sha256,
        "RS384" => SignatureAlgorithm.RsaPkcs1Sha384,
        "RS512" => SignatureAlgorithm.RsaPkcs1Sha512,
        "PS256" => SignatureAlgorithm.RsaPssSha256,
        "PS384" => SignatureAlgorithm.RsaPssSha384,
        "PS512" => SignatureAlgorithm.RsaPssSha512,
        "EdDSA" or "Ed25519" => SignatureAlgorithm.Ed25519,
        _ => SignatureAlgorithm.Unknown,
    };
}
