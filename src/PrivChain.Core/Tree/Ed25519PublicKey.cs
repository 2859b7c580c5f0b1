using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace PrivChain.Core.Tree;

/// <summary>
/// An Ed25519 public key (RFC 8032), compared by content. Keys that are not canonical points of the prime-order subgroup are refused: under a key of
/// small order one signature fits many messages.
/// </summary>
public sealed class Ed25519PublicKey : INotePublicKey, IEquatable<Ed25519PublicKey>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    /// <summary>Length of a signature in bytes.</summary>
    public const int SignatureSize = 64;

    private readonly byte[] _bytes;

    private Ed25519PublicKey(byte[] bytes) => _bytes = bytes;

    /// <summary>The 32 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <inheritdoc/>
    public int SignatureLength => SignatureSize;

    /// <summary>Reads 32 bytes.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Ed25519PublicKey? key)
    {
        key = null;
        if (bytes.Length != Size)
        {
            return false;
        }

        var copy = bytes.ToArray();
        if (!Ed25519.ValidatePublicKeyFull(copy, 0))
        {
            return false;
        }

        key = new Ed25519PublicKey(copy);
        return true;
    }

    /// <summary>True when the signature is 64 bytes, canonical (S below the group order) and made by this key over the message.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, _bytes, 0, message.ToArray(), 0, message.Length);

    /// <inheritdoc/>
    public bool Equals(Ed25519PublicKey? other) => other is not null && other.Bytes.SequenceEqual(_bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Ed25519PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes);
}
