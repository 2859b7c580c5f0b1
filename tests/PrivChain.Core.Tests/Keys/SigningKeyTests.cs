using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Suites;
using PrivChain.Signatures;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
public sealed class SigningKeyTests
{
    private static readonly EcdsaCurve[] Curves = [EcdsaCurve.P256, EcdsaCurve.Secp256k1, EcdsaCurve.Sm2P256];

    /// <summary>With vectors and without them a key gives the same public key, the same signatures and the same parities: keys and digests at the ends of their ranges among them.</summary>
    [TestMethod]
    public void Sign_WithVectorsAndWithout_GivesTheSameBytes()
    {
        foreach (var curve in Curves)
        {
            foreach (var privateKey in KeysOf(curve))
            {
                foreach (var lowS in curve.Scheme == SignatureScheme.Sm2 ? (bool[])[false] : [false, true])
                {
                    using SigningKey vectors = new(curve, privateKey, lowS, portable: false), portable = new(curve, privateKey, lowS, portable: true);
                    Assert.IsTrue(vectors.PublicKey.Span.SequenceEqual(portable.PublicKey.Span));
                    var digests = Digests();
                    foreach (var count in (int[])[1, 3, digests.Length])
                    {
                        var (given, wanted) = (new byte[count * SigningKey.SignatureSize], new byte[count * SigningKey.SignatureSize]);
                        var (odd, wantedOdd) = (new bool[count], new bool[count]);
                        vectors.Sign(digests.AsSpan(0, count), given, odd);
                        portable.Sign(digests.AsSpan(0, count), wanted, wantedOdd);
                        CollectionAssert.AreEqual(wanted, given, $"{curve.Scheme}, low s {lowS}, {count} at once, key {Convert.ToHexString(privateKey)}");

                        // SM2 has no recovery, so its parity means nothing.
                        if (curve.Scheme != SignatureScheme.Sm2)
                        {
                            CollectionAssert.AreEqual(wantedOdd, odd);
                        }
                    }
                }
            }
        }
    }

    [TestMethod]
    public void SignAll_IsWhatSignGivesOneByOne()
    {
        var digests = Digests();
        foreach (var suite in Suite.All)
        {
            using var account = Account.Generate(suite);
            var signatures = account.SignAll(digests);
            CollectionAssert.AreEqual(digests.Select(account.Sign).ToArray(), signatures);
            for (var i = 0; i < digests.Length; i++)
            {
                Assert.IsTrue(signatures[i].TryRecover(digests[i], out var signer) && signer == account.Address);
            }
        }
    }

    [TestMethod]
    public void Key_Disposed_SignsAndExportsNothing()
    {
        foreach (var (curve, portable) in from curve in Curves from portable in (bool[])[false, true] select (curve, portable))
        {
            var key = new SigningKey(curve, Sm2.GenerateKey(), portable: portable);
            Assert.ThrowsExactly<ArgumentException>(() => key.Export(new byte[31]));
            key.Dispose();
            Assert.ThrowsExactly<ObjectDisposedException>(() => key.Sign(Digest.Zero));
            Assert.ThrowsExactly<ObjectDisposedException>(() => key.Export(new byte[32]));
            Assert.AreEqual(65, key.PublicKey.Length);
        }
    }

    // A signature by half a wiped key would give the key away: many in one call, and the key goes in the middle of it.
    [TestMethod]
    public async Task Key_DisposedWhileItSigns_GivesItsSignaturesOrNone()
    {
        foreach (var (curve, portable) in from curve in Curves from portable in (bool[])[false, true] select (curve, portable))
        {
            for (var round = 1; round <= 10; round++)
            {
                var key = new SigningKey(curve, Sm2.GenerateKey(), portable: portable);
                var expected = key.Sign(Digest.Zero);
                using var began = new ManualResetEventSlim();
                var signing = Task.Run(() =>
                {
                    var signatures = new byte[64 * SigningKey.SignatureSize];
                    began.Set();
                    try
                    {
                        key.Sign(new Digest[64], signatures);
                    }
                    catch (ObjectDisposedException)
                    {
                        return [];
                    }

                    return signatures;
                });
                began.Wait();
                Thread.SpinWait(2_000 * round);
                key.Dispose();
                Assert.IsTrue((await signing).Chunk(SigningKey.SignatureSize).All(signature => signature.AsSpan().SequenceEqual(expected)), $"{curve.Scheme}, portable: {portable}");
            }
        }
    }

    // A key that nobody disposes of: the collector's finalizer wipes what it held.
    [TestMethod]
    public void Key_Forgotten_IsWipedByTheCollector()
    {
        var held = Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.IsTrue(held.All(one => one == 0));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static byte[] Forget()
        {
            var key = new SigningKey(EcdsaCurve.P256, Sm2.GenerateKey());
            var bytes = (byte[])typeof(SigningKey).GetField("_privateKey", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(key)!;
            Assert.IsTrue(bytes.Any(one => one != 0));
            GC.KeepAlive(key);
            return bytes;
        }
    }

    private static IEnumerable<byte[]> KeysOf(EcdsaCurve curve)
    {
        yield return [.. new byte[31], 1];
        yield return [0x80, .. new byte[31]];

        // n - 2, the highest that SM2 takes.
        yield return curve.N.Subtract(Org.BouncyCastle.Math.BigInteger.Two).ToByteArrayUnsigned();
        for (var i = 0; i < 12; i++)
        {
            yield return Sm2.GenerateKey();
        }
    }

    private static Digest[] Digests() =>
        [Digest.Zero, new Digest(Enumerable.Repeat((byte)0xff, Digest.Size).ToArray()), .. Enumerable.Range(0, 15).Select(_ => new Digest(RandomNumberGenerator.GetBytes(Digest.Size)))];
}
