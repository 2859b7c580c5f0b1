using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Keys;

/// <summary>
/// An account's signature: r, s, v in 65 bytes, v 27 or 28. Only a low s can be held (EIP-2), so one key makes one signature of a digest and
/// nobody can turn it into another. Its bytes still identify nothing: a document is named by its digest.
/// </summary>
public readonly struct Secp256k1Signature : IEquatable<Secp256k1Signature>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 65;

    internal const byte EvenV = 27;
    internal const byte OddV = 28;

    private Secp256k1Signature(Digest r, Digest s, byte v)
    {
        R = r;
        S = s;
        V = v;
    }

    /// <summary>The x coordinate of the nonce point, 1..n-1, big-endian.</summary>
    public Digest R { get; }

    /// <summary>1..n/2, big-endian.</summary>
    public Digest S { get; }

    /// <summary>27 where the nonce point has an even y, 28 where it is odd; 0 only in the default value, which verifies nowhere.</summary>
    public byte V { get; }

    /// <summary>Parses 65 bytes; r or s of zero or at least n, a high s, and a v other than 27 or 28 are refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Secp256k1Signature signature)
    {
        signature = default;
        if (bytes.Length != Size || bytes[64] is not (EvenV or OddV))
        {
            return false;
        }

        var curve = EcdsaCurve.Secp256k1;
        if (!curve.IsScalar(bytes[..32]) || !curve.IsScalar(bytes[32..64]) || !curve.IsLow(bytes[32..64]))
        {
            return false;
        }

        signature = new Secp256k1Signature(new Digest(bytes[..32]), new Digest(bytes[32..64]), bytes[64]);
        return true;
    }

    /// <summary>Reads 65 bytes as other programs write them, into our one form: v may be 0 or 1, and s above n/2, which is the same signature as n - s with the other v.</summary>
    public static bool TryNormalise(ReadOnlySpan<byte> bytes, out Secp256k1Signature signature)
    {
        signature = default;
        if (bytes.Length != Size || bytes[64] is not (0 or 1 or EvenV or OddV) || !EcdsaCurve.Secp256k1.IsScalar(bytes[32..64]))
        {
            return false;
        }

        Span<byte> own = stackalloc byte[Size];
        bytes.CopyTo(own);
        own[64] = bytes[64] < EvenV ? (byte)(bytes[64] + EvenV) : bytes[64];
        if (!EcdsaCurve.Secp256k1.IsLow(own[32..64]))
        {
            EcdsaCurve.Secp256k1.Negate(own[32..64]);
            own[64] = own[64] == EvenV ? OddV : EvenV;
        }

        return TryParse(own, out signature);
    }

    /// <summary>Parses <c>0x</c> and 130 lower-case hex digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Secp256k1Signature signature)
    {
        signature = default;
        Span<byte> bytes = stackalloc byte[Size];
        return Hex.TryDecode(text, bytes) && TryParse(bytes, out signature);
    }

    /// <summary>Writes the 65 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        R.CopyTo(destination);
        S.CopyTo(destination[32..]);
        destination[64] = V;
    }

    /// <summary>A fresh array of the 65 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(Secp256k1Signature other) => R == other.R && S == other.S && V == other.V;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Secp256k1Signature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(R, S, V);

    /// <summary><c>0x</c> and 130 lower-case hex digits.</summary>
    public override string ToString() => Hex.Encode(ToArray());

    /// <summary>Content equality.</summary>
    public static bool operator ==(Secp256k1Signature left, Secp256k1Signature right) => left.Equals(right);

    /// <summary>Content inequality.</summary>
    public static bool operator !=(Secp256k1Signature left, Secp256k1Signature right) => !left.Equals(right);

    internal static Secp256k1Signature Create(ReadOnlySpan<byte> r, ReadOnlySpan<byte> s, int recovery) =>
        new(new Digest(r), new Digest(s), recovery == 0 ? EvenV : OddV);
}
