using PrivChain.Core.Bytes;

namespace PrivChain.Core.Keys;

/// <summary>ECDSA with SHA-256 as JWS carries it: r and s, 32 bytes each (RFC 7518 section 3.4 for ES256, RFC 8812 section 3.2 for ES256K); and SM2 in the same form.</summary>
public static class EcdsaJws
{
    /// <summary>P-256.</summary>
    public const string Es256 = "ES256";

    /// <summary>secp256k1.</summary>
    public const string Es256K = "ES256K";

    /// <summary>
    /// SM2 with SM3 under the identity <see cref="Sm2.Identity"/>, r and s as the others. JOSE has no name for it: this one is the signature's object identifier as a URN, a collision-resistant
    /// name as RFC 7515 section 4.1.1 asks of private ones.
    /// </summary>
    public const string Sm2Sm3 = "urn:oid:1.2.156.10197.1.501";

    /// <summary>Length of a signature in bytes.</summary>
    public const int SignatureSize = 64;

    /// <summary>
    /// True when the key made this signature over the input. The algorithm is the one the verifier expects of this key, not the one a message
    /// names. A high s is accepted, as both RFCs do: the bytes of an issuer's signature identify nothing.
    /// </summary>
    /// <param name="algorithm"><see cref="Es256"/>, <see cref="Es256K"/> or <see cref="Sm2Sm3"/>; anything else is refused.</param>
    /// <param name="publicKey">A point of 33 or 65 bytes.</param>
    /// <param name="signingInput">The bytes as received, up to but not including the last dot.</param>
    /// <param name="signature">64 bytes.</param>
    public static bool Verify(string algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize || Curve(algorithm) is not { } curve || !curve.TryDecodePoint(publicKey, out var point))
        {
            return false;
        }

        if (algorithm == Sm2Sm3)
        {
            return Sm2.Verify(publicKey, signingInput, signature);
        }

        Span<byte> hash = stackalloc byte[Digest.Size];
        System.Security.Cryptography.SHA256.HashData(signingInput, hash);
        return curve.Verify(point, hash, signature[..32], signature[32..]);
    }

    /// <summary>Reads a point of 33 or 65 bytes on the algorithm's curve into its uncompressed form (65 bytes).</summary>
    public static bool TryParsePublicKey(string algorithm, ReadOnlySpan<byte> bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? uncompressed)
    {
        uncompressed = Curve(algorithm) is { } curve && curve.TryDecodePoint(bytes, out var point) ? point.GetEncoded(compressed: false) : null;
        return uncompressed is not null;
    }

    internal static EcdsaCurve? Curve(string algorithm) => algorithm switch
    {
        Es256 => EcdsaCurve.P256,
        Es256K => EcdsaCurve.Secp256k1,
        Sm2Sm3 => EcdsaCurve.Sm2P256,
        _ => null,
    };
}
