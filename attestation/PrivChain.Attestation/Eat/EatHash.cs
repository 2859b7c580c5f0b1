using System.Security.Cryptography;
using PrivChain.Attestation.Cbor;

namespace PrivChain.Attestation.Eat;

/// <summary>Hashes that tokens name: by IANA's names (<c>sha-256</c>) or COSE's numbers (RFC 9054).</summary>
internal static class EatHash
{
    /// <summary>IANA's name, or null for a hash that is not known or not good enough.</summary>
    public static string? NameOf(CborValue algorithm) => algorithm.Kind switch
    {
        CborKind.Integer => ((int)Int128.Clamp(algorithm.Number, int.MinValue, int.MaxValue)) switch { -16 => "sha-256", -43 => "sha-384", -44 => "sha-512", _ => null },
        CborKind.Text => algorithm.Text is "sha-256" or "sha-384" or "sha-512" ? algorithm.Text : null,
        _ => null,
    };

    /// <summary>The digest, or null for another name than <see cref="NameOf"/> gives.</summary>
    public static byte[]? Digest(string name, ReadOnlySpan<byte> data) => name switch
    {
        "sha-256" => SHA256.HashData(data),
        "sha-384" => SHA384.HashData(data),
        "sha-512" => SHA512.HashData(data),
        _ => null,
    };
}
