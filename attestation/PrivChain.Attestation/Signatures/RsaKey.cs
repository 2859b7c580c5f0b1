using System.Formats.Asn1;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace PrivChain.Attestation.Signatures;

/// <summary>RSA of 2048 to 8192 bits: PKCS #1 v1.5, and PSS with a salt of the hash's length (RFC 8017). Smaller keys are no keys.</summary>
internal sealed class RsaKey : PublicKey
{
    private const int MinBits = 2048;
    private const int MaxBits = 8192;

    private readonly RsaKeyParameters _key;

    private RsaKey(ReadOnlyMemory<byte> subjectPublicKeyInfo, RsaKeyParameters key)
        : base(subjectPublicKeyInfo) => _key = key;

    /// <summary>Length of the modulus in bits.</summary>
    public int Bits => _key.Modulus.BitLength;

    public override string Name => $"RSA {Bits}";

    /// <summary>A key from the RSAPublicKey structure of PKCS #1. Null for a size outside 2048 to 8192 bits or an even number.</summary>
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

    public override bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        ISigner? verifier = algorithm switch
        {
            SignatureAlgorithm.RsaPkcs1Sha1 => new RsaDigestSigner(new Sha1Digest()),
            SignatureAlgorithm.RsaPkcs1Sha256 => new RsaDigestSigner(new Sha256Digest()),
            SignatureAlgorithm.RsaPkcs1Sha384 => new RsaDigestSigner(new Sha384Digest()),
            SignatureAlgorithm.RsaPkcs1Sha512 => new RsaDigestSigner(new Sha512Digest()),
            SignatureAlgorithm.RsaPssSha256 => new PssSigner(new RsaEngine(), new Sha256Digest(), 32),
            SignatureAlgorithm.RsaPssSha384 => new PssSigner(new RsaEngine(), new Sha384Digest(), 48),
            SignatureAlgorithm.RsaPssSha512 => new PssSigner(new RsaEngine(), new Sha512Digest(), 64),
            _ => null,
        };

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

    private static RsaKey? Create(ReadOnlyMemory<byte> subjectPublicKeyInfo, BigInteger modulus, BigInteger exponent) =>
        modulus.SignValue > 0 && modulus.TestBit(0) && modulus.BitLength is >= MinBits and <= MaxBits
        && exponent.SignValue > 0 && exponent.TestBit(0) && exponent.BitLength is > 1 and <= 64
            ? new RsaKey(subjectPublicKeyInfo, new RsaKeyParameters(isPrivate: false, modulus, exponent))
            : null;

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> number) => number.TrimStart((byte)0) is { Length: > 0 } trimmed ? trimmed : [0];
}
