using Org.BouncyCastle.Math;
using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures.Tests.Engine;

[TestClass]
public sealed class RecoveryTests
{
    private static readonly BouncyCastleCurve _curve = new(SignatureScheme.EcdsaSecp256k1);

    // Both parities of one signature name two keys, and each verifies; no other key does.
    [TestMethod]
    public void Recover_RandomSignatures_NamesTheKeyThatSigned()
    {
        const int Count = 1_000;
        var random = new Random(5);
        var (digests, signatures, keys) = (new byte[Count * 32], new byte[Count * 64], new byte[Count * 64]);
        random.NextBytes(digests);
        var odd = new bool[Count];
        for (var i = 0; i < Count; i++)
        {
            var (d, k) = (Scalar(random), Scalar(random));
            _curve.PublicKey(d).CopyTo(keys, i * 64);
            _curve.Sign(d, k, digests[(i * 32)..((i + 1) * 32)])!.CopyTo(signatures, i * 64);
            odd[i] = _curve.G.Multiply(k).Normalize().AffineYCoord.TestBitZero();
        }

        foreach (var set in Verified.Sets)
        {
            var recovery = new BatchRecovery(lowSOnly: false, set);
            var (recovered, found) = (new byte[Count * 64], new bool[Count]);
            recovery.Recover(digests, signatures, odd, recovered, found);
            Assert.IsTrue(found.All(one => one));
            Assert.IsTrue(recovered.AsSpan().SequenceEqual(keys), set.ToString());

            var opposite = odd.Select(one => !one).ToArray();
            recovery.Recover(digests, signatures, opposite, recovered, found);
            Assert.IsTrue(found.All(one => one));
            for (var i = 0; i < Count; i++)
            {
                Assert.IsFalse(recovered.AsSpan(i * 64, 64).SequenceEqual(keys.AsSpan(i * 64, 64)), $"{set} item {i}");
            }

            // Both keys verify the same signature, by the other path.
            var verdicts = new bool[Count];
            new BatchVerifier(SignatureScheme.EcdsaSecp256k1, instructions: set).Verify(recovered, digests, signatures, verdicts);
            Assert.IsTrue(verdicts.All(verdict => verdict), set.ToString());
        }
    }

    // An x that is on no point, parts out of range, a key that would be infinity, and partial sums that meet, each beside good neighbours.
    [TestMethod]
    public void Recover_WhatNamesNoKey_IsRefusedAndItsNeighboursAreNot()
    {
        var n = _curve.N;
        var digest = BouncyCastleCurve.Bytes(BigInteger.ValueOf(77));
        var good = (Digest: digest, Signature: _curve.Sign(BigInteger.Ten, BigInteger.ValueOf(31), digest)!, Odd: _curve.G.Multiply(BigInteger.ValueOf(31)).Normalize().AffineYCoord.TestBitZero(), Key: (byte[]?)_curve.PublicKey(BigInteger.Ten));
        var items = new List<(byte[] Digest, byte[] Signature, bool Odd, byte[]? Key)> { good };
        foreach (var wrong in (BigInteger[])[BigInteger.Zero, n, n.Add(BigInteger.One), BigInteger.One.ShiftLeft(256).Subtract(BigInteger.One)])
        {
            items.Add(good with { Signature = [.. BouncyCastleCurve.Bytes(wrong), .. good.Signature[32..]], Key = null });
            items.Add(good with { Signature = [.. good.Signature[..32], .. BouncyCastleCurve.Bytes(wrong)], Key = null });
            items.Add(good);
        }

        // 5 is the x of no point: 5³ + 7 = 132 is not a square.
        items.Add(good with { Signature = [.. BouncyCastleCurve.Bytes(BigInteger.ValueOf(5)), .. good.Signature[32..]], Key = null });

        // R = kG. Q = (sR - eG)/r: with e = s k it is infinity; with e = s k - r d it is dG, for small d and k partial sums meet.
        // The same with what the endomorphism takes apart.
        var lambda = new BigInteger(1, Verified.Bytes(Endomorphism.Lambda));
        foreach (var k in (BigInteger[])[BigInteger.One, BigInteger.Two, BigInteger.Three, BigInteger.ValueOf(16), lambda, n.Subtract(lambda).Subtract(BigInteger.One)])
        {
            var point = _curve.G.Multiply(k).Normalize();
            var r = point.AffineXCoord.ToBigInteger().Mod(n);
            foreach (var u2 in (BigInteger[])[BigInteger.One, BigInteger.Two, BigInteger.ValueOf(8), BigInteger.ValueOf(16), BigInteger.ValueOf(256), lambda, lambda.ShiftLeft(3), lambda.Add(BigInteger.One)])
            {
                var s = r.Multiply(u2).Mod(n);
                foreach (var d in (int[])[0, 1, 2, 2 * 2, 16, 32])
                {
                    var e = s.Multiply(k).Subtract(r.Multiply(BigInteger.ValueOf(d))).Mod(n);
                    items.Add((BouncyCastleCurve.Bytes(e), [.. BouncyCastleCurve.Bytes(r), .. BouncyCastleCurve.Bytes(s)], point.AffineYCoord.TestBitZero(), d == 0 ? null : _curve.PublicKey(BigInteger.ValueOf(d))));
                    items.Add(good);
                }
            }
        }

        foreach (var set in Verified.Sets)
        {
            var (keys, found) = (new byte[items.Count * 64], new bool[items.Count]);
            keys.AsSpan().Fill(7);
            new BatchRecovery(lowSOnly: false, set).Recover(items.SelectMany(item => item.Digest).ToArray(), items.SelectMany(item => item.Signature).ToArray(), items.Select(item => item.Odd).ToArray(), keys, found);
            for (var i = 0; i < items.Count; i++)
            {
                Assert.AreEqual(items[i].Key is not null, found[i], $"{set} item {i}");
                Assert.IsTrue(keys.AsSpan(i * 64, 64).SequenceEqual(items[i].Key ?? new byte[64]), $"{set} item {i}");
            }
        }
    }

    [TestMethod]
    public void Recover_HighS_IsRefusedWhereOnlyLowCounts()
    {
        var digest = new byte[32];
        var signature = _curve.Sign(BigInteger.Ten, BigInteger.ValueOf(31), digest)!;
        var s = new BigInteger(1, signature.AsSpan(32));
        byte[] other = [.. signature[..32], .. BouncyCastleCurve.Bytes(_curve.N.Subtract(s))];
        var (keys, found) = (new byte[128], new bool[2]);
        new BatchRecovery(lowSOnly: true).Recover(new byte[64], [.. signature, .. other], new bool[2], keys, found);
        var high = s.CompareTo(_curve.N.ShiftRight(1)) > 0;
        Assert.AreEqual(!high, found[0]);
        Assert.AreEqual(high, found[1]);
    }

    private static BigInteger Scalar(Random random)
    {
        var bytes = new byte[31];
        random.NextBytes(bytes);
        return new BigInteger(1, bytes).Add(BigInteger.One);
    }
}
