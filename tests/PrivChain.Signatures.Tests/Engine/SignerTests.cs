using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using PrivChain.Core.Tests.Keys;
using PrivChain.Signatures.Engine;
using PrivChain.Tests.Shared;

namespace PrivChain.Signatures.Tests.Engine;

[TestClass]
public sealed class SignerTests
{
    private static readonly SignatureScheme[] _schemes = Enum.GetValues<SignatureScheme>();

    // RFC 6979 leaves no freedom: BouncyCastle's signer has to give the same bytes.
    [TestMethod]
    public void Sign_Deterministic_IsWhatBouncyCastleSigns()
    {
        var random = new Random(3);
        foreach (var scheme in (SignatureScheme[])[SignatureScheme.EcdsaP256, SignatureScheme.EcdsaSecp256k1])
        {
            var curve = new BouncyCastleCurve(scheme);
            var reference = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
            foreach (var d in Scalars(curve.N, random))
            {
                reference.Init(true, new ECPrivateKeyParameters(d, new ECDomainParameters(curve.Curve, curve.G, curve.N)));
                foreach (var count in (int[])[1, 7, 131])
                {
                    var digests = new byte[count * 32];
                    random.NextBytes(digests);

                    // A digest of n or more is taken modulo n.
                    digests.AsSpan(0, 32).Fill(0xff);
                    var expected = Enumerable.Range(0, count).SelectMany(i => reference.GenerateSignature(digests[(i * 32)..((i + 1) * 32)]).SelectMany(BouncyCastleCurve.Bytes)).ToArray();
                    foreach (var set in Verified.Sets)
                    {
                        using var signer = new BatchSigner(scheme, BouncyCastleCurve.Bytes(d), instructions: set);
                        CollectionAssert.AreEqual(curve.PublicKey(d), signer.PublicKeyBytes.ToArray());
                        var signatures = new byte[count * 64];
                        signer.Sign(digests, signatures);
                        CollectionAssert.AreEqual(expected, signatures, $"{scheme} on {set}, {count} at once");
                    }

                    if (d.BitLength < 8 && count > 7)
                    {
                        break;
                    }
                }
            }
        }
    }

    [TestMethod]
    public void Sign_EverySchemeAndForm_VerifiesAndNamesItsKey()
    {
        var random = new Random(4);
        foreach (var (scheme, hedged, lowS) in from scheme in _schemes from hedged in (bool[])[false, true] from lowS in (bool[])[false, true] where scheme != SignatureScheme.Sm2 || !lowS select (scheme, hedged, lowS))
        {
            foreach (var set in Verified.Sets)
            {
                var (digests, signatures, odd) = (new byte[40 * 32], new byte[40 * 64], new bool[40]);
                random.NextBytes(digests);
                using var signer = new BatchSigner(scheme, BouncyCastleCurve.Bytes(BigInteger.ValueOf(random.NextInt64(1, long.MaxValue))), hedged, lowS, set);
                signer.Sign(digests, signatures, odd);
                var curve = new BouncyCastleCurve(scheme);
                for (var i = 0; i < 40; i++)
                {
                    Assert.IsTrue(curve.Verify(signer.PublicKeyBytes.ToArray(), digests[(i * 32)..((i + 1) * 32)], signatures[(i * 64)..((i + 1) * 64)]), $"{scheme} {set} {i}");
                }

                var keys = Enumerable.Repeat(signer.PublicKeyBytes.ToArray(), 40).SelectMany(key => key).ToArray();
                var verdicts = new bool[40];
                new BatchVerifier(scheme, lowSOnly: lowS, instructions: set).Verify(keys, digests, signatures, verdicts);
                Assert.IsTrue(verdicts.All(verdict => verdict), $"{scheme} {set}");
                if (scheme == SignatureScheme.EcdsaSecp256k1)
                {
                    var (recovered, found) = (new byte[40 * 64], new bool[40]);
                    new BatchRecovery(lowS, set).Recover(digests, signatures, odd, recovered, found);
                    CollectionAssert.AreEqual(keys, recovered);
                }

                var second = new byte[40 * 64];
                signer.Sign(digests, second);
                Assert.AreEqual(!hedged, second.AsSpan().SequenceEqual(signatures), "the same digests again");
            }
        }
    }

