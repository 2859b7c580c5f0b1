using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using PrivChain.Signatures;

namespace PrivChain.Benchmarks;

/// <summary>Batch signing and verification on one core against the implementation that a program would use otherwise, for keys with tables and without, on each instruction set of the machine.</summary>
internal static class BatchSignatures
{
    private const int Keys = 16;

    public static async Task RunAsync(ResultTable table, int items, int rounds)
    {
        foreach (var set in Enum.GetValues<InstructionSet>().Where(SignatureEngine.IsSupported).Reverse())
        {
            await SignAsync(table, items, rounds, set);
            await P256Async(table, items, rounds, set);
            await Secp256k1Async(table, items, rounds, set);
            await Sm2Async(table, items, rounds, set);
        }
    }

    private static async Task SignAsync(ResultTable table, int items, int rounds, InstructionSet set)
    {
        var digests = RandomNumberGenerator.GetBytes(items * 32);
        var key = (byte[])[1, .. RandomNumberGenerator.GetBytes(31)];
        using var platform = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var space = new byte[64];
        await RowAsync(SignatureScheme.EcdsaP256, ".NET ECDsa, key object kept", "≥ 4.5 (FPGA, as published: 3.3)", i => Require(platform.TrySignHash(digests.AsSpan(i * 32, 32), space, out _)));
        if (LibSecp256k1.IsInstalled)
        {
            var library = new LibSecp256k1();
            await RowAsync(SignatureScheme.EcdsaSecp256k1, "libsecp256k1", "≥ 3", i => library.Sign(key, digests, space, i));
        }

        var signer = new SM2Signer();
        signer.Init(true, new ECPrivateKeyParameters(new BigInteger(1, key), new ECDomainParameters(CustomNamedCurves.GetByName("sm2p256v1"))));
        await RowAsync(SignatureScheme.Sm2, "BouncyCastle SM2Signer, with SM3 of 32 bytes", "≥ 18", i =>
        {
            signer.BlockUpdate(digests, i * 32, 32);
            signer.GenerateSignature();
        });

        async Task RowAsync(SignatureScheme scheme, string reference, string aim, Action<int> one)
        {
            using var batch = new BatchSigner(scheme, key, instructions: set);
            var signatures = new byte[items * 64];
            var ratio = await Interleaved.MeasureAsync(
                rounds,
                () =>
                {
                    batch.Sign(digests, signatures);
                    return Task.CompletedTask;
                },
                () =>
                {
                    for (var i = 0; i < items; i++)
                    {
                        one(i);
                    }

                    return Task.CompletedTask;
                },
                items,
                items);
            table.Add($"{scheme} sign, {set}", reference, set == InstructionSet.Avx512 ? aim : "–", ratio, $"one core, {items} at once, nonces of RFC 6979");
            var latency = await Interleaved.MeasureAsync(rounds, Eight, Eight);
            table.AddFigure($"{scheme} sign, 8 digests, {set}", "< 0.14 ms", $"{latency.OursSeconds * 1e3:0.00} ms", "wall time of the whole batch");

            Task Eight()
            {
                batch.Sign(digests.AsSpan(0, 256), signatures.AsSpan(0, 512));
                return Task.CompletedTask;
            }
        }
    }

    private static async Task P256Async(ResultTable table, int items, int rounds, InstructionSet set)
    {
        using var keys = new DisposableKeys();
        var work = new Work(SignatureScheme.EcdsaP256, items, place => keys.Points[place], (place, digest) => keys.All[place].SignHash(digest));
        await MeasureAsync(table, work, rounds, set, ".NET ECDsa, key object kept", "≥ 6 (FPGA, as published: 5.6)", "≥ 2", i => keys.All[i % Keys].VerifyHash(work.Digest(i), work.Signature(i)));
    }

    private static async Task Secp256k1Async(ResultTable table, int items, int rounds, InstructionSet set)
    {
        if (!LibSecp256k1.IsInstalled)
        {
            table.AddFigure($"secp256k1 verify, {set}", "≥ 3", "not measured", "libsecp256k1 is not installed");
            return;
        }

        var library = new LibSecp256k1();
        var work = Textbook(SignatureScheme.EcdsaSecp256k1, items, "secp256k1");
        var keys = library.Parse(work.Keys, keys: true);
        var signatures = library.Parse(work.Signatures, keys: false);
        await MeasureAsync(table, work, rounds, set, "libsecp256k1, key parsed before", "≥ 3", "≥ 1.3", i => library.Verify(keys, work.Digests, signatures, i));
    }

    private static async Task Sm2Async(ResultTable table, int items, int rounds, InstructionSet set)
    {
        var work = Textbook(SignatureScheme.Sm2, items, "sm2p256v1");
        var parameters = CustomNamedCurves.GetByName("sm2p256v1");
        var domain = new ECDomainParameters(parameters);
        var keys = Enumerable.Range(0, Keys).Select(i => new ECPublicKeyParameters(parameters.Curve.DecodePoint([4, .. work.Keys.AsSpan(i * 64, 64)]), domain)).ToArray();
        await MeasureAsync(table, work, rounds, set, "BouncyCastle's points by the standard's equation, digest given", "≥ 11", "", i =>
        {
            var (r, s) = (new BigInteger(1, work.Signature(i)[..32]), new BigInteger(1, work.Signature(i)[32..]));
            var point = Org.BouncyCastle.Math.EC.ECAlgorithms.SumOfTwoMultiplies(domain.G, s, keys[i % Keys].Q, r.Add(s).Mod(domain.N)).Normalize();
            return point.AffineXCoord.ToBigInteger().Add(new BigInteger(1, work.Digest(i))).Mod(domain.N).Equals(r);
        });
    }

