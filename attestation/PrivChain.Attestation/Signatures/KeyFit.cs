namespace PrivChain.Attestation.Signatures;

/// <summary>Which key may be used with which algorithm in signed messages (RFC 9864: an algorithm names its curve). A message's own word for the algorithm never widens what a key is for.</summary>
internal static class KeyFit
{
    public static bool Fits(SignatureAlgorithm algorithm, PublicKey key) => algorithm switch
    {
        SignatureAlgorithm.EcdsaSha256 => key is EcKey { Curve: EcKey.P256 },
        SignatureAlgorithm.EcdsaSha384 => key is EcKey { Curve: EcKey.P384 },
        SignatureAlgorithm.EcdsaSha512 => key is EcKey { Curve: EcKey.P521 },
        SignatureAlgorithm.RsaPkcs1Sha256 or SignatureAlgorithm.RsaPkcs1Sha384 or SignatureAlgorithm.RsaPkcs1Sha512
            or SignatureAlgorithm.RsaPssSha256 or SignatureAlgorithm.RsaPssSha384 or SignatureAlgorithm.RsaPssSha512 => key is RsaKey,
        SignatureAlgorithm.Ed25519 => key is Ed25519Key,
        _ => false,
    };
}
