using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace PrivChain.Core.Hpke;

/// <summary>DHKEM(X25519, HKDF-SHA256), RFC 9180 section 4.1, KEM id 0x0020. Base and PSK modes only: the RFC's successor drops authenticated ones.</summary>
internal static class X25519Kem
{
    public const int KeySize = 32;
    public const int EncapsulationSize = 32;
    public const int SecretSize = 32;

    /// <summary>"KEM" and the KEM id: not the suite id of the key schedule.</summary>
    private static ReadOnlySpan<byte> SuiteId => [(byte)'K', (byte)'E', (byte)'M', 0x00, 0x20];

    // The seven encodings, top bit masked, of points whose order divides 8: with them every secret is zero. 0, 1, p-1, p, p+1 and two of order 8.
    private static readonly byte[][] SmallOrder =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        Convert.FromHexString("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];

    /// <summary>True for a point with which no secret can be agreed. Public keys are compared plainly: they are public.</summary>
    public static bool IsSmallOrder(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> masked = stackalloc byte[KeySize];
        publicKey.CopyTo(masked);
        masked[^1] &= 0x7f;
        foreach (var point in SmallOrder)
        {
            if (masked.SequenceEqual(point))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>DeriveKeyPair of section 7.1.3; the scalar is clamped where it is used.</summary>
    public static void DeriveSecretKey(ReadOnlySpan<byte> inputKey, Span<byte> secretKey)
    {
        Span<byte> pseudoRandomKey = stackalloc byte[HpkeKdf.HashSize];
        HpkeKdf.LabeledExtract(SuiteId, default, "dkp_prk"u8, inputKey, pseudoRandomKey);
        HpkeKdf.LabeledExpand(SuiteId, pseudoRandomKey, "sk"u8, default, secretKey);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
    }

    public static void PublicKey(ReadOnlySpan<byte> secretKey, Span<byte> publicKey) => X25519.GeneratePublicKey(secretKey, publicKey);

    /// <summary>False when the agreed point is all zeros (section 7.1.4), which a small-order recipient key causes.</summary>
    public static bool TryEncapsulate(ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> ephemeralSecret, Span<byte> encapsulation, Span<byte> sharedSecret)
    {
        Span<byte> agreed = stackalloc byte[KeySize];
        X25519.GeneratePublicKey(ephemeralSecret, encapsulation);
        var usable = X25519.CalculateAgreement(ephemeralSecret, recipient, agreed);
        ExtractAndExpand(agreed, encapsulation, recipient, sharedSecret);
        return usable;
    }

    /// <summary>False when the agreed point is all zeros.</summary>
    public static bool TryDecapsulate(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> encapsulation, Span<byte> sharedSecret)
    {
        Span<byte> agreed = stackalloc byte[KeySize];
        var usable = X25519.CalculateAgreement(secretKey, encapsulation, agreed);
        ExtractAndExpand(agreed, encapsulation, publicKey, sharedSecret);
        return usable;
    }

    private static void ExtractAndExpand(Span<byte> agreed, ReadOnlySpan<byte> encapsulation, ReadOnlySpan<byte> recipient, Span<byte> sharedSecret)
    {
        Span<byte> context = stackalloc byte[EncapsulationSize + KeySize];
        encapsulation.CopyTo(context);
        recipient.CopyTo(context[EncapsulationSize..]);

        Span<byte> pseudoRandomKey = stackalloc byte[HpkeKdf.HashSize];
        HpkeKdf.LabeledExtract(SuiteId, default, "eae_prk"u8, agreed, pseudoRandomKey);
        HpkeKdf.LabeledExpand(SuiteId, pseudoRandomKey, "shared_secret"u8, context, sharedSecret);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
        CryptographicOperations.ZeroMemory(agreed);
    }
}
