using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PrivChain.Core.Hpke;

/// <summary>LabeledExtract and LabeledExpand with HKDF-SHA256 (RFC 9180 section 4, KDF 0x0001).</summary>
internal static class HpkeKdf
{
    public const ushort Id = 0x0001;

    /// <summary>Nh of HKDF-SHA256.</summary>
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
        Span<byte> pseudoRandomKey)
    {
        var size = Version.Length + suiteId.Length + label.Length + inputKey.Length;
        Span<byte> labeled = size <= StackLimit ? stackalloc byte[StackLimit] : new byte[size];
        labeled = labeled[..size];
        Version.CopyTo(labeled);
        suiteId.CopyTo(labeled[Version.Length..]);
        label.CopyTo(labeled[(Version.Length + suiteId.Length)..]);
        inputKey.CopyTo(labeled[(size - inputKey.Length)..]);
        HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, pseudoRandomKey);
        CryptographicOperations.ZeroMemory(labeled);
    }

    public static void LabeledExpand(
        ReadOnlySpan<byte> suiteId,
        ReadOnlySpan<byte> pseudoRandomKey,
        ReadOnlySpan<byte> label,
        ReadOnlySpan<byte> info,
        Span<byte> output)
    {
        var size = sizeof(ushort) + Version.Length + suiteId.Length + label.Length + info.Length;
        Span<byte> labeled = size <= StackLimit ? stackalloc byte[StackLimit] : new byte[size];
        labeled = labeled[..size];
        BinaryPrimitives.WriteUInt16BigEndian(labeled, checked((ushort)output.Length));
        Version.CopyTo(labeled[sizeof(ushort)..]);
        suiteId.CopyTo(labeled[(sizeof(ushort) + Version.Length)..]);
        label.CopyTo(labeled[(sizeof(ushort) + Version.Length + suiteId.Length)..]);
        info.CopyTo(labeled[(size - info.Length)..]);
        HKDF.Expand(HashAlgorithmName.SHA256, pseudoRandomKey, output, labeled);
    }
}
