using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using PrivChain.Core.Aead;
using PrivChain.Core.Tests.HpkeSessions;
using PrivChain.Core.Tests.Keys;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Aead;

/// <summary>
/// Each way of computing SM4-GCM that this machine has, against published vectors and against BouncyCastle. Read of topic <c>gm</c>: <c>wycheproof_sm4_gcm*</c>, <c>sm4_gcm_gmsm*</c>, and the members <c>block</c>,
/// <c>ctr</c> and <c>gcm</c> of <c>sm4.json</c>. Its members <c>cbc</c> and <c>ccm</c> are not: no format of ours has these modes, and so the library has neither.
/// </summary>
[TestClass]
public sealed class Sm4GcmTests
{
    private static IEnumerable<Sm4Instructions> Ways => Enum.GetValues<Sm4Instructions>().Where(way => way <= Sm4Gcm.Detected);

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void SealAndOpen_WycheproofVectors_AsStated() => Wycheproof.ForEach("gm", "wycheproof_sm4_gcm*.json", (group, test, name) =>
    {
        Check(
            Wycheproof.Bytes(test, "key"), Wycheproof.Bytes(test, "iv"), Wycheproof.Bytes(test, "aad"), Wycheproof.Bytes(test, "msg"),
            [.. Wycheproof.Bytes(test, "ct"), .. Wycheproof.Bytes(test, "tag")], Wycheproof.Result(test) == "valid", name);
    });

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void SealAndOpen_VectorsOfGmsm_AsStated()
    {
        foreach (var test in VectorFolder.Files("gm", "sm4_gcm_gmsm*.json").SelectMany(file => VectorJson.Load(file).EnumerateArray()))
        {
            var (message, expected) = (test.Bytes("plaintext"), test.Bytes("ciphertext_and_tag"));

            // A shortened tag is another algorithm to us.
            Check(test.Bytes("key"), test.Bytes("iv"), test.Bytes("aad"), message, expected, expected.Length - message.Length == Sm4Gcm.TagSize, test.GetRawText());
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void SealAndOpen_VectorOfRfc8998_AsStated()
    {
        foreach (var test in VectorFolder.Files("gm", "sm4.json").SelectMany(file => VectorJson.Load(file).GetProperty("gcm").EnumerateArray()))
        {
            Check(test.Bytes("key"), test.Bytes("iv"), test.Bytes("aad"), test.Bytes("plaintext"), [.. test.Bytes("ciphertext"), .. test.Bytes("tag")], true, test.Text("source"));
        }
    }

    /// <summary>The block cipher by itself, a million times over where the standard says so: block by block the key stream over zeros is the cipher of its counter.</summary>
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Block_VectorsOfTheStandard_AsStated()
    {
        foreach (var test in VectorFolder.Files("gm", "sm4.json").SelectMany(file => VectorJson.Load(file).GetProperty("block").EnumerateArray()))
        {
            RequireVectors();
            var roundKeys = new uint[Sm4.Rounds];
            Sm4.ExpandKey<Vector128<uint>, Sm4Lanes128>(test.Bytes("key"), roundKeys);
            var block = test.Bytes("plaintext");
            var iterations = test.TryGetProperty("iterations", out var count) ? count.GetInt32() : 1;
            for (var i = 0; i < iterations; i++)
            {
                var (a, b, c, d) = (Word(block, 0), Word(block, 4), Word(block, 8), Word(block, 12));
                block.AsSpan().Clear();
                Sm4Counter<Vector128<uint>, Sm4Lanes128>.Apply(roundKeys, a, b, c, d, block, block);
            }

            Assert.AreEqual(test.Text("ciphertext"), Convert.ToHexStringLower(block), test.Text("source"));
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Counter_VectorsOfOpenSsl_AsStated()
    {
        foreach (var test in VectorFolder.Files("gm", "sm4.json").SelectMany(file => VectorJson.Load(file).GetProperty("ctr").EnumerateArray()))
        {
            RequireVectors();
            var roundKeys = new uint[Sm4.Rounds];
            Sm4.ExpandKey<Vector128<uint>, Sm4Lanes128>(test.Bytes("key"), roundKeys);
            var (iv, content) = (test.Bytes("iv"), test.Bytes("plaintext"));
            Sm4Counter<Vector128<uint>, Sm4Lanes128>.Apply(roundKeys, Word(iv, 0), Word(iv, 4), Word(iv, 8), Word(iv, 12), content, content);
            Assert.AreEqual(test.Text("ciphertext"), Convert.ToHexStringLower(content), test.Text("source"));
        }
    }

    /// <summary>The counter goes on from 2^32 - 1 to 0 within a batch of any lanes, and does not carry into the nonce.</summary>
    [TestMethod]
    public void Counter_AtItsEnd_WrapsAlone()
    {
        RequireVectors();
        var key = RandomNumberGenerator.GetBytes(Sm4Gcm.KeySize);
        var roundKeys = new uint[Sm4.Rounds];
        Sm4.ExpandKey<Vector128<uint>, Sm4Lanes128>(key, roundKeys);
        var engine = new SM4Engine();
        engine.Init(true, new KeyParameter(key));
        const uint Start = uint.MaxValue - 5;
        var expected = new byte[40 * 16];
        for (var i = 0; i < 40; i++)
        {
            var block = new byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(8), uint.MaxValue);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(12), unchecked(Start + (uint)i));
            engine.ProcessBlock(block, 0, expected, i * 16);
        }

        var zeros = new byte[expected.Length];
        var output = new byte[expected.Length];
        Sm4Counter<Vector128<uint>, Sm4Lanes128>.Apply(roundKeys, 0, 0, uint.MaxValue, Start, zeros, output);
        CollectionAssert.AreEqual(expected, output);
        if (Sm4Lanes512.IsSupported)
        {
            output.AsSpan().Clear();
            Sm4Counter<Vector512<uint>, Sm4Lanes512>.Apply(roundKeys, 0, 0, uint.MaxValue, Start, zeros, output);
            CollectionAssert.AreEqual(expected, output);
        }
    }

    /// <summary>All 256 values in every lane against the standard's table, computed here from the algebra behind it.</summary>
    [TestMethod]
    public void Substitute_EveryByteInEveryLane_IsTheTable()
    {
        RequireVectors();
        for (var value = 0; value < 256; value++)
        {
            // In SM4's own field, not in that of AES: A·inv(A·x + d3) + d3.
            var expected = (byte)(Affine((byte)Inverse((byte)(Affine((byte)value) ^ 0xd3))) ^ 0xd3);
            var bytes = Sm4Lanes128.Substitute(Vector128.Create((byte)value).AsUInt32()).AsByte();
            Assert.AreEqual(Vector128.Create(expected), bytes, $"{value:x2}");
            if (Sm4Lanes512.IsSupported)
            {
                Assert.AreEqual(Vector512.Create(expected), Sm4Lanes512.Substitute(Vector512.Create((byte)value).AsUInt32()).AsByte(), $"{value:x2}");
            }
        }
    }

    /// <summary>Every length around one, four, eight and sixteen blocks gives the same bytes by every way, and opens by every other.</summary>
    [TestMethod]
    public void Seal_EveryLength_IsTheSameByEveryWay()
    {
        byte[] key = RandomNumberGenerator.GetBytes(Sm4Gcm.KeySize), nonce = RandomNumberGenerator.GetBytes(Sm4Gcm.NonceSize);
        var content = RandomNumberGenerator.GetBytes(1200);
        foreach (var length in Enumerable.Range(0, 600).Append(1200))
        {
            Span<byte> message = content.AsSpan(0, length), aad = content.AsSpan(length / 2, length % 300);
            var expected = Sm4Gcm.Seal(Sm4Instructions.Portable, key, nonce, aad, message);
            foreach (var way in Ways)
            {
                Assert.IsTrue(expected.AsSpan().SequenceEqual(Sm4Gcm.Seal(way, key, nonce, aad, message)), $"{way}, {length} bytes");
                Assert.IsTrue(Sm4Gcm.TryOpen(way, key, nonce, aad, expected, out var opened), $"{way}, {length} bytes");
                Assert.IsTrue(message.SequenceEqual(opened), $"{way}, {length} bytes");
            }
        }
    }

    [TestMethod]
    public void TryOpen_EveryTruncationAndBitChanged_IsRefused()
    {
        byte[] key = RandomNumberGenerator.GetBytes(Sm4Gcm.KeySize), nonce = new byte[Sm4Gcm.NonceSize], aad = [9];
        foreach (var way in Ways)
        {
            var sealedBytes = Sm4Gcm.Seal(way, key, nonce, aad, "a field of a record"u8);
            for (var length = 0; length < sealedBytes.Length; length++)
            {
                Assert.IsFalse(Sm4Gcm.TryOpen(way, key, nonce, aad, sealedBytes.AsSpan(0, length), out _), $"{way}, {length} bytes");
            }

            for (var bit = 0; bit < sealedBytes.Length * 8; bit++)
            {
                sealedBytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.IsFalse(Sm4Gcm.TryOpen(way, key, nonce, aad, sealedBytes, out var opened), $"{way}, bit {bit}");
                Assert.IsNull(opened);
                sealedBytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }

            Assert.IsFalse(Sm4Gcm.TryOpen(way, key, nonce, [8], sealedBytes, out _));
            Assert.ThrowsExactly<ArgumentException>(() => Sm4Gcm.Seal(way, new byte[32], nonce, aad, []));
            Assert.ThrowsExactly<ArgumentException>(() => Sm4Gcm.Seal(way, key, new byte[16], aad, []));
            Assert.ThrowsExactly<ArgumentException>(() => Sm4Gcm.TryOpen(way, key, [], aad, new byte[32], out _));
        }
    }

    /// <summary>A known library's "GCM" is ECB in disguise: there, equal blocks show.</summary>
    [TestMethod]
    public void Seal_EqualBlocks_ShowNothing()
    {
        foreach (var way in Ways)
        {
            var sealedBytes = Sm4Gcm.Seal(way, new byte[16], new byte[12], [], new byte[64 * 16]);
            var blocks = Enumerable.Range(0, 64).Select(i => Convert.ToHexString(sealedBytes, i * 16, 16));
            Assert.HasCount(64, blocks.Distinct().ToList(), way.ToString());
        }
    }

    private static void Check(byte[] key, byte[] nonce, byte[] aad, byte[] message, byte[] expected, bool valid, string name)
    {
        foreach (var way in Ways)
        {
            if (nonce.Length != Sm4Gcm.NonceSize)
            {
                Assert.ThrowsExactly<ArgumentException>(() => Sm4Gcm.TryOpen(way, key, nonce, aad, expected, out _), name);
                continue;
            }

            Assert.AreEqual(valid, Sm4Gcm.TryOpen(way, key, nonce, aad, expected, out var opened), $"{way}: {name}");
            Assert.AreEqual(valid, Sm4Gcm.Seal(way, key, nonce, aad, message).SequenceEqual(expected), $"{way}: {name}");
            Assert.AreEqual(valid, opened is not null && opened.SequenceEqual(message), $"{way}: {name}");
        }
    }

    private static void RequireVectors()
    {
        if (Sm4Gcm.Detected == Sm4Instructions.Portable)
        {
            Assert.Inconclusive("this machine has no AES instructions");
        }
    }

    private static uint Word(byte[] block, int offset) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(offset));

    // Row i of A is d3 turned right by i: the matrix of the standard is cyclic.
    private static byte Affine(byte value)
    {
        var result = 0;
        for (var i = 0; i < 8; i++)
        {
            var row = ((0xd3 >> i) | (0xd3 << (8 - i))) & 0xff;
            result |= (System.Numerics.BitOperations.PopCount((uint)(row & value)) & 1) << (7 - i);
        }

        return (byte)result;
    }

    private static int Inverse(byte value)
    {
        for (var candidate = 1; candidate < 256 && value != 0; candidate++)
        {
            if (Multiply(value, candidate) == 1)
            {
                return candidate;
            }
        }

        return 0;
    }

    private static int Multiply(int left, int right)
    {
        var product = 0;
        for (; right != 0; right >>= 1)
        {
            product ^= (right & 1) * left;
            left = (left << 1) ^ ((left >> 7) * 0x1f5);
        }

        return product;
    }
}
