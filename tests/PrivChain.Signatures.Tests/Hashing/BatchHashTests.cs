using System.Diagnostics;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace PrivChain.Signatures.Tests.Hashing;

[TestClass]
public sealed class BatchHashTests
{
    private static readonly InstructionSet[] _sets = [.. Enum.GetValues<InstructionSet>().Where(SignatureEngine.IsSupported)];

    // Every length around the ends of blocks and of the padding, every number of lanes and one more, each message another.
    [TestMethod]
    public void Compute_EveryLengthAndCount_IsWhatTheReferenceHashes()
    {
        var random = new Random(21);
        foreach (var (function, reference) in ((HashFunction, Func<byte[], byte[]>)[])[(HashFunction.Sha256, SHA256.HashData), (HashFunction.Sm3, Sm3)])
        {
            foreach (var size in (int[])[.. Enumerable.Range(0, 68), 118, 119, 120, 126, 127, 128, 183, 184, 256, 1023, 1024, 5000])
            {
                foreach (var count in size == 64 ? Enumerable.Range(0, 50) : [1, 2, 17, 49])
                {
                    var messages = new byte[count * size];
                    random.NextBytes(messages);
                    var prefix = (byte)random.Next(256);
                    var expected = Enumerable.Range(0, count).SelectMany(i => reference([prefix, .. messages.AsSpan(i * size, size)])).ToArray();
                    foreach (var set in _sets)
                    {
                        var hashes = new byte[count * BatchHash.Size];
                        BatchHash.Compute(function, prefix, messages, size, hashes, set);
                        CollectionAssert.AreEqual(expected, hashes, $"{function} on {set}: {count} of {size} bytes");
                    }
                }
            }
        }
    }

    // All that a node's second block knows of it is its last byte: every byte, in every lane.
    [TestMethod]
    public void Compute_EveryLastByteOfANode_IsWhatTheReferenceHashes()
    {
        const int Count = 256 + 15;
        var nodes = new byte[Count * 64];
        new Random(22).NextBytes(nodes);
        for (var shift = 0; shift < 16; shift++)
        {
            for (var i = 0; i < Count; i++)
            {
                nodes[(i * 64) + 63] = (byte)((i + shift) % 256);
            }

            var expected = Enumerable.Range(0, Count).SelectMany(i => Sm3([1, .. nodes.AsSpan(i * 64, 64)])).ToArray();
            foreach (var set in _sets)
            {
                var hashes = new byte[Count * BatchHash.Size];
                BatchHash.Compute(HashFunction.Sm3, 1, nodes, 64, hashes, set);
                CollectionAssert.AreEqual(expected, hashes, $"{set}, shifted by {shift}");
            }
        }
    }

    // The standard's own example (GB/T 32905-2016 appendix A.1), whose first letter is our prefix.
    [TestMethod]
    public void Compute_ExampleOfTheStandard_IsItsHash()
    {
        foreach (var set in _sets)
        {
            var hashes = new byte[2 * BatchHash.Size];
            BatchHash.Compute(HashFunction.Sm3, (byte)'a', "bcbc"u8, 2, hashes, set);
            Assert.AreEqual("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0", Convert.ToHexString(hashes, 0, 32));
            Assert.AreEqual("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0", Convert.ToHexString(hashes, 32, 32));
        }
    }

    [TestMethod]
    public void Compute_LengthsThatDoNotFit_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => BatchHash.Compute(HashFunction.Sha256, 0, new byte[128], 64, new byte[65]));
        Assert.ThrowsExactly<ArgumentException>(() => BatchHash.Compute(HashFunction.Sha256, 0, new byte[127], 64, new byte[64]));
        Assert.ThrowsExactly<ArgumentException>(() => BatchHash.Compute(HashFunction.Sha256, 0, [], -1, []));
        Assert.ThrowsExactly<ArgumentException>(() => BatchHash.Compute(HashFunction.Sha256, 0, new byte[BatchHash.MaxMessageSize + 1], BatchHash.MaxMessageSize + 1, new byte[32]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => BatchHash.Compute(default, 0, new byte[64], 64, new byte[32]));
        var memory = new byte[128];
        Assert.ThrowsExactly<ArgumentException>(() => BatchHash.Compute(HashFunction.Sha256, 0, memory, 64, memory.AsSpan(0, 64)));
    }

    // A method too large for the JIT to optimize is thirty times slower and still right: only the clock sees it.
    [TestMethod]
    public void Compute_OnVectors_IsFasterThanOneByOne()
    {
        if (SignatureEngine.Detected == InstructionSet.Scalar)
        {
            Assert.Inconclusive("this machine has no vectors");
        }

        var (messages, hashes) = (new byte[4096 * 64], new byte[4096 * 32]);
        foreach (var function in Enum.GetValues<HashFunction>())
        {
            foreach (var set in _sets.Where(set => set != InstructionSet.Scalar))
            {
                var (side, single) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
                for (var i = 0; i < 20; i++)
                {
                    side = TimeSpan.FromTicks(Math.Min(side.Ticks, Time(function, set).Ticks));
                    single = TimeSpan.FromTicks(Math.Min(single.Ticks, Time(function, InstructionSet.Scalar).Ticks));
                }

                Assert.IsLessThan(single / 2, side, $"{function} on {set}");
            }
        }

        TimeSpan Time(HashFunction function, InstructionSet set)
        {
            var start = Stopwatch.GetTimestamp();
            BatchHash.Compute(function, 1, messages, 64, hashes, set);
            return Stopwatch.GetElapsedTime(start);
        }
    }

    private static byte[] Sm3(byte[] message)
    {
        var digest = new SM3Digest();
        digest.BlockUpdate(message, 0, message.Length);
        var hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash, 0);
        return hash;
    }
}
