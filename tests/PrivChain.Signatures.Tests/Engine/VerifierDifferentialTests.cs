using System.Security.Cryptography;
using Org.BouncyCastle.Math;

namespace PrivChain.Signatures.Tests.Engine;

/// <summary>Random signatures, half of them changed somewhere, get the verdict that OpenSSL and BouncyCastle give.</summary>
[TestClass]
public sealed class VerifierDifferentialTests
{
    private const int Keys = 16;

    [TestMethod]
    [DataRow(SignatureScheme.EcdsaP256)]
    [DataRow(SignatureScheme.EcdsaSecp256k1)]
    [DataRow(SignatureScheme.Sm2)]
    public void Verify_TenThousandRandomSignatures_AgreesWithBouncyCastle(SignatureScheme scheme) => Differ(scheme, 10_000, seed: 1);

    [TestMethod]
    [TestCategory("Slow")]
    [DataRow(SignatureScheme.EcdsaP256)]
    [DataRow(SignatureScheme.EcdsaSecp256k1)]
    [DataRow(SignatureScheme.Sm2)]
    public void Verify_AMillionRandomSignatures_AgreesWithBouncyCastle(SignatureScheme scheme)
    {
        for (var round = 0; round < 100; round++)
        {
            Differ(scheme, 10_000, seed: 2 + round);
        }
    }

    [TestMethod]
    public void Verify_TenThousandRandomSignatures_AgreesWithOpenSsl() => DifferFromOpenSsl(10_000, seed: 1);

    [TestMethod]
    [TestCategory("Slow")]
    public void Verify_AMillionRandomSignatures_AgreesWithOpenSsl()
    {
        for (var round = 0; round < 100; round++)
        {
            DifferFromOpenSsl(10_000, seed: 2 + round);
        }
    }

    private static void Differ(SignatureScheme scheme, int count, int seed)
    {
        var curve = new BouncyCastleCurve(scheme);
        var random = new Random(seed);
        var privateKeys = Enumerable.Range(0, Keys).Select(_ => Scalar(random, curve.N)).ToArray();
        var publicKeys = privateKeys.Select(curve.PublicKey).ToArray();
        var items = new Signed[count];
        Parallel.For(0, count, i =>
        {
            var own = new Random(HashCode.Combine(seed, i));
            var digest = new byte[32];
            own.NextBytes(digest);
            var item = Changed(new Signed(publicKeys[i % Keys], digest, curve.Sign(privateKeys[i % Keys], Scalar(own, curve.N), digest)!, true, $"seed {seed} item {i}"), own, publicKeys);
            items[i] = item with { Valid = curve.Verify(item.Key, item.Digest, item.Signature) };
        });
        Agree(scheme, items, publicKeys);
    }

    private static void DifferFromOpenSsl(int count, int seed)
    {
        var random = new Random(seed);
        var keys = Enumerable.Range(0, Keys).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256)).ToArray();
        var publicKeys = keys.Select(key => key.ExportParameters(false).Q).Select(q => (byte[])[.. q.X!, .. q.Y!]).ToArray();
        var items = new Signed[count];
        for (var i = 0; i < count; i++)
        {
            var digest = new byte[32];
            random.NextBytes(digest);
            var item = Changed(new Signed(publicKeys[i % Keys], digest, keys[i % Keys].SignHash(digest), true, $"item {i}"), random, publicKeys);

            // A key that is no point cannot be given to OpenSSL: nothing verifies under it.
            var place = Array.FindIndex(publicKeys, key => key.AsSpan().SequenceEqual(item.Key));
            items[i] = item with { Valid = place >= 0 && keys[place].VerifyHash(item.Digest, item.Signature) };
        }

        Agree(SignatureScheme.EcdsaP256, items, publicKeys);
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }

    private static void Agree(SignatureScheme scheme, Signed[] items, byte[][] keys)
    {
        Assert.IsGreaterThan(items.Length / 4, items.Count(item => item.Valid));
        Assert.IsGreaterThan(items.Length / 4, items.Count(item => !item.Valid));
        var registry = new KeyRegistry(scheme, Keys * KeyRegistry.BytesPerKey);
        foreach (var key in keys.Take(Keys / 2))
        {
            Assert.IsTrue(registry.TryAdd(key));
        }

        // Half of the keys are registered, so both ways are taken in one call.
        foreach (var set in Verified.Sets)
        {
            var verdicts = Verified.By(new BatchVerifier(scheme, registry, instructions: set), items);
            for (var i = 0; i < items.Length; i++)
            {
                Assert.AreEqual(items[i].Valid, verdicts[i], $"{scheme} on {set}: {items[i].Name}");
            }
        }
    }

    private static Signed Changed(Signed item, Random random, byte[][] keys)
    {
        var bit = (byte)(1 << random.Next(8));
        switch (random.Next(8))
        {
            case 0:
                item.Digest[random.Next(32)] ^= bit;
                break;
            case 1:
                item.Signature[random.Next(32)] ^= bit;
                break;
            case 2:
                item.Signature[32 + random.Next(32)] ^= bit;
                break;
            case 3:
                var key = (byte[])[.. item.Key];
                key[random.Next(64)] ^= bit;
                return item with { Key = key };
            case 4:
                return item with { Key = keys[random.Next(keys.Length)] };
        }

        return item;
    }

    private static BigInteger Scalar(Random random, BigInteger n)
    {
        var bytes = new byte[40];
        random.NextBytes(bytes);
        return new BigInteger(1, bytes).Mod(n.Subtract(BigInteger.One)).Add(BigInteger.One);
    }
}
