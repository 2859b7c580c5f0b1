using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace PrivChain.Attestation.Simulated;

/// <summary>ECDSA on P-256 with r and s of 32 bytes each. Managed code, since verification must run in a browser.</summary>
internal static class P256Signature
{
    public const int Size = 64;
    public const int PrivateKeySize = 32;

    private static readonly X9ECParameters _curve = CustomNamedCurves.GetByName("secp256r1");
    private static readonly ECDomainParameters _domain = new(_curve);
    private static readonly BigInteger _halfOrder = _domain.N.ShiftRight(1);

    public static byte[] PublicKey(ReadOnlySpan<byte> privateKey) =>
        _domain.G.Multiply(Scalar(privateKey)).Normalize().GetEncoded(compressed: true);

    public static byte[] Sign(ReadOnlySpan<byte> privateKey, byte[] digest)
    {
        // Deterministic nonces (RFC 6979): nothing to repeat.
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, new ECPrivateKeyParameters(Scalar(privateKey), _domain));
        var parts = signer.GenerateSignature(digest);
        var s = parts[1].CompareTo(_halfOrder) > 0 ? _domain.N.Subtract(parts[1]) : parts[1];
        var signature = new byte[Size];
        parts[0].ToByteArrayUnsigned(signature.AsSpan(32 - parts[0].GetLengthofByteArrayUnsigned(), parts[0].GetLengthofByteArrayUnsigned()));
        s.ToByteArrayUnsigned(signature.AsSpan(Size - s.GetLengthofByteArrayUnsigned(), s.GetLengthofByteArrayUnsigned()));
        return signature;
    }

    public static bool Verify(ReadOnlySpan<byte> compressedKey, byte[] digest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Size)
        {
            return false;
        }

        var r = new BigInteger(1, signature[..32]);
        var s = new BigInteger(1, signature[32..]);

        // One signature, one encoding: the high s is another encoding of the same.
        if (r.SignValue == 0 || r.CompareTo(_domain.N) >= 0 || s.SignValue == 0 || s.CompareTo(_halfOrder) > 0)
        {
            return false;
        }

        try
        {
            var verifier = new ECDsaSigner();
            verifier.Init(forSigning: false, new ECPublicKeyParameters(_curve.Curve.DecodePoint(compressedKey), _domain));
            return verifier.VerifySignature(digest, r, s);
        }
        catch (ArgumentException)
        {
            // Not a point on the curve.
            return false;
        }
    }

    private static BigInteger Scalar(ReadOnlySpan<byte> privateKey)
    {
        var scalar = new BigInteger(1, privateKey);
        return scalar.SignValue > 0 && scalar.CompareTo(_domain.N) < 0 ? scalar : throw new ArgumentException("a private key is 1 to n-1");
    }
}
