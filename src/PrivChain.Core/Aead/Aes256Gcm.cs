using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace PrivChain.Core.Aead;

/// <summary>
/// AES-256-GCM (NIST SP 800-38D) with a 12-byte nonce and a 16-byte tag after the ciphertext. BouncyCastle's, because it runs in the
/// browser and, for the small blocks we seal under fresh keys, beats setting up the platform's.
/// </summary>
public static class Aes256Gcm
{
    /// <summary>Key length in bytes.</summary>
    public const int KeySize = 32;

    /// <summary>Nonce length in bytes.</summary>
    public const int NonceSize = 12;

    /// <summary>Tag length in bytes.</summary>
    public const int TagSize = PortableAead.TagSize;

    /// <summary>Ciphertext and tag. The caller says beside the call why the nonce cannot repeat under this key.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext) =>
        PortableAead.Seal(Start(forEncryption: true, key, nonce, associatedData), plaintext);

    /// <summary>The plaintext, only when the tag holds.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> sealedBytes,
        [NotNullWhen(true)] out byte[]? plaintext) => PortableAead.TryOpen(Start(forEncryption: false, key, nonce, associatedData), sealedBytes, out plaintext);

    private static GcmBlockCipher Start(bool forEncryption, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        if (key.Length != KeySize || nonce.Length != NonceSize)
        {
            throw new ArgumentException($"wanted a {KeySize}-byte key and a {NonceSize}-byte nonce, given {key.Length} and {nonce.Length}");
        }

        var cipher = new GcmBlockCipher(AesUtilities.CreateEngine());
        cipher.Init(forEncryption, new AeadParameters(new KeyParameter(key), TagSize * 8, nonce.ToArray(), associatedData.ToArray()));
        return cipher;
    }
}