    private static async Task MeasureAsync(ResultTable table, Work work, int rounds, InstructionSet set, string reference, string registeredAim, string unknownAim, Func<int, bool> verify)
    {
        var registry = new KeyRegistry(work.Scheme, Keys * KeyRegistry.BytesPerKey);
        for (var i = 0; i < Keys; i++)
        {
            Require(registry.TryAdd(work.Keys.AsSpan(i * 64, 64)));
        }

        foreach (var (name, keys, aim) in ((string, KeyRegistry?, string)[])[("registered keys", registry, registeredAim), ("unknown keys", null, unknownAim)])
        {
            var verifier = new BatchVerifier(work.Scheme, keys, instructions: set);
            var verdicts = new bool[work.Count];
            var ratio = await Interleaved.MeasureAsync(
                rounds,
                () =>
                {
                    verifier.Verify(work.Keys, work.Digests, work.Signatures, verdicts);
                    Require(verdicts.All(verdict => verdict));
                    return Task.CompletedTask;
                },
                () =>
                {
                    for (var i = 0; i < work.Count; i++)
                    {
                        Require(verify(i));
                    }

                    return Task.CompletedTask;
                },
                work.Count,
                work.Count);
            table.Add($"{work.Scheme} verify, {name}, {set}", reference, set == InstructionSet.Avx512 && aim.Length > 0 ? aim : "–", ratio, $"one core, {work.Count} at once");
        }

        // Wall time of eight: what a caller waits who has no more.
        var eight = new BatchVerifier(work.Scheme, instructions: set);
        var few = new bool[8];
        var latency = await Interleaved.MeasureAsync(rounds, Once, Once);
        table.AddFigure($"{work.Scheme} verify, 8 unknown keys, {set}", "< 0.52 ms", $"{latency.OursSeconds * 1e3:0.00} ms", "wall time of the whole batch");

        Task Once()
        {
            eight.Verify(work.Keys.AsSpan(0, 512), work.Digests.AsSpan(0, 256), work.Signatures.AsSpan(0, 512), few);
            Require(few.All(verdict => verdict));
            return Task.CompletedTask;
        }
    }

    private static Work Textbook(SignatureScheme scheme, int items, string curve)
    {
        var parameters = CustomNamedCurves.GetByName(curve);
        var domain = new ECDomainParameters(parameters);
        var privateKeys = Enumerable.Range(0, Keys).Select(_ => new BigInteger(1, RandomNumberGenerator.GetBytes(31)).Add(BigInteger.One)).ToArray();
        var points = privateKeys.Select(d => domain.G.Multiply(d).Normalize().GetEncoded(false)[1..]).ToArray();
        return new Work(scheme, items, place => points[place], (place, digest) =>
        {
            var d = privateKeys[place];
            BigInteger r, s;
            if (scheme == SignatureScheme.Sm2)
            {
                var k = new BigInteger(1, RandomNumberGenerator.GetBytes(31)).Add(BigInteger.One);
                r = domain.G.Multiply(k).Normalize().AffineXCoord.ToBigInteger().Add(new BigInteger(1, digest)).Mod(domain.N);
                s = d.Add(BigInteger.One).ModInverse(domain.N).Multiply(k.Subtract(r.Multiply(d))).Mod(domain.N);
            }
            else
            {
                var signer = new ECDsaSigner(new HMacDsaKCalculator(new Org.BouncyCastle.Crypto.Digests.Sha256Digest()));
                signer.Init(true, new ECPrivateKeyParameters(d, domain));
                (r, s) = signer.GenerateSignature(digest) is [var first, var second] ? (first, second) : throw new InvalidOperationException();

                // libsecp256k1 takes the low form alone.
                s = s.CompareTo(domain.N.ShiftRight(1)) > 0 ? domain.N.Subtract(s) : s;
            }

            return [.. Org.BouncyCastle.Utilities.BigIntegers.AsUnsignedByteArray(32, r), .. Org.BouncyCastle.Utilities.BigIntegers.AsUnsignedByteArray(32, s)];
        });
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("a signature of the benchmark's own did not verify");
        }
    }

    private sealed class Work
    {
        public Work(SignatureScheme scheme, int count, Func<int, byte[]> key, Func<int, byte[], byte[]> sign)
        {
            (Scheme, Count, Keys, Digests, Signatures) = (scheme, count, new byte[count * 64], RandomNumberGenerator.GetBytes(count * 32), new byte[count * 64]);
            for (var i = 0; i < count; i++)
            {
                key(i % BatchSignatures.Keys).CopyTo(Keys, i * 64);
                sign(i % BatchSignatures.Keys, Digest(i).ToArray()).CopyTo(Signatures, i * 64);
            }
        }

        public SignatureScheme Scheme { get; }

        public int Count { get; }

        public byte[] Keys { get; }

        public byte[] Digests { get; }

        public byte[] Signatures { get; }

        public ReadOnlySpan<byte> Digest(int index) => Digests.AsSpan(index * 32, 32);

        public ReadOnlySpan<byte> Signature(int index) => Signatures.AsSpan(index * 64, 64);
    }

    private sealed class DisposableKeys : IDisposable
    {
        public ECDsa[] All { get; } = [.. Enumerable.Range(0, Keys).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256))];

        public byte[][] Points => [.. All.Select(key => key.ExportParameters(false).Q).Select(q => (byte[])[.. q.X!, .. q.Y!])];

        public void Dispose() => Array.ForEach(All, key => key.Dispose());
    }
}
