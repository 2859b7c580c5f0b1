using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using Org.BouncyCastle.Utilities;
using PrivChain.Signatures;
using ECCurve = Org.BouncyCastle.Math.EC.ECCurve;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace PrivChain.Core.Keys;

/// <summary>
/// ECDSA over one 256-bit curve (FIPS 186-5 section 6, SEC 1 section 4.1) with the nonces of RFC 6979. BouncyCastle supplies the curve:
/// the platform's ECDSA has random nonces and no recovery, and is absent from browsers.
/// </summary>
internal sealed class EcdsaCurve
{
    /// <summary>Length of a scalar and of a coordinate.</summary>
    public const int ScalarSize = 32;

    /// <summary>Length of an uncompressed point: 04, x, y.</summary>
    public const int PointSize = 65;

    public static readonly EcdsaCurve Secp256k1 = new("secp256k1", SignatureScheme.EcdsaSecp256k1);
    public static readonly EcdsaCurve P256 = new("secp256r1", SignatureScheme.EcdsaP256);

    /// <summary>The curve of SM2 (GB/T 32918.5), for keys and points only: <see cref="Sm2"/> signs and verifies, never ECDSA.</summary>
    public static readonly EcdsaCurve Sm2P256 = new("sm2p256v1", SignatureScheme.Sm2);

    private readonly ECCurve _curve;
    private readonly ECPoint _g;
    private readonly BigInteger _n;
    private readonly BigInteger _halfN;
    private readonly BigInteger _p;

    private EcdsaCurve(string name, SignatureScheme scheme)
    {
        Scheme = scheme;
        var parameters = CustomNamedCurves.GetByName(name);
        _curve = parameters.Curve;
        _g = parameters.G;
        _n = parameters.N;
        _halfN = _n.ShiftRight(1);
        _p = _curve.Field.Characteristic;
    }

    /// <summary>What signs on it.</summary>
    public SignatureScheme Scheme { get; }

    /// <summary>The order of the group.</summary>
    public BigInteger N => _n;

    /// <summary>The generator.</summary>
    public ECPoint G => _g;

    /// <summary>True for a scalar in 1..n-1, the only private keys and the only values of r and s.</summary>
    public bool IsScalar(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ScalarSize)
        {
            return false;
        }

