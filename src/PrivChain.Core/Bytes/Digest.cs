using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Bytes;

/// <summary>A 32-byte digest (SHA-256 or Keccak-256) that compares by content. Text form: 64 lower-case hex digits after <c>0x</c>.</summary>
public readonly struct Digest : IEquatable<Digest>, IComparable<Digest>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly UInt256Words _words;

    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"a digest has {Size} bytes, given {bytes.Length}", nameof(bytes));
        }

        _words = new UInt256Words(bytes);
    }

    /// <summary>The digest of 32 zero bytes, used where a layout has no value.</summary>
    public static Digest Zero => default;

    /// <summary>True for 32 zero bytes.</summary>
    public bool IsZero => this == default;

    /// <summary>Parses <c>0x</c> and 64 lower-case hex digits; every other form is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!Hex.TryDecode(text, bytes))
        {
            return false;
        }

        digest = new Digest(bytes);
        return true;
    }

    /// <summary>Parses text written by our own code.</summary>
    /// <exception cref="FormatException">Not a digest in its one text form.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException("not a digest: wanted 0x and 64 lower-case hex digits");

    /// <summary>SHA-256 over the label, a zero byte, and the parts in order. The zero byte ends the label, so no label is a prefix of another.</summary>
    public static Digest Sha256(string label, params ReadOnlySpan<byte[]> parts)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.ASCII.GetBytes(label));
        hash.AppendData([0]);
        foreach (var part in parts)
        {
            hash.AppendData(part);
        }

        Span<byte> bytes = stackalloc byte[Size];
        hash.GetHashAndReset(bytes);
        return new Digest(bytes);
    }

    /// <summary>SHA-256 of the bytes alone.</summary>
    public static Digest OfSha256(ReadOnlySpan<byte> content)
    {
        Span<byte> bytes = stackalloc byte[Size];
        System.Security.Cryptography.SHA256.HashData(content, bytes);
        return new Digest(bytes);
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination) => _words.CopyTo(destination);

    /// <summary>A fresh array of the 32 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(Digest other) => _words.Equals(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _words.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(Digest other) => _words.CompareTo(other._words);

    /// <inheritdoc/>
    public override string ToString() => Hex.Encode(ToArray());

    /// <summary>Content equality.</summary>
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    /// <summary>Content inequality.</summary>
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);
}
