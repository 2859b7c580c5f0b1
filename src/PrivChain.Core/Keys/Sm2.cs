using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using Org.BouncyCastle.Utilities;
using PrivChain.Core.Bytes;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace PrivChain.Core.Keys;

/// <summary>
/// Signatures of SM2 (GB/T 32918.2-2016) on sm2p256v1. The signer's identity is part of what is signed and always given: programs disagree on its default
/// (OpenSSL takes an empty one), so nothing here guesses. A signature is r and s, 32 bytes each, also where a value is short.
/// </summary>
public static class Sm2
{
    /// <summary>The identity of the standard's examples, and of every signature of ours, in ASCII.</summary>
    public const string Identity = "1234567812345678";

    /// <summary>Length of a private key in bytes.</summary>
    public const int PrivateKeySize = EcdsaCurve.ScalarSize;

    /// <summary>Length of an uncompressed public key: 04, x, y.</summary>
    public const int PublicKeySize = EcdsaCurve.PointSize;

    /// <summary>Length of a signature: r, s.</summary>
    public const int SignatureSize = 2 * EcdsaCurve.ScalarSize;

    // The identity's length in bits has two bytes.
    private const int MaxIdentitySize = 8191;

    private static readonly byte[] OwnIdentity = Encoding.ASCII.GetBytes(Identity);
    private static readonly EcdsaCurve Curve = EcdsaCurve.Sm2P256;
    private static readonly BigInteger NMinusOne = Curve.N.Subtract(BigInteger.One);

    // a, b, xG, yG, as ZA hashes them.
    private static readonly byte[] Parameters =
    [
        .. Curve.G.Curve.A.GetEncoded(), .. Curve.G.Curve.B.GetEncoded(), .. Curve.G.AffineXCoord.GetEncoded(), .. Curve.G.AffineYCoord.GetEncoded(),
    ];

    /// <summary>True for 32 bytes in 1..n-2: with n-1 no signature can be made, since 1 + d has no inverse.</summary>
    public static bool IsPrivateKey(ReadOnlySpan<byte> bytes) => Curve.IsScalar(bytes) && !new BigInteger(1, bytes).Equals(NMinusOne);

    /// <summary>A fresh private key; the caller wipes it.</summary>
    public static byte[] GenerateKey()
    {
        var key = new byte[PrivateKeySize];
        do
        {
            RandomNumberGenerator.Fill(key);
        }
        while (!IsPrivateKey(key));
        return key;
    }

    /// <summary>The private key that a secret gives, always the same one: 48 bytes of HKDF-SM3 modulo n-2, plus one. The caller wipes it.</summary>
    /// <param name="secret">At least 32 secret bytes.</param>
    /// <param name="label">What the key is for: keeps it apart from every other key of the same secret.</param>
    public static byte[] DeriveKey(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label)
    {
        // 128 bits more than the order: what the remainder favours is below 2^-128.
        Span<byte> wide = stackalloc byte[48];
        Span<byte> pseudoRandomKey = stackalloc byte[Sm3.Size];
        Sm3.HkdfExtract(default, secret, pseudoRandomKey);
        Sm3.HkdfExpand(pseudoRandomKey, label, wide);
        var key = ToBytes(new BigInteger(1, wide).Mod(NMinusOne.Subtract(BigInteger.One)).Add(BigInteger.One));
        CryptographicOperations.ZeroMemory(wide);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
        return key;
    }

    /// <summary>The uncompressed public key, 65 bytes.</summary>
    /// <exception cref="ArgumentException">Not a private key.</exception>
    public static byte[] PublicKey(ReadOnlySpan<byte> privateKey) => Curve.PublicKey(Wanted(privateKey));

    /// <summary>Reads a compressed (33 bytes) or uncompressed (65 bytes) point on the curve into its uncompressed form.</summary>
    public static bool TryParsePublicKey(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out byte[]? uncompressed)
    {
        uncompressed = Curve.TryDecodePoint(bytes, out var point) ? point.GetEncoded(compressed: false) : null;
        return uncompressed is not null;
    }

    /// <summary>ZA (part 2 section 5.5): SM3 over the identity's length in bits, the identity, the curve and the key.</summary>
    /// <exception cref="ArgumentException">Not a public key of 65 bytes, or an identity over 8,191 bytes.</exception>
    public static Digest Za(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> identity)
    {
        if (publicKey.Length != PublicKeySize || publicKey[0] != 4 || identity.Length > MaxIdentitySize)
        {
            throw new ArgumentException($"wanted an uncompressed public key and an identity of at most {MaxIdentitySize} bytes");
        }

        return Sm3.Hash(new RecordWriter().UInt16((ushort)(identity.Length * 8)).Raw(identity).Raw(Parameters).Raw(publicKey[1..]).ToArray());
    }

    /// <summary>e = SM3(ZA, message): the digest that is signed.</summary>
    public static Digest MessageDigest(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> message) =>
        Sm3.Hash(Za(publicKey, identity).ToArray(), message.ToArray());

    /// <summary>The same under <see cref="Identity"/>.</summary>
    public static Digest MessageDigest(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message) => MessageDigest(publicKey, OwnIdentity, message);

    /// <summary>Signs a message under <see cref="Identity"/>; the same message always gives the same signature.</summary>
    /// <exception cref="ArgumentException">Not a private key.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> message) => Sign(privateKey, OwnIdentity, message);

