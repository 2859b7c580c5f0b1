using Org.BouncyCastle.Math;
using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures.Tests.Engine;

/// <summary>Where additions meet equal or opposite points, and values at the ends of their ranges.</summary>
[TestClass]
public sealed class VerifierEdgeTests
{
    private static readonly SignatureScheme[] _schemes = Enum.GetValues<SignatureScheme>();

    // With Q = G, or a small multiple, partial sums meet: u1 · G + u2 · Q then adds a point to itself, or to its opposite.
    [TestMethod]
    public void Verify_ScalarsForWhichPartialSumsMeet_IsExact()
    {
        foreach (var scheme in _schemes)
        {
            var curve = new BouncyCastleCurve(scheme);
            var items = new List<Signed>();
            foreach (var d in (int[])[1, 2, -1, -16])
            {
                foreach (var (u1, u2) in (from a in (int[])[0, 1, 5, 16, 256, 272, -1, -5] from b in (int[])[0, 1, 5, 16, 256, -1, -5, -128] select (a, b)))
                {
                    if (Make(curve, scheme, BigInteger.ValueOf(d).Mod(curve.N), BigInteger.ValueOf(u1).Mod(curve.N), BigInteger.ValueOf(u2).Mod(curve.N)) is { } made)
                    {
                        var item = new Signed(made.Key, made.Digest, made.Signature, false, $"{scheme} d {d} u1 {u1} u2 {u2}");
                        items.Add(item with { Valid = curve.Verify(item.Key, item.Digest, item.Signature) });
                    }
                }
            }

            Assert.IsGreaterThan(150, items.Count);
            Assert.IsGreaterThan(100, items.Count(item => item.Valid));
            Assert.IsGreaterThan(5, items.Count(item => !item.Valid));
            Verified.Everywhere(scheme, items);
        }
    }

    // u2 splits into k1 + k2 λ, with a half that is zero, or both small; with Q a small multiple of λG or λ²G the sum of both meets the windows of u1 · G.
    [TestMethod]
    public void Verify_ScalarsThatSplitIntoSmallHalves_IsExact()
    {
        const SignatureScheme Scheme = SignatureScheme.EcdsaSecp256k1;
        var curve = new BouncyCastleCurve(Scheme);
        var lambda = new BigInteger(1, Verified.Bytes(Endomorphism.Lambda));
        var square = lambda.Multiply(lambda).Mod(curve.N);
        var items = new List<Signed>();
        foreach (var d in (BigInteger[])[BigInteger.One, lambda, square, square.ShiftLeft(1), curve.N.Subtract(square)])
        {
            foreach (var u1 in (int[])[0, 1, 5, 16, 512, 1024, -1, -5])
            {
                foreach (var (a, b) in ((int A, int B)[])[(0, 1), (0, 2), (0, 5), (0, 8), (0, 16), (0, -1), (0, -5), (1, 1), (1, -1), (5, 5), (16, 1), (-1, -1), (-8, 8)])
                {
                    var u2 = lambda.Multiply(BigInteger.ValueOf(b)).Add(BigInteger.ValueOf(a)).Mod(curve.N);
                    var (key, digest, signature) = Make(curve, Scheme, d.Mod(curve.N), BigInteger.ValueOf(u1).Mod(curve.N), u2)!.Value;
                    items.Add(new Signed(key, digest, signature, curve.Verify(key, digest, signature), $"d {d} u1 {u1} u2 {a} + {b} λ"));
                }
            }
        }

        Assert.IsGreaterThan(400, items.Count(item => item.Valid));
        Assert.IsGreaterThan(5, items.Count(item => !item.Valid));
        Verified.Everywhere(Scheme, items);
    }

    [TestMethod]
    public void Verify_PartsOutOfRange_AreRefusedAndTheirNeighboursAreNot()
    {
        foreach (var scheme in _schemes)
        {
            var curve = new BouncyCastleCurve(scheme);
            var d = BigInteger.ValueOf(12345);
            var digest = new byte[32];
            digest[5] = 1;
            var signature = curve.Sign(d, BigInteger.ValueOf(67890), digest)!;
            var good = new Signed(curve.PublicKey(d), digest, signature, true, "good");
            var n = BouncyCastleCurve.Bytes(curve.N);
            var p = BouncyCastleCurve.Bytes(curve.Curve.Field.Characteristic);
            byte[] zero = new byte[32], full = [.. Enumerable.Repeat((byte)0xff, 32)];
            byte[] r = signature[..32], s = signature[32..], x = good.Key[..32], y = good.Key[32..];
            var items = new List<Signed> { good };
            foreach (var wrong in (byte[][])[zero, n, full, BouncyCastleCurve.Bytes(curve.N.Add(BigInteger.One))])
            {
                items.Add(good with { Signature = [.. wrong, .. s], Valid = false, Name = "r" });
                items.Add(good with { Signature = [.. r, .. wrong], Valid = false, Name = "s" });
                items.Add(good);
            }

            foreach (var wrong in (byte[][])[zero, p, full])
            {
                items.Add(good with { Key = [.. wrong, .. y], Valid = false, Name = "x" });
                items.Add(good with { Key = [.. x, .. wrong], Valid = false, Name = "y" });
                items.Add(good);
            }

            // The opposite key is on the curve, and another one.
            items.Add(good with { Key = [.. x, .. BouncyCastleCurve.Bytes(new BigInteger(1, p).Subtract(new BigInteger(1, y)))], Valid = false, Name = "-y" });
            items.Add(good with { Key = new byte[64], Valid = false, Name = "infinity" });
            Verified.Everywhere(scheme, items);
        }
    }