    // Scalars at the ends of windows and ranges, in every lane.
    [TestMethod]
    public void MultiplyBase_ScalarsAtTheEdges_AreWhatBouncyCastleGives()
    {
        var random = new Random(6);
        foreach (var scheme in _schemes)
        {
            var curve = new BouncyCastleCurve(scheme);
            var scalars = Scalars(curve.N, random).ToList();
            foreach (var set in Verified.Sets)
            {
                var engine = SignatureEngine.For(scheme, set);
                for (var shift = 0; shift < (int)set; shift++)
                {
                    var shifted = scalars.Skip(shift).Concat(scalars.Take(shift)).ToList();
                    var words = new ulong[shifted.Count * 4];
                    var points = new ulong[shifted.Count * 8];
                    for (var i = 0; i < shifted.Count; i++)
                    {
                        U256.Read(BouncyCastleCurve.Bytes(shifted[i])).Write(words.AsSpan(i * 4));
                    }

                    engine.MultiplyBase(words, points);
                    for (var i = 0; i < shifted.Count; i++)
                    {
                        byte[] given = [.. Verified.Bytes(U256.Read(points.AsSpan(i * 8))), .. Verified.Bytes(U256.Read(points.AsSpan((i * 8) + 4)))];
                        CollectionAssert.AreEqual(curve.PublicKey(shifted[i]), given, $"{scheme} on {set}: {shifted[i].ToString(16)}");
                    }
                }
            }
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Sm2_NonceOfTheStandard_GivesItsSignature()
    {
        var tested = 0;
        foreach (var test in VectorFolder.Files("gm", "sm2_sign*.json").SelectMany(file => VectorJson.Load(file).EnumerateArray()).Where(test => test.TryGetProperty("k", out _)))
        {
            foreach (var set in Verified.Sets)
            {
                var engine = SignatureEngine.For(SignatureScheme.Sm2, set);
                ulong[] key = new ulong[4], k = new ulong[4], r = new ulong[4], s = new ulong[4], point = new ulong[8];
                U256.Read(test.Bytes("private_key")).Write(key);
                U256.Read(test.Bytes("k")).Write(k);
                engine.MultiplyBase(k, point);
                U256.AddModulo(U256.ReduceOnce(U256.Read(point), engine.Curve.N), U256.ReduceOnce(U256.Read(test.Bytes("e")), engine.Curve.N), engine.Curve.N).Write(r);
                engine.FinishSm2(key, k, r, s);
                CollectionAssert.AreEqual(test.Bytes("r"), Verified.Bytes(U256.Read(r)));
                CollectionAssert.AreEqual(test.Bytes("s"), Verified.Bytes(U256.Read(s)));
                tested++;
            }
        }

        Assert.IsGreaterThan(0, tested);
    }

    [TestMethod]
    public void Signer_KeyOutOfRangeOrGone_IsTheCallersMistake()
    {
        foreach (var scheme in _schemes)
        {
            var n = new BouncyCastleCurve(scheme).N;
            foreach (var wrong in (byte[][])[[], new byte[31], new byte[32], new byte[33], BouncyCastleCurve.Bytes(n), [.. Enumerable.Repeat((byte)0xff, 32)]])
            {
                Assert.ThrowsExactly<ArgumentException>(() => new BatchSigner(scheme, wrong));
            }

            // In SM2 1 + d must have an inverse.
            var last = BouncyCastleCurve.Bytes(n.Subtract(BigInteger.One));
            if (scheme == SignatureScheme.Sm2)
            {
                Assert.ThrowsExactly<ArgumentException>(() => new BatchSigner(scheme, last));
            }
            else
            {
                new BatchSigner(scheme, last).Dispose();
            }

            var signer = new BatchSigner(scheme, BouncyCastleCurve.Bytes(BigInteger.Two));
            Assert.ThrowsExactly<ArgumentException>(() => signer.Sign(new byte[31], new byte[64]));
            Assert.ThrowsExactly<ArgumentException>(() => signer.Sign(new byte[32], new byte[128]));
            Assert.ThrowsExactly<ArgumentException>(() => signer.Sign(new byte[32], new byte[64], new bool[2]));
            signer.Dispose();
            Assert.ThrowsExactly<ObjectDisposedException>(() => signer.Sign(new byte[32], new byte[64]));
        }
    }

    // A signer that nobody disposes of: the collector's finalizer wipes what it held.
    [TestMethod]
    public void Signer_Forgotten_IsWipedByTheCollector()
    {
        var (key, bytes) = Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.IsTrue(key.All(one => one == 0));
        Assert.IsTrue(bytes.All(one => one == 0));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (ulong[] Key, byte[] Bytes) Forget()
        {
            var signer = new BatchSigner(SignatureScheme.EcdsaP256, BouncyCastleCurve.Bytes(BigInteger.Ten));
            var (key, bytes) = (Held<ulong[]>(signer, "_key"), Held<byte[]>(signer, "_keyBytes"));
            Assert.AreEqual((10UL, (byte)10), (key[0], bytes[^1]));
            GC.KeepAlive(signer);
            return (key, bytes);
        }
    }

    // What a call lends for secrets comes back wiped, and never moves.
    [TestMethod]
    [DoNotParallelize]
    public void SecretMemory_GivenBack_IsWipedAndStaysWhereItWas()
    {
        ref ulong place = ref Unsafe.NullRef<ulong>();
        using (var memory = SecretMemory<ulong>.Rent(8, 6 * 4 * CurveEngine.Chunk))
        {
            Assert.AreEqual(8, memory.Span.Length);
            memory.Span.Fill(7);
            place = ref memory.Span[0];
            var before = Address(ref place);
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Assert.AreEqual(before, Address(ref memory.Span[0]));
        }

        Assert.IsTrue(MemoryMarshal.CreateSpan(ref place, 8).ToArray().All(word => word == 0));
        static unsafe nint Address(ref ulong word) => (nint)Unsafe.AsPointer(ref word);
    }

    private static T Held<T>(BatchSigner signer, string field) =>
        (T)typeof(BatchSigner).GetField(field, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(signer)!;

    // A fixed number of differential cases for everybody, a hundred thousand of each curve where the time is there.
    [TestMethod]
    [TestCategory("Slow")]
    public void Sign_AHundredThousandRandomDigestsOfEachCurve_AgreesWithBouncyCastle() => Parallel.For(0, 300, round => Differ(_schemes[round % _schemes.Length], 1_000, seed: round));

    [TestMethod]
    public void Sign_ThreeHundredRandomDigestsOfEachCurve_AgreesWithBouncyCastle()
    {
        foreach (var scheme in _schemes)
        {
            Differ(scheme, 300, seed: 1_000);
        }
    }

    // Half of them under keys of all 256 bits; the nonce is BouncyCastle's RFC 6979, the rest follows the standards by its integers.
    private static void Differ(SignatureScheme scheme, int count, int seed)
    {
        var random = new Random(seed);
        var curve = new BouncyCastleCurve(scheme);
        var d = new BigInteger(1, Enumerable.Range(0, 40).Select(_ => (byte)random.Next(256)).ToArray()).Mod(curve.N.Subtract(BigInteger.Two)).Add(BigInteger.One);
        var digests = new byte[count * 32];
        random.NextBytes(digests);
        var calculator = new HMacDsaKCalculator(new Sha256Digest());
        var (expected, expectedOdd) = (new byte[count * 64], new bool[count]);
        for (var i = 0; i < count; i++)
        {
            var digest = digests[(i * 32)..((i + 1) * 32)];
            calculator.Init(curve.N, d, digest);
            var k = calculator.NextK();
            curve.Sign(d, k, digest)!.CopyTo(expected, i * 64);
            expectedOdd[i] = curve.G.Multiply(k).Normalize().AffineYCoord.TestBitZero();
        }

        foreach (var set in Verified.Sets)
        {
            using var signer = new BatchSigner(scheme, BouncyCastleCurve.Bytes(d), instructions: set);
            var (signatures, odd) = (new byte[count * 64], new bool[count]);
            signer.Sign(digests, signatures, odd);
            CollectionAssert.AreEqual(expected, signatures, $"{scheme} on {set}, seed {seed}");
            CollectionAssert.AreEqual(expectedOdd, odd, $"{scheme} on {set}, seed {seed}");
            if (scheme == SignatureScheme.EcdsaSecp256k1)
            {
                var (keys, found) = (new byte[count * 64], new bool[count]);
                new BatchRecovery(lowSOnly: false, set).Recover(digests, signatures, odd, keys, found);
                var key = curve.PublicKey(d);
                for (var i = 0; i < count; i++)
                {
                    Assert.IsTrue(found[i] && keys.AsSpan(i * 64, 64).SequenceEqual(key), $"{set} item {i}, seed {seed}");
                }
            }
        }
    }

    private static IEnumerable<BigInteger> Scalars(BigInteger n, Random random)
    {
        var middle = BigInteger.One.ShiftLeft(255);
        foreach (var value in (int[])[1, 2, 127, 128, 129, 255, 256, 257])
        {
            yield return BigInteger.ValueOf(value);
            yield return n.Subtract(BigInteger.ValueOf(value + 1));
        }

        yield return middle;
        yield return middle.Subtract(BigInteger.One);
        yield return middle.Add(BigInteger.One);
        yield return n.ShiftRight(1);
        yield return new BigInteger(1, Enumerable.Repeat((byte)0x80, 32).ToArray());
        yield return new BigInteger(1, Enumerable.Repeat((byte)0x7f, 32).ToArray());
        yield return BigInteger.One.ShiftLeft(248);
        for (var i = 0; i < 6; i++)
        {
            var bytes = new byte[32];
            random.NextBytes(bytes);
            bytes[0] &= 0x7f;
            yield return new BigInteger(1, bytes);
        }
    }
}
