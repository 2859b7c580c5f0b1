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
    public void Verify_TenThousandRandomSignatures_AgreesWithBouncyCastle(SignatureScheme scheme) => Differ(scheme, 10_000, seed: 1, Verified.Sets);

    [TestMethod]
    [TestCategory("Slow")]
    public void Verify_AMillionRandomSignaturesOfThreeCurves_AgreesWithBouncyCastle()
    {
        var schemes = Enum.GetValues<SignatureScheme>();
        Parallel.For(0, 102, round => Differ(schemes[round % schemes.Length], 10_000, seed: 2 + round, Sets(round)));
    }

    [TestMethod]
    public void Verify_TenThousandRandomSignatures_AgreesWithOpenSsl() => DifferFromOpenSsl(10_000, seed: 1, Verified.Sets);

    [TestMethod]
    [TestCategory("Slow")]
    public void Verify_AMillionRandomSignatures_AgreesWithOpenSsl() => Parallel.For(0, 100, round => DifferFromOpenSsl(10_000, seed: 2 + round, Sets(round)));

    // One lane takes as long as all else together: every tenth round, each curve in its turn.
    private static IEnumerable<InstructionSet> Sets(int round) => Verified.Sets.Where(set => set != InstructionSet.Scalar || SignatureEngine.Detected == InstructionSet.Scalar || round % 10 == 0);

    private static void Differ(SignatureScheme scheme, int count, int seed, IEnumerable<InstructionSet> sets)
    {
        var curve = new BouncyCastleCurve(scheme);
        var random = new Random(seed);
        var privateKeys = Enumerable.Range(0, Keys).Select(_ => Scalar(random, curve.N)).ToArray();
        var publicKeys = privateKeys.Select(curve.PublicKey).ToArray();
        var signers = privateKeys.Select(key => new BatchSigner(scheme, BouncyCastleCurve.Bytes(key))).ToArray();
        var (digests, signatures) = (new byte[count * 32], new byte[count * 64]);
        random.NextBytes(digests);
        var each = count / Keys;
        for (var key = 0; key < Keys; key++)
        {
            signers[key].Sign(digests.AsSpan(key * each * 32, each * 32), signatures.AsSpan(key * each * 64, each * 64));
            signers[key].Dispose();
        }

        var items = new Signed[count];
        Parallel.For(0, count, i =>
        {
            var own = new Random((seed * count) + i);
            var item = Changed(new Signed(publicKeys[i / each], digests[(i * 32)..((i + 1) * 32)], signatures[(i * 64)..((i + 1) * 64)], true, $"seed {seed} item {i}"), own, publicKeys);
            items[i] = item with { Valid = curve.Verify(item.Key, item.Digest, item.Signature) };
        });
        Agree(scheme, items, publicKeys, sets);
    }

    private static void DifferFromOpenSsl(int count, int seed, IEnumerable<InstructionSet> sets)
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

        Agree(SignatureScheme.EcdsaP256, items, publicKeys, sets);
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }

    private static void Agree(SignatureScheme scheme, Signed[] items, byte[][] keys, IEnumerable<InstructionSet> sets)
    {
        Assert.IsGreaterThan(items.Length / 4, items.Count(item => item.Valid));
        Assert.IsGreaterThan(items.Length / 4, items.Count(item => !item.Valid));
        var registry = new KeyRegistry(scheme, Keys * KeyRegistry.BytesPerKey);
        foreach (var key in keys.Take(Keys / 2))
        {
            Assert.IsTrue(registry.TryAdd(key));
        }

        // Half of the keys are registered, so both ways are taken in one call.
        foreach (var set in sets)
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
