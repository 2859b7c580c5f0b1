using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace PrivChain.Attestation.Signatures;

/// <summary>RSA: PKCS #1 v1.5, and PSS with a salt of the hash's length (RFC 8017). Keys of 1024 to 2047 bits can be read, shown and compared; their signatures are not accepted.</summary>
internal sealed class RsaKey : PublicKey
{
    private const int MinBits = 1024;
    private const int StrongBits = 2048;
    private const int MaxBits = 8192;

    private readonly RsaKeyParameters _key;

    private RsaKey(ReadOnlyMemory<byte> subjectPublicKeyInfo, RsaKeyParameters key)
        : base(subjectPublicKeyInfo) => _key = key;

    /// <summary>Length of the modulus in bits.</summary>
    public int Bits => _key.Modulus.BitLength;

    /// <summary>True below 2048 bits.</summary>
    public bool IsWeak => Bits < StrongBits;

    public override string Name => $"RSA {Bits}";

    /// <summary>A key from the RSAPublicKey structure of PKCS #1. Null for a size outside 1024 to 8192 bits or an even number.</summary>
    public static RsaKey? FromPkcs1(ReadOnlyMemory<byte> subjectPublicKeyInfo, ReadOnlyMemory<byte> publicKey)
    {
        var outer = new AsnReader(publicKey, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var modulus = new BigInteger(sequence.ReadIntegerBytes().ToArray());
        var exponent = new BigInteger(sequence.ReadIntegerBytes().ToArray());
        sequence.ThrowIfNotEmpty();
        return Create(subjectPublicKeyInfo, modulus, exponent);
    }

    /// <summary>What to call a key that is none here, such as <c>RSA 1024</c>.</summary>
    public static string NameOf(ReadOnlyMemory<byte> publicKey) => $"RSA {new BigInteger(new AsnReader(publicKey, AsnEncodingRules.DER).ReadSequence().ReadIntegerBytes().ToArray()).BitLength}";

    /// <summary>A key from the modulus and exponent that JOSE and TPM keys carry, big-endian.</summary>
    public static RsaKey? FromNumbers(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        if (modulus.Length is 0 or > MaxBits / 8 || exponent.Length is 0 or > 8)
        {
            return null;
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                writer.WriteNull();
            }

            var inner = new AsnWriter(AsnEncodingRules.DER);
            using (inner.PushSequence())
            {
                inner.WriteIntegerUnsigned(Trim(modulus));
                inner.WriteIntegerUnsigned(Trim(exponent));
            }

            writer.WriteBitString(inner.Encode());
        }

        return Create(writer.Encode(), new BigInteger(1, modulus), new BigInteger(1, exponent));
    }

    public override bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => !IsWeak && DangerouslyVerifyAnySize(algorithm, data, signature);

    /// <summary>Verifies even with a weak key: for self-signatures, which no trust rests on.</summary>
    public bool DangerouslyVerifyAnySize(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        ISigner? verifier = algorithm switch
        {
            SignatureAlgorithm.RsaPkcs1Sha1 => new RsaDigestSigner(new Sha1Digest()),
            SignatureAlgorithm.RsaPkcs1Sha256 => new RsaDigestSigner(new Sha256Digest()),
            SignatureAlgorithm.RsaPkcs1Sha384 => new RsaDigestSigner(new Sha384Digest()),
            SignatureAlgorithm.RsaPkcs1Sha512 => new RsaDigestSigner(new Sha512Digest()),
            _ => PssDigest(algorithm) is { } digest ? new PssSigner(new RsaEngine(), digest, digest.GetDigestSize()) : null,
        };
        return Verify(verifier, data, signature);
    }

    /// <summary>PSS with the longest salt that fits, which TPMs use; false for other algorithms.</summary>
    public bool VerifyLongestSalt(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        !IsWeak && PssDigest(algorithm) is { } digest && Verify(new PssSigner(new RsaEngine(), digest, ((Bits + 6) / 8) - digest.GetDigestSize() - 2), data, signature);

    /// <summary>Encrypts to this key with OAEP (RFC 8017), MGF1 with the same hash.</summary>
    /// <exception cref="ArgumentException">A hash that is not known.</exception>
    public byte[] EncryptOaep(HashAlgorithmName hash, ReadOnlySpan<byte> label, ReadOnlySpan<byte> data)
    {
        IDigest Digest() => hash.Name switch
        {
            nameof(HashAlgorithmName.SHA256) => new Sha256Digest(),
            nameof(HashAlgorithmName.SHA384) => new Sha384Digest(),
            nameof(HashAlgorithmName.SHA512) => new Sha512Digest(),
            _ => throw new ArgumentException("SHA-256, SHA-384 or SHA-512", nameof(hash)),
        };

        var encoding = new OaepEncoding(new RsaEngine(), Digest(), Digest(), label.ToArray());
        encoding.Init(forEncryption: true, new ParametersWithRandom(_key, new SecureRandom(new CryptoApiRandomGenerator())));
        return encoding.ProcessBlock(data.ToArray(), 0, data.Length);
    }

    private bool Verify(ISigner? verifier, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // One signature, one encoding: as long as the modulus.
        if (verifier is null || signature.Length != (Bits + 7) / 8)
        {
            return false;
        }

        try
        {
            verifier.Init(forSigning: false, _key);
            verifier.BlockUpdate(data);
            return verifier.VerifySignature(signature.ToArray());
        }
        catch (Exception exception) when (exception is CryptoException or ArgumentException)
        {
            // The number is not below the modulus.
            return false;
        }
    }

    private static IDigest? PssDigest(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.RsaPssSha256 => new Sha256Digest(),
        SignatureAlgorithm.RsaPssSha384 => new Sha384Digest(),
        SignatureAlgorithm.RsaPssSha512 => new Sha512Digest(),
        _ => null,
    };

    private static RsaKey? Create(ReadOnlyMemory<byte> subjectPublicKeyInfo, BigInteger modulus, BigInteger exponent)
    {
        if (modulus.SignValue <= 0 || modulus.BitLength is < MinBits or > MaxBits || exponent.SignValue <= 0 || !exponent.TestBit(0) || exponent.BitLength is <= 1 or > 64)
        {
            return null;
        }

        try
        {
            return new RsaKey(subjectPublicKeyInfo, new RsaKeyParameters(isPrivate: false, modulus, exponent));
        }
        catch (ArgumentException)
        {
            // An even number, or one with a small factor: no modulus.
            return null;
        }
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> number) => number.TrimStart((byte)0) is { Length: > 0 } trimmed ? trimmed : [0];
}
