using System.Buffers.Binary;
using System.Security.Cryptography;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Hpke;

/// <summary>LabeledExtract and LabeledExpand (RFC 9180 section 4) with HKDF-SHA256 (KDF 0x0001), or with HKDF-SM3 under a number of our own.</summary>
internal static class HpkeKdf
{
    public const ushort Sha256Id = 0x0001;

    public const ushort Sm3Id = 0xff01;

    /// <summary>Nh of either.</summary>
    public const int HashSize = 32;

    /// <summary>Most bytes that one expansion gives: 255 blocks.</summary>
    public const int MaxOutput = 255 * HashSize;

    // Above this many bytes a buffer goes to the heap; only a long info or a long exporter context gets there.
    private const int StackLimit = 512;

    private static ReadOnlySpan<byte> Version => "HPKE-v1"u8;

    public static void LabeledExtract(
        ReadOnlySpan<byte> suiteId,
        ReadOnlySpan<byte> salt,
        ReadOnlySpan<byte> label,
        ReadOnlySpan<byte> inputKey,
        Span<byte> pseudoRandomKey,
        ushort kdf = Sha256Id)
    {
        var size = Version.Length + suiteId.Length + label.Length + inputKey.Length;
        Span<byte> labeled = size <= StackLimit ? stackalloc byte[StackLimit] : new byte[size];
        labeled = labeled[..size];
        Version.CopyTo(labeled);
        suiteId.CopyTo(labeled[Version.Length..]);
        label.CopyTo(labeled[(Version.Length + suiteId.Length)..]);
        inputKey.CopyTo(labeled[(size - inputKey.Length)..]);
        if (kdf == Sm3Id)
        {
            Sm3.HkdfExtract(salt, labeled, pseudoRandomKey);
        }
        else
        {
            HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, pseudoRandomKey);
        }

        CryptographicOperations.ZeroMemory(labeled);
    }

    public static void LabeledExpand(
        ReadOnlySpan<byte> suiteId,
        ReadOnlySpan<byte> pseudoRandomKey,
        ReadOnlySpan<byte> label,
        ReadOnlySpan<byte> info,
        Span<byte> output,
        ushort kdf = Sha256Id)
    {
        var size = sizeof(ushort) + Version.Length + suiteId.Length + label.Length + info.Length;
        Span<byte> labeled = size <= StackLimit ? stackalloc byte[StackLimit] : new byte[size];
        labeled = labeled[..size];
        BinaryPrimitives.WriteUInt16BigEndian(labeled, checked((ushort)output.Length));
        Version.CopyTo(labeled[sizeof(ushort)..]);
        suiteId.CopyTo(labeled[(sizeof(ushort) + Version.Length)..]);
        label.CopyTo(labeled[(sizeof(ushort) + Version.Length + suiteId.Length)..]);
        info.CopyTo(labeled[(size - info.Length)..]);
        if (kdf == Sm3Id)
        {
            Sm3.HkdfExpand(pseudoRandomKey, labeled, output);
        }
        else
        {
            HKDF.Expand(HashAlgorithmName.SHA256, pseudoRandomKey, output, labeled);
        }
    }
}