    /// <summary>Signs a message under an identity; the same message always gives the same signature.</summary>
    /// <exception cref="ArgumentException">Not a private key, or an identity over 8,191 bytes.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> message)
    {
        using var key = new SigningKey(Curve, Wanted(privateKey));
        return key.Sign(MessageDigest(key.PublicKey.Span, identity, message));
    }

    /// <summary>True when this key (33 or 65 bytes) signed the message under <see cref="Identity"/>.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Verify(publicKey, OwnIdentity, message, signature);

    /// <summary>True when this key (33 or 65 bytes) signed the message under this identity.</summary>
    /// <exception cref="ArgumentException">An identity over 8,191 bytes.</exception>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Curve.TryDecodePoint(publicKey, out var point)
        && VerifyDigest(point, MessageDigest(point.GetEncoded(compressed: false), identity, message), signature);

    /// <summary>
    /// Reads SEQUENCE { r, s } in DER (GB/T 35276-2017 section 7.3); a second encoding, a negative value, one of more than 32 bytes and bytes left over are refused.
    /// </summary>
    public static bool TryReadDer(ReadOnlySpan<byte> der, [NotNullWhen(true)] out byte[]? signature)
    {
        signature = null;
        try
        {
            var reader = new AsnReader(der.ToArray(), AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var parts = new byte[SignatureSize];
            if (!Sm2Integer.TryRead(sequence, parts.AsSpan(0, 32)) || !Sm2Integer.TryRead(sequence, parts.AsSpan(32)))
            {
                return false;
            }

            sequence.ThrowIfNotEmpty();
            signature = parts;
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>SEQUENCE { r, s } in DER.</summary>
    /// <exception cref="ArgumentException">Not 64 bytes.</exception>
    public static byte[] ToDer(ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize)
        {
            throw new ArgumentException($"wanted {SignatureSize} bytes, given {signature.Length}", nameof(signature));
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Sm2Integer.Write(writer, signature[..32]);
            Sm2Integer.Write(writer, signature[32..]);
        }

        return writer.Encode();
    }

    /// <summary>Section 6.1 from step A3 on, for a digest e, where there are no vectors (<see cref="SigningKey"/>).</summary>
    internal static byte[] SignDigest(ReadOnlySpan<byte> privateKey, Digest digest)
    {
        using var nonces = new Rfc6979Nonces(Wanted(privateKey), digest.ToArray(), Curve.N);
        while (true)
        {
            if (TrySignDigest(privateKey, digest, nonces.Next(), out var signature))
            {
                return signature;
            }
        }
    }

    /// <summary>One try with a nonce; false for the nonces that steps A5 and A6 refuse, which never come.</summary>
    internal static bool TrySignDigest(ReadOnlySpan<byte> privateKey, Digest digest, BigInteger k, [NotNullWhen(true)] out byte[]? signature)
    {
        signature = null;

        // BouncyCastle's integers are immutable and cannot be wiped; they live for this call only.
        var d = new BigInteger(1, privateKey);
        var point = new FixedPointCombMultiplier().Multiply(Curve.G, k).Normalize();
        var r = new BigInteger(1, digest.ToArray()).Add(point.AffineXCoord.ToBigInteger()).Mod(Curve.N);
        if (r.SignValue == 0 || r.Add(k).Equals(Curve.N))
        {
            return false;
        }

        var s = BigIntegers.ModOddInverse(Curve.N, d.Add(BigInteger.One)).Multiply(k.Subtract(r.Multiply(d))).Mod(Curve.N);
        if (s.SignValue == 0)
        {
            return false;
        }

        signature = [.. ToBytes(r), .. ToBytes(s)];
        return true;
    }

    /// <summary>Section 7.1 from step B5 on, for a digest e.</summary>
    internal static bool VerifyDigest(ECPoint publicKey, Digest digest, ReadOnlySpan<byte> signature)
    {
        // B1, B2: r and s in 1..n-1.
        if (signature.Length != SignatureSize || !Curve.IsScalar(signature[..32]) || !Curve.IsScalar(signature[32..]))
        {
            return false;
        }

        // B5: t = r + s, not zero.
        var r = new BigInteger(1, signature[..32]);
        var s = new BigInteger(1, signature[32..]);
        var t = r.Add(s).Mod(Curve.N);
        if (t.SignValue == 0)
        {
            return false;
        }

        // B6, B7: (x, y) = sG + tP, and r = e + x.
        var sum = ECAlgorithms.SumOfTwoMultiplies(Curve.G, s, publicKey, t);
        if (sum.IsInfinity)
        {
            return false;
        }

        return new BigInteger(1, digest.ToArray()).Add(sum.Normalize().AffineXCoord.ToBigInteger()).Mod(Curve.N).Equals(r);
    }

    private static byte[] ToBytes(BigInteger value) => BigIntegers.AsUnsignedByteArray(EcdsaCurve.ScalarSize, value);

    private static ReadOnlySpan<byte> Wanted(ReadOnlySpan<byte> privateKey) => IsPrivateKey(privateKey)
        ? privateKey
        : throw new ArgumentException("not a private key: wanted 32 bytes with a value in 1..n-2", nameof(privateKey));
}
