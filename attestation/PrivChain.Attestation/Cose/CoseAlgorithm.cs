using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Cose;

/// <summary>Numbers of COSE signature algorithms (RFC 9053 section 2, RFC 9864). Others, RSA PKCS #1 v1.5 and MACs among them, sign no evidence and are unknown.</summary>
internal static class CoseAlgorithm
{
    public const int Es384 = -35;

    public static SignatureAlgorithm Of(Int128 number) => ((int)Int128.Clamp(number, int.MinValue, int.MaxValue)) switch
    {
        // ES256 and, with the curve in the name, ESP256; likewise below.
        -7 or -9 => SignatureAlgorithm.EcdsaSha256,
        -51 or Es384 => SignatureAlgorithm.EcdsaSha384,
        -36 or -52 => SignatureAlgorithm.EcdsaSha512,
        -8 or -19 => SignatureAlgorithm.Ed25519,
        -37 => SignatureAlgorithm.RsaPssSha256,
        -38 => SignatureAlgorithm.RsaPssSha384,
        -39 => SignatureAlgorithm.RsaPssSha512,
        _ => SignatureAlgorithm.Unknown,
    };
}
