using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Tree;

/// <summary>An SM2 public key behind a note's signatures, compared by content: a compressed point, the one form that a key id and a vkey have.</summary>
public sealed class Sm2PublicKey : INotePublicKey, IEquatable<Sm2PublicKey>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 1 + EcdsaCurve.ScalarSize;

    private readonly byte[] _bytes;

    private Sm2PublicKey(byte[] bytes) => _bytes = bytes;

    /// <summary>The 33 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <inheritdoc/>
    public int SignatureLength => Sm2.SignatureSize;

    /// <summary>Reads a compressed point on the curve.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Sm2PublicKey? key)
    {
        key = bytes.Length == Size && Sm2.TryParsePublicKey(bytes, out _) ? new Sm2PublicKey(bytes.ToArray()) : null;
        return key is not null;
    }

    /// <summary>True when the signature is r and s, 64 bytes, made by this key over the message under the identity <see cref="Sm2.Identity"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => Sm2.Verify(_bytes, message, signature);

    /// <inheritdoc/>
    public bool Equals(Sm2PublicKey? other) => other is not null && other.Bytes.SequenceEqual(_bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Sm2PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes, 1);

    /// <summary>The compressed form of an uncompressed point.</summary>
    internal static byte[] Compress(ReadOnlySpan<byte> point) => [(byte)(2 + (point[^1] & 1)), .. point.Slice(1, EcdsaCurve.ScalarSize)];
}
