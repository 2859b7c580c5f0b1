using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using PrivChain.Signatures;

namespace PrivChain.Cli.Bench;

/// <summary>
/// Signatures and hashes in batches, on one core, against the implementation that a program would use otherwise: keys with tables and without, on each instruction set of the machine. Every
/// signature that is timed is checked once before.
/// </summary>
internal sealed class SignatureBench(int rounds, CancellationToken cancellation)
{
    private const int Items = 512;
    private const int ReferenceItems = 32;
    private const int Keys = 16;
    private const int Few = 8;
    private const int Nodes = 4096;
    private const int NodeSize = 64;
    private const string NotMeasured = "–";

    public IEnumerable<BenchRow> Run()
    {
        foreach (var set in Enum.GetValues<InstructionSet>().Where(SignatureEngine.IsSupported).Reverse())
        {
            foreach (var row in (IEnumerable<BenchRow>)[.. P256(set), .. Sm2(set), .. LibSecp256k1.IsInstalled ? Secp256k1(set) : [], .. Hashes(set)])
            {
                yield return row;
            }
        }
    }

    private IEnumerable<BenchRow> P256(InstructionSet set)
    {
        var keys = Enumerable.Range(0, Keys).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256)).ToArray();
        try
        {
            var space = new byte[BatchVerifier.SignatureSize];
            var work = new Work(SignatureScheme.EcdsaP256, place => keys[place].ExportParameters(true).D!);
            const string Reference = ".NET ECDsa, key object kept";
            yield return Sign(work, set, Reference, "≥ 4.5", "3.3", i => Require(keys[i % Keys].TrySignHash(work.Digest(i), space, out _)));
            foreach (var row in Verify(work, set, Reference, ("≥ 6", "5.6"), ("≥ 2", null), i => keys[i % Keys].VerifyHash(work.Digest(i), work.Signature(i))))
            {
                yield return row;
            }
        }
        finally
        {
            Array.ForEach(keys, key => key.Dispose());
        }
    }

    private IEnumerable<BenchRow> Sm2(InstructionSet set)
    {
        var work = new Work(SignatureScheme.Sm2, _ => [1, .. RandomNumberGenerator.GetBytes(31)]);
        var parameters = CustomNamedCurves.GetByName("sm2p256v1");
        var domain = new ECDomainParameters(parameters);
        var signer = new SM2Signer();
        signer.Init(true, new ECPrivateKeyParameters(new BigInteger(1, work.PrivateKey), domain));
        yield return Sign(work, set, "BouncyCastle, with SM3 of 32 bytes", "≥ 18", null, i =>
        {
            signer.BlockUpdate(work.Digests, i * BatchVerifier.DigestSize, BatchVerifier.DigestSize);
            signer.GenerateSignature();
        });
        var keys = Enumerable.Range(0, Keys).Select(i => new ECPublicKeyParameters(parameters.Curve.DecodePoint([4, .. work.Key(i)]), domain)).ToArray();
        foreach (var row in Verify(work, set, "BouncyCastle's points by the standard's equation, digest given", ("≥ 11", null), (NotMeasured, null), IsValid))
        {
            yield return row;
        }

        bool IsValid(int i)
        {
            var (r, s) = (new BigInteger(1, work.Signature(i)[..32]), new BigInteger(1, work.Signature(i)[32..]));
            var point = Org.BouncyCastle.Math.EC.ECAlgorithms.SumOfTwoMultiplies(domain.G, s, keys[i % Keys].Q, r.Add(s).Mod(domain.N)).Normalize();
            return point.AffineXCoord.ToBigInteger().Add(new BigInteger(1, work.Digest(i))).Mod(domain.N).Equals(r);
        }
    }

    private IEnumerable<BenchRow> Secp256k1(InstructionSet set)
    {
        var library = new LibSecp256k1();
        var work = new Work(SignatureScheme.EcdsaSecp256k1, _ => [1, .. RandomNumberGenerator.GetBytes(31)]);
        var space = new byte[BatchVerifier.SignatureSize];
        yield return Sign(work, set, "libsecp256k1", "≥ 3", null, i => library.Sign(work.PrivateKey, work.Digests, space, i));
        var keys = library.Parse(work.Keys, keys: true);
        var signatures = library.Parse(work.Signatures, keys: false);
        foreach (var row in Verify(work, set, "libsecp256k1, key parsed before", ("≥ 3", null), ("≥ 1.3", null), i => library.Verify(keys, work.Digests, signatures, i)))
        {
            yield return row;
        }
    }

    private IEnumerable<BenchRow> Hashes(InstructionSet set)
    {
        var children = RandomNumberGenerator.GetBytes(Nodes * NodeSize);
        var (hashes, message, result) = (new byte[Nodes * BatchHash.Size], new byte[1 + NodeSize], new byte[BatchHash.Size]);
        message[0] = 1;
        var sm3 = new SM3Digest();
        yield return Row(HashFunction.Sha256, "SHA256.HashData", "≥ 10", () => SHA256.HashData(message, result));
        yield return Row(HashFunction.Sm3, "BouncyCastle", "≥ 15", () =>
        {
            sm3.BlockUpdate(message, 0, message.Length);
            sm3.DoFinal(result, 0);
        });

        BenchRow Row(HashFunction function, string reference, string aim, Action one) => Ratio(
            $"Merkle nodes, {function}", set, reference, aim, null,
            () => BatchHash.Compute(function, 1, children, NodeSize, hashes, set), Nodes,
            () =>
            {
                for (var i = 0; i < Nodes; i++)
                {
                    children.AsSpan(i * NodeSize, NodeSize).CopyTo(message.AsSpan(1));
                    one();
                }
            },
            Nodes);
    }

    private BenchRow Sign(Work work, InstructionSet set, string reference, string aim, string? fpga, Action<int> one)
    {
        using var signer = new BatchSigner(work.Scheme, work.PrivateKey, instructions: set);
        var signatures = new byte[Items * BatchVerifier.SignatureSize];
        return Ratio($"{work.Scheme} sign", set, reference, aim, fpga, () => signer.Sign(work.Digests, signatures), Items, () => OneByOne(one), ReferenceItems);
    }

    private IEnumerable<BenchRow> Verify(Work work, InstructionSet set, string reference, (string Aim, string? Fpga) registered, (string Aim, string? Fpga) unknown, Func<int, bool> one)
    {
        var registry = new KeyRegistry(work.Scheme, Keys * KeyRegistry.BytesPerKey);
        for (var i = 0; i < Keys; i++)
        {
            Require(registry.TryAdd(work.Key(i)));
        }

        var verdicts = new bool[Items];
        foreach (var (name, keys, aim) in ((string, KeyRegistry?, (string Aim, string? Fpga))[])[("registered keys", registry, registered), ("unknown keys", null, unknown)])
        {
            var verifier = new BatchVerifier(work.Scheme, keys, instructions: set);
            verifier.Verify(work.Keys, work.Digests, work.Signatures, verdicts);
            Require(verdicts.All(verdict => verdict));
            yield return Ratio(
                $"{work.Scheme} verify, {name}", set, reference, aim.Aim, aim.Fpga,
                () => verifier.Verify(work.Keys, work.Digests, work.Signatures, verdicts), Items, () => OneByOne(i => Require(one(i))), ReferenceItems);
        }

        // What a caller waits who has no more.
        using var signer = new BatchSigner(work.Scheme, work.PrivateKey, instructions: set);
        var signatures = new byte[Few * BatchVerifier.SignatureSize];
        yield return Latency($"{work.Scheme} sign, a batch of {Few}", set, "< 0.14 ms", "0.14 ms", () => signer.Sign(work.Digests.AsSpan(0, Few * BatchVerifier.DigestSize), signatures));
        var few = new BatchVerifier(work.Scheme, instructions: set);
        yield return Latency($"{work.Scheme} verify, a batch of {Few} unknown keys", set, "< 0.52 ms", "0.52 ms", () => few.Verify(
            work.Keys.AsSpan(0, Few * BatchVerifier.KeySize), work.Digests.AsSpan(0, Few * BatchVerifier.DigestSize), work.Signatures.AsSpan(0, Few * BatchVerifier.SignatureSize), verdicts.AsSpan(0, Few)));
    }

    private BenchRow Ratio(string what, InstructionSet set, string reference, string aim, string? fpga, Action ours, int oursItems, Action other, int otherItems)
    {
        var (ratios, oursTime, otherTime) = TurnByTurn.Measure(rounds, ours, oursItems, other, otherItems, cancellation);
        return new BenchRow(what, set, reference, aim, fpga, ratios[ratios.Length / 2], ratios[0], ratios[^1], oursTime, otherTime);
    }

    private BenchRow Latency(string what, InstructionSet set, string aim, string fpga, Action ours)
    {
        var times = TurnByTurn.Wait(rounds, ours, cancellation);
        var median = times[times.Length / 2];
        return new BenchRow(what, set, null, aim, fpga, median, times[0], times[^1], median * 1000, 0);
    }

    private static void OneByOne(Action<int> one)
    {
        for (var i = 0; i < ReferenceItems; i++)
        {
            one(i);
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("a signature of the benchmark's own did not verify");
        }
    }

    /// <summary>Digests signed by sixteen keys in turn.</summary>
    private sealed class Work
    {
        public Work(SignatureScheme scheme, Func<int, byte[]> privateKey)
        {
            Scheme = scheme;
            for (var place = 0; place < SignatureBench.Keys; place++)
            {
                var secret = privateKey(place);
                PrivateKey = place == 0 ? secret : PrivateKey;
                using var signer = new BatchSigner(scheme, secret, lowS: scheme != SignatureScheme.Sm2);
                for (var i = place; i < Items; i += SignatureBench.Keys)
                {
                    signer.PublicKeyBytes.Span.CopyTo(Keys.AsSpan(i * BatchVerifier.KeySize));
                    signer.Sign(Digest(i), Signatures.AsSpan(i * BatchVerifier.SignatureSize, BatchVerifier.SignatureSize));
                }
            }
        }

        public SignatureScheme Scheme { get; }

        /// <summary>The first of the keys.</summary>
        public byte[] PrivateKey { get; } = [];

        public byte[] Keys { get; } = new byte[Items * BatchVerifier.KeySize];

        public byte[] Digests { get; } = RandomNumberGenerator.GetBytes(Items * BatchVerifier.DigestSize);

        public byte[] Signatures { get; } = new byte[Items * BatchVerifier.SignatureSize];

        public ReadOnlySpan<byte> Key(int index) => Keys.AsSpan(index * BatchVerifier.KeySize, BatchVerifier.KeySize);

        public ReadOnlySpan<byte> Digest(int index) => Digests.AsSpan(index * BatchVerifier.DigestSize, BatchVerifier.DigestSize);

        public ReadOnlySpan<byte> Signature(int index) => Signatures.AsSpan(index * BatchVerifier.SignatureSize, BatchVerifier.SignatureSize);
    }
}
