using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using PrivChain.Core.Aead;

namespace PrivChain.Core.Hpke;

/// <summary>The AEADs of RFC 9180 section 7.3. Our own messages use <see cref="Aes256Gcm"/>, and <see cref="Sm4Gcm"/> in the national suite; the others let the RFC's vectors run through the same code.</summary>
internal enum HpkeAead : ushort
{
    Aes128Gcm = 0x0001,
    Aes256Gcm = 0x0002,
    ChaCha20Poly1305 = 0x0003,
    /// <summary>A number of our own.</summary>
    Sm4Gcm = 0xff01,

    ExportOnly = 0xffff,
}

/// <summary>Seal and open for each <see cref="HpkeAead"/>.</summary>
internal static class HpkeAeads
{
    public const int NonceSize = 12;
    public const int TagSize = 16;

    public static bool IsKnown(ushort id) => id is 0x0001 or 0x0002 or 0x0003 or 0xffff;

    public static int KeySize(HpkeAead aead) => aead switch
    {
        HpkeAead.Aes128Gcm or HpkeAead.Sm4Gcm => 16,
        HpkeAead.Aes256Gcm or HpkeAead.ChaCha20Poly1305 => 32,
        _ => 0,
    };

    public static byte[] Seal(HpkeAead aead, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        if (aead == HpkeAead.Aes256Gcm)
        {
            return Aes256Gcm.Seal(key, nonce, associatedData, plaintext);
        }

        if (aead == HpkeAead.Sm4Gcm)
        {
            return Sm4Gcm.Seal(key, nonce, associatedData, plaintext);
        }

        return PortableAead.Seal(Start(aead, forEncryption: true, key, nonce, associatedData), plaintext);
    }

    public static bool TryOpen(
        HpkeAead aead,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> sealedBytes,
        [NotNullWhen(true)] out byte[]? plaintext)
    {
        if (aead == HpkeAead.Aes256Gcm)
        {
            return Aes256Gcm.TryOpen(key, nonce, associatedData, sealedBytes, out plaintext);
        }

        if (aead == HpkeAead.Sm4Gcm)
        {
            return Sm4Gcm.TryOpen(key, nonce, associatedData, sealedBytes, out plaintext);
        }

        return PortableAead.TryOpen(Start(aead, forEncryption: false, key, nonce, associatedData), sealedBytes, out plaintext);
    }

    private static IAeadCipher Start(HpkeAead aead, bool forEncryption, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        if (aead == HpkeAead.ExportOnly)
        {
            throw new InvalidOperationException("an export-only context neither seals nor opens");
        }

        if (key.Length != KeySize(aead) || nonce.Length != NonceSize)
        {
            throw new ArgumentException($"wanted a {KeySize(aead)}-byte key and a {NonceSize}-byte nonce, given {key.Length} and {nonce.Length}");
        }

        IAeadCipher cipher = aead == HpkeAead.ChaCha20Poly1305 ? new Org.BouncyCastle.Crypto.Modes.ChaCha20Poly1305() : new GcmBlockCipher(AesUtilities.CreateEngine());
        cipher.Init(forEncryption, new AeadParameters(new KeyParameter(key), TagSize * 8, nonce.ToArray(), associatedData.ToArray()));
        return cipher;
    }
}
