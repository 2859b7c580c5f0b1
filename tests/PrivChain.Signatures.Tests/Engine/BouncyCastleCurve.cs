using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Utilities;

namespace PrivChain.Signatures.Tests.Engine;

/// <summary>The other opinion: signatures made and checked by their textbook equations on BouncyCastle's points.</summary>
internal sealed class BouncyCastleCurve
{
    private readonly SignatureScheme _scheme;

    public BouncyCastleCurve(SignatureScheme scheme)
    {
        _scheme = scheme;
        var parameters = scheme switch
        {
            SignatureScheme.EcdsaP256 => CustomNamedCurves.GetByName("secp256r1"),
            SignatureScheme.EcdsaSecp256k1 => CustomNamedCurves.GetByName("secp256k1"),
            _ => CustomNamedCurves.GetByName("sm2p256v1"),
        };
        (Curve, G, N) = (parameters.Curve, parameters.G, parameters.N);
    }

    public Org.BouncyCastle.Math.EC.ECCurve Curve { get; }

    public Org.BouncyCastle.Math.EC.ECPoint G { get; }

    public BigInteger N { get; }

    public byte[] PublicKey(BigInteger d) => G.Multiply(d).Normalize().GetEncoded(false)[1..];

    /// <summary>The signature with this nonce, whatever it is; null where the nonce gives none.</summary>
    public byte[]? Sign(BigInteger d, BigInteger k, byte[] digest)
    {
        var e = new BigInteger(1, digest);
        var x = G.Multiply(k).Normalize().AffineXCoord.ToBigInteger();
        var (r, s) = _scheme == SignatureScheme.Sm2
            ? Sm2(e.Add(x).Mod(N))
            : (x.Mod(N), k.ModInverse(N).Multiply(e.Add(d.Multiply(x.Mod(N)))).Mod(N));
        return r.SignValue == 0 || s.SignValue == 0 ? null : [.. Bytes(r), .. Bytes(s)];

        (BigInteger R, BigInteger S) Sm2(BigInteger value) => (value, d.Add(BigInteger.One).ModInverse(N).Multiply(k.Subtract(value.Multiply(d))).Mod(N));
    }

    public bool Verify(byte[] key, byte[] digest, byte[] signature)
    {
        var e = new BigInteger(1, digest);
        var r = new BigInteger(1, signature.AsSpan(0, 32));
        var s = new BigInteger(1, signature.AsSpan(32));
        var (x, y) = (new BigInteger(1, key.AsSpan(0, 32)), new BigInteger(1, key.AsSpan(32)));
        if (r.SignValue == 0 || s.SignValue == 0 || r.CompareTo(N) >= 0 || s.CompareTo(N) >= 0
            || x.CompareTo(Curve.Field.Characteristic) >= 0 || y.CompareTo(Curve.Field.Characteristic) >= 0)
        {
            return false;
        }

        var point = Curve.CreatePoint(x, y);
        if (!point.IsValid())
        {
            return false;
        }

        var sm2 = _scheme == SignatureScheme.Sm2;
        var w = sm2 ? BigInteger.One : s.ModInverse(N);
        var (u1, u2) = sm2 ? (s, r.Add(s).Mod(N)) : (e.Multiply(w).Mod(N), r.Multiply(w).Mod(N));
        var sum = ECAlgorithms.SumOfTwoMultiplies(G, u1, point, u2).Normalize();
        return (!sm2 || u2.SignValue != 0) && !sum.IsInfinity && (sm2 ? sum.AffineXCoord.ToBigInteger().Add(e) : sum.AffineXCoord.ToBigInteger()).Mod(N).Equals(r);
    }

    public static byte[] Bytes(BigInteger value) => BigIntegers.AsUnsignedByteArray(32, value);
}
