using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PrivChain.Attestation.Signatures;

/// <summary>Hashes by name. The platform's are managed code in a browser, so they may be used there.</summary>
internal static class Hashes
{
    /// <summary>The digest of the data.</summary>
    /// <exception cref="ArgumentException">Another hash than SHA-1, SHA-256, SHA-384 or SHA-512.</exception>
    [SuppressMessage("Security", "CA5350", Justification = "TPMs quote SHA-1 banks; what rests on one is reported as a weak hash and refused by default.")]
    public static byte[] Of(HashAlgorithmName name, ReadOnlySpan<byte> data) => name.Name switch
    {
        nameof(HashAlgorithmName.SHA1) => SHA1.HashData(data),
        nameof(HashAlgorithmName.SHA256) => SHA256.HashData(data),
        nameof(HashAlgorithmName.SHA384) => SHA384.HashData(data),
        nameof(HashAlgorithmName.SHA512) => SHA512.HashData(data),
        _ => throw new ArgumentException("SHA-1, SHA-256, SHA-384 or SHA-512", nameof(name)),
    };
}
