using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Hpke;

/// <summary>A recipient's encryption key, checked when it was read: no small-order X25519 point, no unreduced ML-KEM key, no SM2 point off the curve. Bytes: KEM id (2), key.</summary>
public sealed class HpkePublicKey : IEquatable<HpkePublicKey>
{
    private const int HeaderSize = sizeof(ushort);

    private readonly byte[] _bytes;

    private HpkePublicKey(byte[] bytes)
    {
        _bytes = bytes;
        Fingerprint = Suite.Of(Kem).DigestOf(bytes);
    }

    /// <summary>The encapsulation this key is for; it refuses every other.</summary>
    public HpkeKem Kem => (HpkeKem)BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>SHA-256 of <see cref="ToArray"/>, SM3 for an SM2 key: what documents name the key by.</summary>
    public Digest Fingerprint { get; }

    /// <summary>The key without its KEM id, as RFC 9180 serialises it.</summary>
    internal ReadOnlySpan<byte> Key => _bytes.AsSpan(HeaderSize);

    /// <summary>Bytes of a public key of this KEM, the id included.</summary>
    public static int Size(HpkeKem kem) => HeaderSize + (kem switch
    {
        HpkeKem.X25519 => X25519Kem.KeySize,
        HpkeKem.XWing => XWing.PublicKeySize,
        HpkeKem.Sm2 => Sm2Kem.PublicKeySize,
        _ => throw new ArgumentOutOfRangeException(nameof(kem), kem, "unknown KEM"),
    });

    /// <summary>Reads KEM id and key; an unknown KEM, another length, or a key nobody should seal to is refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HpkePublicKey? key)
    {
        key = null;
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        var valid = (HpkeKem)BinaryPrimitives.ReadUInt16BigEndian(bytes) switch
        {
            HpkeKem.X25519 => bytes.Length == HeaderSize + X25519Kem.KeySize && !X25519Kem.IsSmallOrder(bytes[HeaderSize..]),
            HpkeKem.XWing => XWing.IsPublicKey(bytes[HeaderSize..]),
            HpkeKem.Sm2 => Sm2Kem.IsPublicKey(bytes[HeaderSize..]),
            _ => false,
        };
        key = valid ? new HpkePublicKey(bytes.ToArray()) : null;
        return valid;
    }

    /// <summary>For keys that were just computed.</summary>
    internal static HpkePublicKey Of(HpkeKem kem, ReadOnlySpan<byte> key)
    {
        var bytes = new byte[HeaderSize + key.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)kem);
        key.CopyTo(bytes.AsSpan(HeaderSize));
        return new HpkePublicKey(bytes);
    }

    /// <summary>KEM id (2 bytes, big-endian) and key, in a fresh array.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <inheritdoc/>
    public bool Equals(HpkePublicKey? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HpkePublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint.GetHashCode();

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint.ToString();
}
