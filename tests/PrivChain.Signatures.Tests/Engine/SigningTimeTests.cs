using System.Diagnostics;
using System.Runtime.InteropServices;
using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures.Tests.Engine;

/// <summary>
/// Fixed against random (the method of dudect): the secret part of signing is timed for one fixed scalar full of zeros and for random ones, in random order; if its time depended on the scalar,
/// the means would part. Times above the 90th percentile are interruptions and are left out. Slow, since it wants many samples and a quiet machine.
/// </summary>
[TestClass]
[TestCategory("Slow")]
public sealed class SigningTimeTests
{
    private const int Samples = 20_000;

    // dudect calls 10 a leak without doubt, and below 4.5 no evidence of one; a shared machine is given the former.
    private const double Leak = 10;

    [TestMethod]
    public void MultiplyBaseAndFinish_FixedAgainstRandomScalars_TakeTheSameTime()
    {
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
        {
            foreach (var set in Verified.Sets)
            {
                var engine = SignatureEngine.For(scheme, set);
                Assert.IsLessThan(Leak, Math.Abs(Statistic(scalar => Work(engine, scheme, scalar))), $"{scheme} on {set}");
            }
        }
    }

    /// <summary>
    /// The whole of a signature: nonces, the multiplication, the end, and the form with a low s. Against random ones are timed one fixed digest under one key, and one fixed key (a small one) over
    /// random digests, each key in a signer of its own that was made before.
    /// </summary>
    [TestMethod]
    public void Sign_FixedAgainstRandomDigestsAndKeys_TakesTheSameTime()
    {
        var random = new Random(13);
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
        {
            foreach (var set in Verified.Sets)
            {
                var lowS = scheme == SignatureScheme.EcdsaSecp256k1;
                using var signer = new BatchSigner(scheme, Bytes(Scalar(random)), lowS: lowS, instructions: set);
                using var small = new BatchSigner(scheme, Bytes([1, 0, 0, 0]), lowS: lowS, instructions: set);
                var others = Enumerable.Range(0, 64).Select(_ => new BatchSigner(scheme, Bytes(Scalar(random)), lowS: lowS, instructions: set)).ToArray();
                Assert.IsLessThan(Leak, Math.Abs(Statistic(digest => Sign(signer, digest))), $"{scheme} on {set}, digests");

                // What the statistic draws says which key signs: the small one for the fixed scalar. The digest is another one each time for both.
                Assert.IsLessThan(
                    Leak,
                    Math.Abs(Statistic(drawn =>
                    {
                        var chosen = drawn is [1, 0, 0, 0] ? small : others[drawn[0] % 64];
                        drawn[0] ^= (ulong)random.NextInt64();
                        Sign(chosen, drawn);
                    })),
                    $"{scheme} on {set}, keys");
                foreach (var other in others)
                {
                    other.Dispose();
                }
            }
        }
    }

    // The measure sees a leak where there is one: work that stops at the highest set bit.
    [TestMethod]
    public void Statistic_WorkThatDependsOnTheScalar_IsSeen() => Assert.IsGreaterThan(Leak, Math.Abs(Statistic(scalar =>
    {
        var sum = 0UL;
        for (var i = 0; i < 200; i++)
        {
            for (var rest = scalar[0] >> 52; rest != 0; rest >>= 1)
            {
                sum += rest * rest;
            }
        }

        GC.KeepAlive(sum);
    })));

    private static void Work(CurveEngine engine, SignatureScheme scheme, ulong[] scalar)
    {
        Span<ulong> point = stackalloc ulong[8];
        Span<ulong> s = stackalloc ulong[4];
        engine.MultiplyBase(scalar, point);
        if (scheme == SignatureScheme.Sm2)
        {
            engine.FinishSm2(scalar, scalar, point[..4], s);
        }
        else
        {
            engine.FinishEcdsa(scalar, scalar, scalar, scalar, s);
        }
    }

    private static void Sign(BatchSigner signer, ulong[] digest)
    {
        Span<byte> signature = stackalloc byte[BatchVerifier.SignatureSize];
        signer.Sign(MemoryMarshal.AsBytes(digest.AsSpan()), signature);
    }

    private static byte[] Bytes(ulong[] scalar) => Verified.Bytes(U256.Read(scalar));

    // Of all 256 bits: below n of each curve, but for one in 2^32.
    private static ulong[] Scalar(Random random)
    {
        var scalar = new ulong[4];
        random.NextBytes(MemoryMarshal.AsBytes(scalar.AsSpan()));
        scalar[3] = Math.Min(scalar[3], 0xffff_fffe_0000_0000);
        return scalar;
    }

    private static double Statistic(Action<ulong[]> work)
    {
        var random = new Random(11);
        var fixedScalar = (ulong[])[1, 0, 0, 0];
        var times = new List<double>[] { [], [] };
        for (var i = 0; i < Samples + 500; i++)
        {
            var kind = random.Next(2);

            // Both kinds are copied from a fresh array, so that memory is as warm for one as for the other.
            var fresh = Scalar(random);
            var scalar = kind == 0 ? (ulong[])[.. fixedScalar] : [.. fresh];
            var start = Stopwatch.GetTimestamp();
            work(scalar);
            var time = Stopwatch.GetTimestamp() - start;
            if (i >= 500)
            {
                times[kind].Add(time);
            }
        }

        var limit = times[0].Concat(times[1]).Order().ElementAt((times[0].Count + times[1].Count) * 9 / 10);
        var (first, second) = (Moments(times[0], limit), Moments(times[1], limit));
        return (first.Mean - second.Mean) / Math.Sqrt((first.Variance / first.Count) + (second.Variance / second.Count));
    }

    private static (double Mean, double Variance, int Count) Moments(List<double> times, double limit)
    {
        var kept = times.Where(time => time <= limit).ToList();
        var mean = kept.Average();
        return (mean, kept.Sum(time => (time - mean) * (time - mean)) / (kept.Count - 1), kept.Count);
    }
}
