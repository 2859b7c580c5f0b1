using Org.BouncyCastle.Math;

namespace PrivChain.Signatures.Tests.Engine;

/// <summary>What a caller can get wrong: buffers that lie over each other, nothing or very much at once, several threads, a key that is taken away.</summary>
[TestClass]
public sealed class MisuseTests
{
    private static readonly byte[] _privateKey = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    // The variable that forces a set on a process: what the machine has and no more, by its one name.
    [TestMethod]
    public void Setting_NamesASetThatTheMachineHas_OrIsRefused()
    {
        Assert.AreEqual(InstructionSet.Scalar, SignatureEngine.Forced("scalar"));
        Assert.AreEqual(SignatureEngine.Forced(null), SignatureEngine.Forced(""));
        foreach (var (name, set) in new[] { ("avx512", InstructionSet.Avx512), ("avx2", InstructionSet.Avx2) })
        {
            if (set <= SignatureEngine.Forced(null))
            {
                Assert.AreEqual(set, SignatureEngine.Forced(name));
            }
            else
            {
                Assert.ThrowsExactly<PlatformNotSupportedException>(() => SignatureEngine.Forced(name));
            }
        }

        foreach (var wrong in (string[])["AVX2", "avx", "1", "scalar "])
        {
            StringAssert.Contains(Assert.ThrowsExactly<PlatformNotSupportedException>(() => SignatureEngine.Forced(wrong)).Message, SignatureEngine.Setting, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void EveryBatch_LengthsOfUnlikeCounts_AreRefused()
    {
        var recovery = new BatchRecovery(lowSOnly: false);
        int[] right = [64, 128, 2, 128, 2];
        for (var which = 0; which < right.Length; which++)
        {
            foreach (var change in (int[])[-1, 1])
            {
                var l = right.ToArray();
                l[which] += change;
                Assert.ThrowsExactly<ArgumentException>(() => recovery.Recover(new byte[l[0]], new byte[l[1]], new bool[l[2]], new byte[l[3]], new bool[l[4]]), string.Join(' ', l));
            }
        }

        using var signer = new BatchSigner(SignatureScheme.EcdsaP256, _privateKey);
        foreach (var (digests, signatures, parities) in ((int, int, int)[])[(32, 0, 0), (0, 64, 0), (33, 64, 0), (32, 65, 0), (64, 128, 1), (0, 0, 1)])
        {
            Assert.ThrowsExactly<ArgumentException>(() => signer.Sign(new byte[digests], new byte[signatures], new bool[parities]), $"{digests} {signatures} {parities}");
        }

        var registry = new KeyRegistry(SignatureScheme.EcdsaP256, KeyRegistry.BytesPerKey);
        Assert.ThrowsExactly<ArgumentException>(() => registry.TryAdd(new byte[65]));
        Assert.ThrowsExactly<ArgumentException>(() => registry.TryAdd(new byte[33]));
    }

    // Written over what is still to be read, the rest of the batch would be signatures of something else.
    [TestMethod]
    public void SignAndRecover_BuffersOverEachOther_AreRefused()
    {
        using var signer = new BatchSigner(SignatureScheme.EcdsaSecp256k1, _privateKey);
        var memory = new byte[3 * 1024];
        Assert.ThrowsExactly<ArgumentException>(() => signer.Sign(memory.AsSpan(0, 1024), memory.AsSpan(0, 2048)));
        Assert.ThrowsExactly<ArgumentException>(() => signer.Sign(memory.AsSpan(2047, 1024), memory.AsSpan(0, 2048)));
        signer.Sign(memory.AsSpan(2048, 1024), memory.AsSpan(0, 2048));
        var recovery = new BatchRecovery(lowSOnly: false);
        var digests = new byte[32 * 32];
        Assert.ThrowsExactly<ArgumentException>(() => recovery.Recover(digests, memory.AsSpan(0, 2048), new bool[32], memory.AsSpan(1000, 2048), new bool[32]));
        Assert.ThrowsExactly<ArgumentException>(() => recovery.Recover(memory.AsSpan(0, 1024), new byte[2048], new bool[32], memory.AsSpan(1000, 2048), new bool[32]));

        // One array for both would be cleared before it is read, and every second key be another's.
        var flags = new bool[33];
        Assert.ThrowsExactly<ArgumentException>(() => recovery.Recover(digests, new byte[2048], flags.AsSpan(0, 32), new byte[2048], flags.AsSpan(0, 32)));
        Assert.ThrowsExactly<ArgumentException>(() => recovery.Recover(digests, new byte[2048], flags.AsSpan(1, 32), new byte[2048], flags.AsSpan(0, 32)));
    }

    [TestMethod]
    public void EveryBatch_OfNothing_DoesNothing()
    {
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
        {
            foreach (var set in Verified.Sets)
            {
                using var signer = new BatchSigner(scheme, _privateKey, instructions: set);
                signer.Sign([], []);
                new BatchVerifier(scheme, new KeyRegistry(scheme, KeyRegistry.BytesPerKey), instructions: set).Verify([], [], [], []);
            }
        }

        new BatchRecovery(lowSOnly: true).Recover([], [], [], [], []);
        BatchHash.Compute(HashFunction.Sm3, 0, [], 64, []);
    }

    // Many chunks, with the last one short, and a wrong item in every thirteenth place, so in each of a chunk once.
    [TestMethod]
    public void Verify_ManyChunks_HasEachVerdictInItsPlace()
    {
        const int Count = (17 * 128) + 5;
        var digests = new byte[Count * 32];
        new Random(41).NextBytes(digests);
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
        {
            using var signer = new BatchSigner(scheme, _privateKey);
            var signatures = new byte[Count * 64];
            signer.Sign(digests, signatures);
            var keys = new byte[Count * 64];
            for (var i = 0; i < Count; i++)
            {
                signer.PublicKeyBytes.Span.CopyTo(keys.AsSpan(i * 64));
                signatures[(i * 64) + 63] ^= (byte)(i % 13 == 0 ? 1 : 0);
            }

            var verdicts = new bool[Count];
            new BatchVerifier(scheme).Verify(keys, digests, signatures, verdicts);
            for (var i = 0; i < Count; i++)
            {
                Assert.AreEqual(i % 13 != 0, verdicts[i], $"{scheme} item {i}");
            }
        }
    }

    [TestMethod]
    public void Verify_WhileOthersVerifyAndKeysAreRegistered_IsTheSame()
    {
        const int Count = 16;
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
        {
            var curve = new BouncyCastleCurve(scheme);
            var items = Enumerable.Range(0, Count).Select(i =>
            {
                var d = BigInteger.ValueOf(1000 + i);
                using var signer = new BatchSigner(scheme, BouncyCastleCurve.Bytes(d));
                var (digest, signature) = (new byte[32], new byte[64]);
                digest[0] = (byte)i;
                signer.Sign(digest, signature);
                digest[1] = (byte)(i % 3 == 0 ? 1 : 0);
                return new Signed(curve.PublicKey(d), digest, signature, i % 3 != 0, $"item {i}");
            }).ToList();
            var registry = new KeyRegistry(scheme, Count * KeyRegistry.BytesPerKey);
            var verifier = new BatchVerifier(scheme, registry);
            Parallel.For(0, 2 * Count, i =>
            {
                if (i % 2 == 0)
                {
                    Assert.IsTrue(registry.TryAdd(items[i / 2].Key));
                }

                CollectionAssert.AreEqual(items.Select(item => item.Valid).ToArray(), Verified.By(verifier, items), $"{scheme} round {i}");
            });
            Assert.AreEqual(Count, registry.Count);
        }
    }

    // Several threads with one signer, and its end among them: a signature is right, or there is none.
    [TestMethod]
    public void Sign_WhileOthersSignAndTheKeyGoes_IsRightOrRefused()
    {
        const int Count = 20;
        var digests = new byte[Count * 32];
        new Random(43).NextBytes(digests);
        for (var round = 0; round < 10; round++)
        {
            var signer = new BatchSigner(SignatureScheme.EcdsaP256, _privateKey);
            var key = signer.PublicKeyBytes.ToArray();
            using var begun = new CountdownEvent(3);
            var signed = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                // Those before the key went; how many came before them depends on the machine.
                var last = new Queue<byte[]>();
                begun.Signal();
                try
                {
                    while (true)
                    {
                        var signatures = new byte[Count * 64];
                        signer.Sign(digests, signatures);
                        last.Enqueue(signatures);
                        if (last.Count > 8)
                        {
                            last.Dequeue();
                        }
                    }
                }
                catch (ObjectDisposedException)
                {
                    return last;
                }
            })).ToArray();
            begun.Wait();
            signer.Dispose();
            var verifier = new BatchVerifier(SignatureScheme.EcdsaP256);
            foreach (var signatures in signed.SelectMany(task => task.Result))
            {
                var verdicts = new bool[Count];
                verifier.Verify([.. Enumerable.Repeat(key, Count).SelectMany(static bytes => bytes)], digests, signatures, verdicts);
                Assert.IsTrue(verdicts.All(static verdict => verdict), $"round {round}");
            }
        }
    }

    [TestMethod]
    public void Constructors_SchemesAndMemoryThatDoNotExist_AreRefused()
    {
        const SignatureScheme Unknown = (SignatureScheme)99;
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BatchVerifier(Unknown));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BatchSigner(Unknown, _privateKey));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KeyRegistry(Unknown, KeyRegistry.BytesPerKey));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KeyRegistry(SignatureScheme.Sm2, KeyRegistry.BytesPerKey - 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KeyRegistry(SignatureScheme.Sm2, (1 << 30) + 1));
        Assert.ThrowsExactly<PlatformNotSupportedException>(() => new BatchVerifier(SignatureScheme.Sm2, instructions: (InstructionSet)99));
    }
}
