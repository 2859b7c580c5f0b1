using System.Numerics;
using PrivChain.Signatures.Engine;
using PrivChain.Signatures.Fields;

namespace PrivChain.Signatures.Tests.Fields;

/// <summary>The constants that are written out, computed again from the published parameters.</summary>
[TestClass]
public sealed class ModulusTests
{
    [TestMethod]
    public void Constants_OfEachModulus_AreWhatTheParametersGive()
    {
        OfPrime<P256Prime>(CurveParameters.P256);
        OfPrime<Secp256k1Prime>(CurveParameters.Secp256k1);
        OfPrime<Sm2Prime>(CurveParameters.Sm2);
        Of<P256Order>(CurveParameters.Number(CurveParameters.P256.N));
        Of<Secp256k1Order>(CurveParameters.Number(CurveParameters.Secp256k1.N));
        Of<Sm2Order>(CurveParameters.Number(CurveParameters.Sm2.N));
    }

    private static void OfPrime<TPrime>(CurveParameters curve)
        where TPrime : struct, IPrime
    {
        var p = CurveParameters.Number(curve.P);
        Of<TPrime>(p);
        Assert.AreEqual(2 * p, Value(TPrime.SmallBias));
        Assert.IsTrue(TPrime.SmallBias[..8].ToArray().All(limb => limb >= (1UL << 29) - 1));
        Assert.AreEqual(4 * p, Value(TPrime.Bias));
        Assert.AreEqual(16 * p, Value(TPrime.WideBias));
        Assert.IsTrue(TPrime.Bias[..8].ToArray().All(limb => limb is >= (1UL << 30) - 2 and < 3UL << 29));
        Assert.IsTrue(TPrime.WideBias[..8].ToArray().All(limb => limb >= (10UL << 29) - 10));
    }

    private static void Of<TModulus>(BigInteger p)
        where TModulus : struct, IModulus
    {
        Assert.AreEqual(p, Value([TModulus.P0, TModulus.P1, TModulus.P2, TModulus.P3, TModulus.P4, TModulus.P5, TModulus.P6, TModulus.P7, TModulus.P8]));
        var radix = BigInteger.One << 29;
        var friendly = (p + 1) % radix == 0;
        Assert.AreEqual(friendly ? p + 1 : p, Value([TModulus.Q0, TModulus.Q1, TModulus.Q2, TModulus.Q3, TModulus.Q4, TModulus.Q5, TModulus.Q6, TModulus.Q7, TModulus.Q8]));
        Assert.AreEqual(radix - 1, p * TModulus.NegativeInverse % radix);
        Assert.AreEqual(friendly, TModulus.NegativeInverse == 1);
    }

    private static BigInteger Value(ReadOnlySpan<ulong> limbs)
    {
        var value = BigInteger.Zero;
        for (var i = 8; i >= 0; i--)
        {
            value = (value << 29) + limbs[i];
        }

        return value;
    }
}
