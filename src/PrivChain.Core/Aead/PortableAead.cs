using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Modes;

namespace PrivChain.Core.Aead;

/// <summary>One message through a cipher of BouncyCastle that was started for it: the tag of 16 bytes stands behind the ciphertext.</summary>
internal static class PortableAead
{
    public const int TagSize = 16;

    public static byte[] Seal(IAeadCipher cipher, ReadOnlySpan<byte> plaintext)
    {
        var sealedBytes = new byte[plaintext.Length + TagSize];
        var written = cipher.ProcessBytes(plaintext, sealedBytes);
        cipher.DoFinal(sealedBytes.AsSpan(written));
        return sealedBytes;
    }

    /// <summary>The plaintext, only when the tag holds.</summary>
    public static bool TryOpen(IAeadCipher cipher, ReadOnlySpan<byte> sealedBytes, [NotNullWhen(true)] out byte[]? plaintext)
    {
        plaintext = null;
        if (sealedBytes.Length < TagSize)
        {
            return false;
        }

        var opened = new byte[sealedBytes.Length - TagSize];
        try
        {
            var written = cipher.ProcessBytes(sealedBytes, opened);
            cipher.DoFinal(opened.AsSpan(written));
        }
        catch (InvalidCipherTextException)
        {
            // Unverified plaintext must not survive the refusal.
            CryptographicOperations.ZeroMemory(opened);
            return false;
        }

        plaintext = opened;
        return true;
    }
}
