using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Hpke;

/// <summary>
/// SM2 encryption (C1, C3, C2) of a random 32-byte secret as a key encapsulation, number <see cref="HpkeKem.Sm2"/>. HPKE has no registered suite of the national algorithms: this one has
/// its shape, and numbers of our own. As in DHKEM the shared secret also depends on the encapsulation and the recipient.
/// </summary>
internal static class Sm2Kem
{
    /// <summary>An uncompressed point.</summary>
    public const int PublicKeySize = Sm2.PublicKeySize;

    public const int SecretSize = 32;

    public const int EncapsulationSize = SecretSize + Sm2Encryption.Overhead;

    /// <summary>The secret, and 128 bits more than a scalar for the nonce.</summary>
    public const int RandomnessSize = SecretSize + 48;

    private static ReadOnlySpan<byte> SuiteId => [(byte)'K', (byte)'E', (byte)'M', 0xff, 0x02];

    public static bool IsPublicKey(ReadOnlySpan<byte> key) => key.Length == PublicKeySize && Sm2.TryParsePublicKey(key, out _);

    /// <summary>The private key of a seed.</summary>
    public static byte[] DerivePrivateKey(ReadOnlySpan<byte> seed) => Sm2.DeriveKey(seed, System.Text.Encoding.ASCII.GetBytes(Bytes.Labels.Sm2Encryption));

    public static void Encapsulate(ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> randomness, Span<byte> encapsulation, Span<byte> sharedSecret)
    {
        var order = EcdsaCurve.Sm2P256.N.Subtract(BigInteger.One);
        var nonce = Org.BouncyCastle.Utilities.BigIntegers.AsUnsignedByteArray(
            EcdsaCurve.ScalarSize, new BigInteger(1, randomness[SecretSize..RandomnessSize]).Mod(order).Add(BigInteger.One));
        var usable = Sm2Encryption.TryEncrypt(recipient, randomness[..SecretSize], nonce, out var ciphertext);
        CryptographicOperations.ZeroMemory(nonce);
        if (!usable)
        {
            // 32 zero bytes of key stream: once in 2^256.
            throw new InvalidOperationException("the encapsulation would show its secret");
        }

        ciphertext.CopyTo(encapsulation);
        Bind(randomness[..SecretSize], encapsulation, recipient, sharedSecret);
    }

    public static bool TryDecapsulate(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> encapsulation, Span<byte> sharedSecret)
    {
        if (!Sm2Encryption.TryDecrypt(privateKey, encapsulation, out var secret))
        {
            return false;
        }

        Bind(secret, encapsulation, publicKey, sharedSecret);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    private static void Bind(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> encapsulation, ReadOnlySpan<byte> recipient, Span<byte> sharedSecret)
    {
        Span<byte> context = stackalloc byte[EncapsulationSize + PublicKeySize];
        encapsulation.CopyTo(context);
        recipient.CopyTo(context[EncapsulationSize..]);
        Span<byte> pseudoRandomKey = stackalloc byte[HpkeKdf.HashSize];
        HpkeKdf.LabeledExtract(SuiteId, default, "eae_prk"u8, secret, pseudoRandomKey, HpkeKdf.Sm3Id);
        HpkeKdf.LabeledExpand(SuiteId, pseudoRandomKey, "shared_secret"u8, context, sharedSecret, HpkeKdf.Sm3Id);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
    }
}
