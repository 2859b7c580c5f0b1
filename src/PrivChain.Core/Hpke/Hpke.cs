using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PrivChain.Core.Hpke;

/// <summary>
/// HPKE (RFC 9180) in base mode with HKDF-SHA256 and AES-256-GCM; with SM2 keys, in the same shape, HKDF-SM3 and SM4-GCM. It tells the recipient nothing about who sealed, and the same ciphertext can be
/// made to open under two keys: who sent it, and to whom else, is said by what is signed.
/// </summary>
public static class Hpke
{
    /// <summary>Bytes of an encapsulation.</summary>
    public static int EncapsulationSize(HpkeKem kem) => kem switch
    {
        HpkeKem.X25519 => X25519Kem.EncapsulationSize,
        HpkeKem.XWing => XWing.EncapsulationSize,
        HpkeKem.Sm2 => Sm2Kem.EncapsulationSize,
        _ => throw new ArgumentOutOfRangeException(nameof(kem), kem, "unknown KEM"),
    };

    /// <summary>Starts a session to a recipient.</summary>
    /// <param name="recipient">Whose key.</param>
    /// <param name="info">What the session is for: begins with a label. The receiver must give the same bytes.</param>
    /// <param name="encapsulated">What the receiver needs, <see cref="EncapsulationSize"/> bytes.</param>
    public static HpkeSender SetupSender(HpkePublicKey recipient, ReadOnlySpan<byte> info, out byte[] encapsulated)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        Span<byte> randomness = stackalloc byte[Sm2Kem.RandomnessSize];
        randomness = randomness[..RandomnessSize(recipient.Kem)];
        RandomNumberGenerator.Fill(randomness);
        var sender = new HpkeSender(SetupSender(recipient, info, randomness, AeadOf(recipient.Kem), default, default, out encapsulated));
        CryptographicOperations.ZeroMemory(randomness);
        return sender;
    }

    /// <summary>Takes up a session. False for an encapsulation of another KEM's length or one that agrees on nothing; one made for another key or
    /// info is not noticed here but at the first message.</summary>
    public static bool TrySetupReceiver(
        HpkePrivateKey key,
        ReadOnlySpan<byte> encapsulated,
        ReadOnlySpan<byte> info,
        [NotNullWhen(true)] out HpkeReceiver? receiver)
    {
        ArgumentNullException.ThrowIfNull(key);
        receiver = TrySetupReceiver(key, encapsulated, info, AeadOf(key.Kem), default, default, out var context) ? new HpkeReceiver(context) : null;
        return receiver is not null;
    }

    /// <summary>Randomness of one encapsulation: the ephemeral scalar, X-Wing's 64 bytes, or the secret and nonce of SM2.</summary>
    internal static int RandomnessSize(HpkeKem kem) => kem switch
    {
        HpkeKem.XWing => XWing.EncapsulationSeedSize,
        HpkeKem.Sm2 => Sm2Kem.RandomnessSize,
        _ => X25519Kem.KeySize,
    };

    private static HpkeAead AeadOf(HpkeKem kem) => Suites.Suite.Of(kem).Aead;

    /// <summary>SetupBaseS or SetupPSKS with given randomness.</summary>
    internal static HpkeContext SetupSender(
        HpkePublicKey recipient,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> randomness,
        HpkeAead aead,
        ReadOnlySpan<byte> psk,
        ReadOnlySpan<byte> pskId,
        out byte[] encapsulated)
    {
        encapsulated = new byte[EncapsulationSize(recipient.Kem)];
        Span<byte> sharedSecret = stackalloc byte[XWing.SecretSize];
        if (recipient.Kem == HpkeKem.XWing)
        {
            XWing.Encapsulate(recipient.Key, randomness, encapsulated, sharedSecret);
        }
        else if (recipient.Kem == HpkeKem.Sm2)
        {
            Sm2Kem.Encapsulate(recipient.Key, randomness, encapsulated, sharedSecret);
        }
        else if (!X25519Kem.TryEncapsulate(recipient.Key, randomness, encapsulated, sharedSecret))
        {
            // Parsing refuses every small-order key, so this is our own fault.
            throw new InvalidOperationException("the recipient's key agrees on nothing");
        }

        var context = HpkeContext.Schedule((ushort)recipient.Kem, aead, sharedSecret, info, psk, pskId);
        CryptographicOperations.ZeroMemory(sharedSecret);
        return context;
    }

    /// <summary>SetupBaseR or SetupPSKR.</summary>
    internal static bool TrySetupReceiver(
        HpkePrivateKey key,
        ReadOnlySpan<byte> encapsulated,
        ReadOnlySpan<byte> info,
        HpkeAead aead,
        ReadOnlySpan<byte> psk,
        ReadOnlySpan<byte> pskId,
        [NotNullWhen(true)] out HpkeContext? context)
    {
        context = null;
        Span<byte> sharedSecret = stackalloc byte[XWing.SecretSize];
        if (!key.TryDecapsulate(encapsulated, sharedSecret))
        {
            return false;
        }

        context = HpkeContext.Schedule((ushort)key.Kem, aead, sharedSecret, info, psk, pskId);
        CryptographicOperations.ZeroMemory(sharedSecret);
        return true;
    }
}
