using System.Security.Cryptography;
using System.Text;

namespace PrivChain.Attestation.Sources;

/// <summary>Sealing keys from what hardware gives: one derivation, so that a device's raw key is never used as it is.</summary>
internal static class SealingKey
{
    public const int Size = 32;

    /// <summary>HKDF-SHA256 under <c>privchain/hardware-seal/v1</c>, a zero byte and the kind: keeps kinds apart that one machine has. The secret is wiped.</summary>
    public static byte[] Derive(string kind, byte[] secret)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Size, info: [.. "privchain/hardware-seal/v1\0"u8, .. Encoding.ASCII.GetBytes(kind)]);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }
}
