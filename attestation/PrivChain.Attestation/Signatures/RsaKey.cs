using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Security;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace PrivChain.Attestation.Signatures;

/// <summary>RSA: PKCS #1 v1.5, and PSS with a salt of the hash's length (RFC 8017). Keys of 1024 to 2047 bits can be read, shown and compared; their signatures are not accepted.</summary>
internal sealed class RsaKey : PublicKey
{
    private const int MinBits = 1024;
    private const int StrongBits = 2048;
    private const int MaxBits = 8192;

    // A modulus that one of these divides is no product of two primes; all primes below 752, as others test it.
    private static readonly BigInteger _smallPrimes = Enumerable.Range(3, 749).Where(number => Enumerable.Range(2, number - 2).TakeWhile(divisor => divisor * divisor <= number).All(divisor => number % divisor != 0))
        .Aggregate(BigInteger.One, (product, prime) => product.Multiply(BigInteger.ValueOf(prime)));

    private readonly BigInteger _modulus;
    private readonly BigInteger _exponent;

    private RsaKey(ReadOnlyMemory<byte> subjectPublicKeyInfo, BigInteger modulus, BigInteger exponent)
        : base(subjectPublicKeyInfo)
    {
        _modulus = modulus;
        _exponent = exponent;
    }

    /// <summary>Length of the modulus in bits.</summary>
    public int Bits => _modulus.BitLength;

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

    protected override bool IsSignature(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => !IsWeak && DangerouslyVerifyAnySize(algorithm, data, signature);

    /// <summary>Verifies even with a weak key: for self-signatures, which no trust rests on.</summary>
    public bool DangerouslyVerifyAnySize(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (PssHash(algorithm) is { } pss)
        {
            var digest = Hashes.Of(pss, data);
            return Open(signature) is { } encoded && RsaEncoding.IsPss(encoded, Bits - 1, pss, digest, saltSize: digest.Length);
        }

        return Pkcs1Hash(algorithm) is { } hash && Open(signature) is { } opened && RsaEncoding.IsPkcs1(opened, hash, Hashes.Of(hash, data));
    }

    /// <summary>PSS with the longest salt that fits, which TPMs use; false for other algorithms.</summary>
    public bool VerifyLongestSalt(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (IsWeak || PssHash(algorithm) is not { } hash || Open(signature) is not { } encoded)
        {
            return false;
        }

        var digest = Hashes.Of(hash, data);
        return RsaEncoding.IsPss(encoded, Bits - 1, hash, digest, ((Bits + 6) / 8) - digest.Length - 2);
    }

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
        encoding.Init(forEncryption: true, new ParametersWithRandom(new RsaKeyParameters(isPrivate: false, _modulus, _exponent), new SecureRandom(new CryptoApiRandomGenerator())));
        return encoding.ProcessBlock(data.ToArray(), 0, data.Length);
    }

    // RSAVP1 (section 5.2.2). One signature, one encoding: as long as the modulus and below it.
    private byte[]? Open(ReadOnlySpan<byte> signature)
    {
        var size = (Bits + 7) / 8;
        if (signature.Length != size || new BigInteger(1, signature) is not { } number || number.CompareTo(_modulus) >= 0)
        {
            return null;
        }

        var opened = number.ModPow(_exponent, _modulus).ToByteArrayUnsigned();
        return [.. new byte[size - opened.Length], .. opened];
    }

    private static HashAlgorithmName? Pkcs1Hash(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.RsaPkcs1Sha1 => HashAlgorithmName.SHA1,
        SignatureAlgorithm.RsaPkcs1Sha256 => HashAlgorithmName.SHA256,
        SignatureAlgorithm.RsaPkcs1Sha384 => HashAlgorithmName.SHA384,
        SignatureAlgorithm.RsaPkcs1Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static HashAlgorithmName? PssHash(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.RsaPssSha256 => HashAlgorithmName.SHA256,
        SignatureAlgorithm.RsaPssSha384 => HashAlgorithmName.SHA384,
        SignatureAlgorithm.RsaPssSha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static RsaKey? Create(ReadOnlyMemory<byte> subjectPublicKeyInfo, BigInteger modulus, BigInteger exponent) =>
        modulus.SignValue > 0 && modulus.BitLength is >= MinBits and <= MaxBits && modulus.TestBit(0) && exponent.SignValue > 0 && exponent.TestBit(0) && exponent.BitLength is > 1 and <= 64
        && modulus.Gcd(_smallPrimes).Equals(BigInteger.One)
            ? new RsaKey(subjectPublicKeyInfo, modulus, exponent)
            : null;

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> number) => number.TrimStart((byte)0) is { Length: > 0 } trimmed ? trimmed : [0];
}
