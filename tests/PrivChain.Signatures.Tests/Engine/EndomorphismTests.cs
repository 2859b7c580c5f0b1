using System.Numerics;
using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures.Tests.Engine;

[TestClass]
public sealed class EndomorphismTests
{
    private static readonly BigInteger _n = CurveParameters.Number(CurveParameters.Secp256k1.N);
    private static readonly BigInteger _p = CurveParameters.Number(CurveParameters.Secp256k1.P);
    private static readonly BigInteger _lambda = CurveParameters.Number(Endomorphism.Lambda);
    private static readonly BigInteger _beta = CurveParameters.Number(Endomorphism.Beta);

    // Vectors (A1, -B1) and (A2, A1).
    private static readonly BigInteger _a1 = BigInteger.Parse("64502973549206556628585045361533709077");
    private static readonly BigInteger _b1 = BigInteger.Parse("303414439467246543595250775667605759171");
    private static readonly BigInteger _a2 = _a1 + _b1;

    [TestMethod]
    public void LambdaAndBeta_AreCubeRootsOfOneThatBelongTogether()
    {
        Assert.AreEqual(BigInteger.Zero, ((_lambda * _lambda) + _lambda + 1) % _n);
        Assert.AreEqual(BigInteger.Zero, ((_beta * _beta) + _beta + 1) % _p);
        var curve = new BouncyCastleCurve(SignatureScheme.EcdsaSecp256k1);
        var point = curve.PublicKey(new Org.BouncyCastle.Math.BigInteger(1, Verified.Bytes(Endomorphism.Lambda)));
        var x = CurveParameters.Number(CurveParameters.Secp256k1.X) * _beta % _p;
        CollectionAssert.AreEqual((byte[])[.. Verified.Bytes(CurveParameters.Number(x)), .. Verified.Bytes(CurveParameters.Secp256k1.Y)], point);
    }

    /// <summary>
    /// For every k below n. c1 = k·A1/n + e1 and c2 = k·B1/n + e2, where |e| is at most 1/2 for the rounding, and less than 2^-129 more because the factor was rounded too: half a unit of 2^-384, times
    /// k below 2^256. In k1 = k - c1·A1 - c2·A2 and k2 = c1·B1 - c2·A1 the parts without e vanish, since A1² + A2·B1 = n. So |k1| is at most |e|·(A1 + A2) and |k2| at most |e|·(B1 + A1).
    /// </summary>
    [TestMethod]
    public void Split_OfEveryScalar_HasHalvesBelowTheBound()
    {
        Assert.AreEqual(_n, (_a1 * _a1) + (_a2 * _b1));
        Assert.AreEqual(BigInteger.Zero, (_a1 - (_b1 * _lambda)) % _n);
        Assert.AreEqual(BigInteger.Zero, (_a2 + (_a1 * _lambda)) % _n);
        var most = BigInteger.One << Endomorphism.Bits;
        Assert.IsFalse(Within(most, _a1 + _a2));
        Assert.IsFalse(Within(most, _b1 + _a1));
    }

    // The ends, where rounding changes (k·A1/n or k·B1/n near a half), and random ones.
    [TestMethod]
    public void Split_ScalarsOfAllKinds_IsTheScalarAndWithinTheBound()
    {
        var random = new Random(31);
        var scalars = new List<BigInteger> { 0, 1, 2, _n - 1, _n - 2, _n / 2, (_n / 2) + 1, _lambda, _n - _lambda, _lambda - 1, _a1, _b1, _a2, BigInteger.One << 255, (BigInteger.One << 128) - 1 };
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[32];
            random.NextBytes(bytes);
            var value = new BigInteger(bytes, isUnsigned: true) % _n;
            scalars.Add(value);
            scalars.Add(value >> random.Next(256));
            foreach (var factor in (BigInteger[])[_a1, _b1])
            {
                // The k for which the quotient passes from below a half to above.
                var edge = ((((2 * value) + 1) * _n) / (2 * factor)) % _n;
                scalars.AddRange([edge, (edge + 1) % _n]);
            }
        }

        foreach (var k in scalars)
        {
            var (negative1, negative2) = Endomorphism.Split(CurveParameters.Number(k), out var half1, out var half2);
            var (k1, k2) = (CurveParameters.Number(half1), CurveParameters.Number(half2));
            Assert.IsTrue(Within(k1, _a1 + _a2) && Within(k2, _b1 + _a1), k.ToString());
            Assert.IsTrue(negative1 is 0 or ulong.MaxValue && negative2 is 0 or ulong.MaxValue);
            k1 = negative1 == 0 ? k1 : -k1;
            k2 = negative2 == 0 ? k2 : -k2;
            Assert.AreEqual(BigInteger.Zero, (k1 + (k2 * _lambda) - k) % _n, k.ToString());
        }
    }

    // At most (1/2 + 2^-129) · length.
    private static bool Within(BigInteger half, BigInteger length) => half << 129 <= ((BigInteger.One << 128) + 1) * length;
}