    // r + s = n makes t = 0, which GB/T 32918.2 refuses by name. With e chosen so that x of s · G fits, nothing else would.
    [TestMethod]
    public void Verify_Sm2SumOfPartsIsZero_IsRefused()
    {
        var curve = new BouncyCastleCurve(SignatureScheme.Sm2);
        var s = BigInteger.ValueOf(424242);
        var r = curve.N.Subtract(s);
        var e = r.Subtract(curve.G.Multiply(s).Normalize().AffineXCoord.ToBigInteger()).Mod(curve.N);
        var item = new Signed(curve.PublicKey(BigInteger.Ten), BouncyCastleCurve.Bytes(e), [.. BouncyCastleCurve.Bytes(r), .. BouncyCastleCurve.Bytes(s)], false, "t = 0");
        Verified.Everywhere(SignatureScheme.Sm2, [item, item]);
    }

    [TestMethod]
    public void Verify_HighS_IsRefusedWhereTheProtocolWantsLow()
    {
        foreach (var scheme in (SignatureScheme[])[SignatureScheme.EcdsaP256, SignatureScheme.EcdsaSecp256k1])
        {
            var curve = new BouncyCastleCurve(scheme);
            var digest = new byte[32];
            var signature = curve.Sign(BigInteger.Three, BigInteger.ValueOf(99), digest)!;
            var other = (byte[])[.. signature[..32], .. BouncyCastleCurve.Bytes(curve.N.Subtract(new BigInteger(1, signature.AsSpan(32))))];
            var high = new BigInteger(1, signature.AsSpan(32)).CompareTo(curve.N.ShiftRight(1)) > 0;
            var key = curve.PublicKey(BigInteger.Three);
            Verified.Everywhere(scheme, [new(key, digest, signature, true, "one"), new(key, digest, other, true, "the other")]);
            Verified.Everywhere(scheme, [new(key, digest, signature, !high, "one"), new(key, digest, other, high, "the other")], lowSOnly: true);
        }
    }

    [TestMethod]
    public void Verify_LengthsOfUnlikeCounts_AreTheCallersMistake()
    {
        var verifier = new BatchVerifier(SignatureScheme.EcdsaP256);
        Assert.ThrowsExactly<ArgumentException>(() => verifier.Verify(new byte[64], new byte[32], new byte[128], new bool[1]));
        Assert.ThrowsExactly<ArgumentException>(() => verifier.Verify(new byte[64], new byte[32], new byte[64], new bool[2]));
        Assert.ThrowsExactly<ArgumentException>(() => new BatchVerifier(SignatureScheme.Sm2, new KeyRegistry(SignatureScheme.EcdsaP256, KeyRegistry.BytesPerKey)));
        Assert.ThrowsExactly<ArgumentException>(() => new BatchVerifier(SignatureScheme.Sm2, lowSOnly: true));
        verifier.Verify([], [], [], []);
    }

    [TestMethod]
    public void Registry_MemoryIsFull_RefusesTheNextKeyAndKeepsTheOthers()
    {
        var curve = new BouncyCastleCurve(SignatureScheme.EcdsaP256);
        var registry = new KeyRegistry(SignatureScheme.EcdsaP256, (2 * KeyRegistry.BytesPerKey) + 1);
        Assert.AreEqual(2, registry.Capacity);
        Assert.IsFalse(registry.TryAdd(new byte[64]), "no point");
        Assert.IsTrue(registry.TryAdd(curve.PublicKey(BigInteger.Two)));
        Assert.IsTrue(registry.TryAdd(curve.PublicKey(BigInteger.Three)));
        Assert.IsTrue(registry.TryAdd(curve.PublicKey(BigInteger.Two)), "again");
        Assert.IsFalse(registry.TryAdd(curve.PublicKey(BigInteger.Four)));
        Assert.AreEqual(2, registry.Count);
    }

    // r = x(u1 G + u2 d G); ECDSA: s = r/u2, e = u1 s; SM2: s = u1, r + s = u2, e = r - x.
    private static (byte[] Key, byte[] Digest, byte[] Signature)? Make(BouncyCastleCurve curve, SignatureScheme scheme, BigInteger d, BigInteger u1, BigInteger u2)
    {
        var n = curve.N;
        var point = curve.G.Multiply(u1.Add(u2.Multiply(d)).Mod(n)).Normalize();

        // Where the sum is infinity there is no x: any would do, and none may be accepted.
        var x = point.IsInfinity ? BigInteger.One : point.AffineXCoord.ToBigInteger().Mod(n);
        BigInteger r, s, e;
        if (scheme == SignatureScheme.Sm2)
        {
            (s, r) = (u1, u2.Subtract(u1).Mod(n));
            e = r.Subtract(x).Mod(n);
        }
        else
        {
            if (u2.SignValue == 0)
            {
                return null;
            }

            (r, s) = (x, x.Multiply(u2.ModInverse(n)).Mod(n));
            e = u1.Multiply(s).Mod(n);
        }

        return r.SignValue == 0 || s.SignValue == 0 ? null : (curve.PublicKey(d), BouncyCastleCurve.Bytes(e), [.. BouncyCastleCurve.Bytes(r), .. BouncyCastleCurve.Bytes(s)]);
    }
}
