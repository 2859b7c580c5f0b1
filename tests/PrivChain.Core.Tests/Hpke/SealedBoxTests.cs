using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;

namespace PrivChain.Core.Tests.HpkeSessions;

[TestClass]
public sealed class SealedBoxTests
{
    private static readonly byte[] Context = [1, 2, 3];
    private static readonly byte[] Plaintext = "blood group 0"u8.ToArray();

    [TestMethod]
    [DataRow(HpkeKem.X25519)]
    [DataRow(HpkeKem.XWing)]
    [DataRow(HpkeKem.Sm2)]
    public void Seal_RoundTrip_OpensWithTheSameLabelAndContextOnly(HpkeKem kem)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate(kem), other = HpkePrivateKey.Generate(kem);
        var box = SealedBox.Seal(key.PublicKey, Labels.KeyBundle, Context, Plaintext);
        Assert.HasCount(SealedBox.Overhead(kem) + Plaintext.Length, box);
        Assert.AreEqual(1, box[0]);
        Assert.AreEqual((int)kem, (box[1] << 8) | box[2]);

        Assert.IsTrue(SealedBox.TryOpen(key, Labels.KeyBundle, Context, box, out var opened));
        Assert.IsTrue(opened.SequenceEqual(Plaintext));
        Assert.IsFalse(SealedBox.TryOpen(key, Labels.KeyPackage, Context, box, out _));
        Assert.IsFalse(SealedBox.TryOpen(key, Labels.KeyBundle, [1, 2], box, out _));
        Assert.IsFalse(SealedBox.TryOpen(other, Labels.KeyBundle, Context, box, out var nothing));
        Assert.IsNull(nothing);

        var again = SealedBox.Seal(key.PublicKey, Labels.KeyBundle, Context, Plaintext);
        Assert.IsFalse(box.SequenceEqual(again), "two boxes of the same plaintext are alike");
    }

    [TestMethod]
    public void TryOpen_KeyOfTheOtherKem_IsRefused()
    {
        using HpkePrivateKey plain = HpkePrivateKey.Generate(HpkeKem.X25519), hybrid = HpkePrivateKey.Generate(HpkeKem.XWing);
        Assert.IsFalse(SealedBox.TryOpen(hybrid, "x", [], SealedBox.Seal(plain.PublicKey, "x", [], new byte[2000]), out _));
        Assert.IsFalse(SealedBox.TryOpen(plain, "x", [], SealedBox.Seal(hybrid.PublicKey, "x", [], Plaintext), out _));
    }

    [TestMethod]
    [DataRow(HpkeKem.X25519)]
    [DataRow(HpkeKem.Sm2)]
    public void TryOpen_EveryTruncationAndEveryBitChanged_IsRefused(HpkeKem kem)
    {
        using var key = HpkePrivateKey.Generate(kem);
        var box = SealedBox.Seal(key.PublicKey, "x", Context, Plaintext);
        for (var length = 0; length < box.Length; length++)
        {
            Assert.IsFalse(SealedBox.TryOpen(key, "x", Context, box.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(SealedBox.TryOpen(key, "x", Context, [.. box, 0], out _));
        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            // X25519 ignores the top bit of a point, but the key schedule binds the encapsulation as sent.
            box[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsFalse(SealedBox.TryOpen(key, "x", Context, box, out _), $"bit {bit}");
            box[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.IsTrue(SealedBox.TryOpen(key, "x", Context, box, out _));
    }

    [TestMethod]
    public void TryOpen_XWingOneByteChanged_IsRefused()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.XWing);
        var box = SealedBox.Seal(key.PublicKey, "x", Context, Plaintext);
        for (var i = 0; i < box.Length; i += i is < 4 or > 1088 ? 1 : 37)
        {
            box[i] ^= 1;
            Assert.IsFalse(SealedBox.TryOpen(key, "x", Context, box, out _), $"byte {i}");
            box[i] ^= 1;
        }
    }

    [TestMethod]
    public void Seal_LabelThatCouldRunIntoTheContext_Throws()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        foreach (var label in new[] { "", "a\0b", "a b", "é" })
        {
            Assert.ThrowsExactly<ArgumentException>(() => SealedBox.Seal(key.PublicKey, label, [], []), label);
        }
    }

    [TestMethod]
    public void Seal_EmptyPlaintext_RoundTrips()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        Assert.IsTrue(SealedBox.TryOpen(key, "x", [], SealedBox.Seal(key.PublicKey, "x", [], []), out var opened));
        Assert.IsEmpty(opened);
    }
}
