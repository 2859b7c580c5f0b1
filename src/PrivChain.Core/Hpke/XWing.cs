using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace PrivChain.Core.Hpke;

/// <summary>
/// X-Wing, draft-connolly-cfrg-xwing-kem-10, the same construction as MLKEM768-X25519 of draft-ietf-hpke-pq, KEM id 0x647a. Written here on
/// BouncyCastle's halves because versions of its own X-Wing put the label first, which only shows as ciphertexts nobody else can open.
/// </summary>
internal static class XWing
{
    public const int SeedSize = 32;
    public const int PublicKeySize = MlKem768.EncapsulationKeySize + X25519Kem.KeySize;
    public const int EncapsulationSize = MlKem768.CiphertextSize + X25519Kem.KeySize;
    public const int SecretSize = 32;

    /// <summary>Encapsulation randomness: m of ML-KEM, then the X25519 scalar.</summary>
    public const int EncapsulationSeedSize = MlKem768.RandomnessSize + X25519Kem.KeySize;

    /// <summary>The characters <c>\.//^\</c>, hashed last.</summary>
    private static ReadOnlySpan<byte> Label => [0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c];

    /// <summary>A seed expanded once: SHAKE256 to d, z and the X25519 scalar.</summary>
    public sealed class DecapsulationKey : IDisposable
    {
        private readonly byte[] _scalar = new byte[X25519Kem.KeySize];
        private readonly byte[] _publicKey = new byte[PublicKeySize];
        private MLKemPrivateKeyParameters? _mlKem;

        public DecapsulationKey(ReadOnlySpan<byte> seed)
        {
            Span<byte> expanded = stackalloc byte[MlKem768.SeedSize + X25519Kem.KeySize];
            var shake = new ShakeDigest(256);
            shake.BlockUpdate(seed);
            shake.OutputFinal(expanded);

            _mlKem = MlKem768.FromSeed(expanded[..MlKem768.SeedSize]);
            expanded[MlKem768.SeedSize..].CopyTo(_scalar);
            CryptographicOperations.ZeroMemory(expanded);

            _mlKem.GetPublicKeyEncoded().CopyTo(_publicKey, 0);
            X25519.GeneratePublicKey(_scalar, _publicKey.AsSpan(MlKem768.EncapsulationKeySize));
        }

        public ReadOnlySpan<byte> PublicKey => _publicKey;

        /// <summary>Never fails for an encapsulation of the right length: both halves are mixed whatever they hold.</summary>
        public void Decapsulate(ReadOnlySpan<byte> encapsulation, Span<byte> sharedSecret)
        {
            ObjectDisposedException.ThrowIf(_mlKem is null, this);
            Span<byte> secrets = stackalloc byte[MlKem768.SecretSize + X25519Kem.KeySize];
            var encapsulatedPoint = encapsulation[MlKem768.CiphertextSize..];
            MlKem768.Decapsulate(_mlKem, encapsulation[..MlKem768.CiphertextSize], secrets[..MlKem768.SecretSize]);
            X25519.ScalarMult(_scalar, encapsulatedPoint, secrets[MlKem768.SecretSize..]);
            Combine(secrets, encapsulatedPoint, PublicKey[MlKem768.EncapsulationKeySize..], sharedSecret);
            CryptographicOperations.ZeroMemory(secrets);
        }

        public void Dispose()
        {
            CryptographicOperations.ZeroMemory(_scalar);
            _mlKem = null;
        }
    }

    /// <summary>DeriveKeyPair of draft-ietf-hpke-pq: SHAKE256 LabeledDerive, not the one of DHKEM.</summary>
    public static void DeriveSeed(ReadOnlySpan<byte> inputKey, Span<byte> seed)
    {
        var shake = new ShakeDigest(256);
        Span<byte> number = stackalloc byte[sizeof(ushort)];
        var label = "DeriveKeyPair"u8;
        shake.BlockUpdate(inputKey);
        shake.BlockUpdate("HPKE-v1KEM"u8);
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)HpkeKem.XWing);
        shake.BlockUpdate(number);
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)label.Length);
        shake.BlockUpdate(number);
        shake.BlockUpdate(label);
        BinaryPrimitives.WriteUInt16BigEndian(number, SeedSize);
        shake.BlockUpdate(number);
        shake.OutputFinal(seed[..SeedSize]);
    }

    /// <summary>Length and modulus check. The X25519 half has no invalid points: a weak one leaves the security of ML-KEM.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> key) =>
        key.Length == PublicKeySize && MlKem768.IsEncapsulationKey(key[..MlKem768.EncapsulationKeySize]);

    /// <summary>Encapsulates with the given 64 bytes of randomness.</summary>
    public static void Encapsulate(ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> randomness, Span<byte> encapsulation, Span<byte> sharedSecret)
    {
        Span<byte> secrets = stackalloc byte[MlKem768.SecretSize + X25519Kem.KeySize];
        var message = randomness[..MlKem768.RandomnessSize].ToArray();
        var scalar = randomness.Slice(MlKem768.RandomnessSize, X25519Kem.KeySize);
        var encapsulatedPoint = encapsulation[MlKem768.CiphertextSize..];
        var recipientPoint = recipient[MlKem768.EncapsulationKeySize..];

        MlKem768.Encapsulate(recipient[..MlKem768.EncapsulationKeySize], message, encapsulation[..MlKem768.CiphertextSize], secrets[..MlKem768.SecretSize]);
        X25519.GeneratePublicKey(scalar, encapsulatedPoint);
        X25519.ScalarMult(scalar, recipientPoint, secrets[MlKem768.SecretSize..]);
        Combine(secrets, encapsulatedPoint, recipientPoint, sharedSecret);
        CryptographicOperations.ZeroMemory(message);
        CryptographicOperations.ZeroMemory(secrets);
    }

    // Combiner of section 5.3: SHA3-256(ss_M || ss_X || ct_X || pk_X || label).
    private static void Combine(ReadOnlySpan<byte> secrets, ReadOnlySpan<byte> encapsulatedPoint, ReadOnlySpan<byte> recipientPoint, Span<byte> sharedSecret)
    {
        var hash = new Sha3Digest(256);
        hash.BlockUpdate(secrets);
        hash.BlockUpdate(encapsulatedPoint);
        hash.BlockUpdate(recipientPoint);
        hash.BlockUpdate(Label);
        hash.DoFinal(sharedSecret);
    }
}