        var value = new BigInteger(1, bytes);
        return value.SignValue > 0 && value.CompareTo(_n) < 0;
    }

    /// <summary>True where s is in the lower half (EIP-2).</summary>
    public bool IsLow(ReadOnlySpan<byte> s) => new BigInteger(1, s).CompareTo(_halfN) <= 0;

    /// <summary>Replaces a scalar by n less it.</summary>
    public void Negate(Span<byte> scalar) => BigIntegers.AsUnsignedByteArray(_n.Subtract(new BigInteger(1, scalar)), scalar);

    /// <summary>A fresh private key, uniform in 1..n-1 by rejection.</summary>
    public byte[] GenerateKey()
    {
        var key = new byte[ScalarSize];
        do
        {
            RandomNumberGenerator.Fill(key);
        }
        while (!IsScalar(key));
        return key;
    }

    /// <summary>The sum of two scalars modulo n, as BIP-32 derives a child key; false when it is zero.</summary>
    public bool TryAdd(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> sum)
    {
        var value = new BigInteger(1, left).Add(new BigInteger(1, right)).Mod(_n);
        BigIntegers.AsUnsignedByteArray(value, sum);
        return value.SignValue != 0;
    }

    /// <summary>The uncompressed public point of a private key. The comb reads its table without branching on the key.</summary>
    public byte[] PublicKey(ReadOnlySpan<byte> privateKey) =>
        new FixedPointCombMultiplier().Multiply(_g, new BigInteger(1, privateKey)).GetEncoded(compressed: false);

    /// <summary>
    /// A secret scalar in 1..n-1 times a point, by Montgomery's ladder: as many steps for every scalar, each one doubling and one addition, and no branch on a bit. The field beneath it is
    /// BouncyCastle's, which promises nothing about time.
    /// </summary>
    public ECPoint Multiply(ECPoint point, ReadOnlySpan<byte> scalar)
    {
        // Plus n or 2n, whichever has one bit more than n: then the top bit is always in the same place.
        var value = new BigInteger(1, scalar).Add(_n);
        value = value.BitLength > _n.BitLength ? value : value.Add(_n);
        var bits = BigIntegers.AsUnsignedByteArray(1 + ScalarSize, value);
        ECPoint[] pair = [point, point.Twice()];
        for (var i = _n.BitLength - 1; i >= 0; i--)
        {
            // A set bit doubles the higher of the two, a clear one the lower; their sum takes the other's place.
            var bit = (bits[ScalarSize - (i >> 3)] >> (i & 7)) & 1;
            var sum = pair[0].Add(pair[1]);
            pair[bit] = pair[bit].Twice();
            pair[bit ^ 1] = sum;
        }

        CryptographicOperations.ZeroMemory(bits);
        return pair[0].Normalize();
    }

    /// <summary>
    /// Reads a compressed (33 bytes) or uncompressed (65 bytes) point. Coordinates outside the field, points off the curve, infinity and the
    /// hybrid form are refused; all curves have cofactor 1, so every point on them has order n.
    /// </summary>
    public bool TryDecodePoint(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ECPoint? point)
    {
        point = null;
        if (bytes.Length == 1 + ScalarSize && bytes[0] is 2 or 3)
        {
            return TryDecompress(new BigInteger(1, bytes[1..]), bytes[0] == 3, out point);
        }

        if (bytes.Length != PointSize || bytes[0] != 4)
        {
            return false;
        }

        var x = new BigInteger(1, bytes[1..33]);
        var y = new BigInteger(1, bytes[33..]);
        if (x.CompareTo(_p) >= 0 || y.CompareTo(_p) >= 0)
        {
            return false;
        }

        var candidate = _curve.CreatePoint(x, y);
        if (!candidate.IsValid())
        {
            return false;
        }

        point = candidate;
        return true;
    }

    /// <summary>Signs a 32-byte hash where there are no vectors (<see cref="SigningKey"/>); <paramref name="recovery"/> is the parity of the nonce point after any flip of s.</summary>
    public void Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> hash, bool lowS, Span<byte> r, Span<byte> s, out int recovery)
    {
        // BouncyCastle's integers are immutable and cannot be wiped; they live for this call only.
        var d = new BigInteger(1, privateKey);
        var e = new BigInteger(1, hash);
        using var nonces = new Rfc6979Nonces(privateKey, hash, _n);
        while (true)
        {
            var k = nonces.Next();
            var point = new FixedPointCombMultiplier().Multiply(_g, k).Normalize();
            var x = point.AffineXCoord.ToBigInteger();

            // x >= n would need a recovery id above 1, and r = 0 or s = 0 is no signature: none of these ever happens, all are defined.
            if (x.CompareTo(_n) >= 0 || x.SignValue == 0)
            {
                continue;
            }

            var value = BigIntegers.ModOddInverse(_n, k).Multiply(e.Add(d.Multiply(x))).Mod(_n);
            if (value.SignValue == 0)
            {
                continue;
            }

            recovery = point.AffineYCoord.TestBitZero() ? 1 : 0;
            if (lowS && value.CompareTo(_halfN) > 0)
            {
                value = _n.Subtract(value);
                recovery ^= 1;
            }

            BigIntegers.AsUnsignedByteArray(x, r);
            BigIntegers.AsUnsignedByteArray(value, s);
            return;
        }
    }

    /// <summary>
    /// SEC 1 section 4.1.4; high s is as good as low s here. <paramref name="odd"/> is the parity that the nonce point's y must have, or null
    /// where the format does not carry it.
    /// </summary>
    public bool Verify(ECPoint publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> r, ReadOnlySpan<byte> s, bool? odd = null)
    {
        if (!IsScalar(r) || !IsScalar(s))
        {
            return false;
        }

        var rValue = new BigInteger(1, r);
        var w = BigIntegers.ModOddInverseVar(_n, new BigInteger(1, s));
        var u1 = new BigInteger(1, hash).Multiply(w).Mod(_n);
        var u2 = rValue.Multiply(w).Mod(_n);
        var sum = ECAlgorithms.SumOfTwoMultiplies(_g, u1, publicKey, u2);
        if (sum.IsInfinity)
        {
            return false;
        }

        sum = sum.Normalize();
        return sum.AffineXCoord.ToBigInteger().Mod(_n).Equals(rValue) && (odd is null || sum.AffineYCoord.TestBitZero() == odd);
    }

    /// <summary>SEC 1 section 4.1.6 for a nonce point with x below n: x and y (64 bytes) of the key that signed.</summary>
    public bool TryRecover(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> r, ReadOnlySpan<byte> s, bool odd, Span<byte> coordinates)
    {
        if (!IsScalar(r) || !IsScalar(s))
        {
            return false;
        }

        var x = new BigInteger(1, r);
        if (!TryDecompress(x, odd, out var noncePoint))
        {
            return false;
        }

        var inverse = BigIntegers.ModOddInverseVar(_n, x);
        var u1 = new BigInteger(1, hash).Multiply(inverse).Negate().Mod(_n);
        var u2 = new BigInteger(1, s).Multiply(inverse).Mod(_n);
        var key = ECAlgorithms.SumOfTwoMultiplies(_g, u1, noncePoint, u2);
        if (key.IsInfinity)
        {
            return false;
        }

        key = key.Normalize();
        key.AffineXCoord.EncodeTo(coordinates[..ScalarSize]);
        key.AffineYCoord.EncodeTo(coordinates[ScalarSize..]);
        return true;
    }

    // Our own rather than BouncyCastle's, which throws where no y exists: half of all hostile values.
    private bool TryDecompress(BigInteger x, bool odd, [NotNullWhen(true)] out ECPoint? point)
    {
        point = null;
        if (x.CompareTo(_p) >= 0)
        {
            return false;
        }

        var field = _curve.FromBigInteger(x);
        var y = field.Square().Add(_curve.A).Multiply(field).Add(_curve.B).Sqrt();
        if (y is null)
        {
            return false;
        }

        // y = 0 is on none of the curves (all groups have odd order), so negating always changes the parity.
        point = _curve.CreatePoint(x, (y.TestBitZero() == odd ? y : y.Negate()).ToBigInteger());
        return true;
    }
}
