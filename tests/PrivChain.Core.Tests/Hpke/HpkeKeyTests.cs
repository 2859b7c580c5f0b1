using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;

namespace PrivChain.Core.Tests.HpkeSessions;

[TestClass]
public sealed class HpkeKeyTests
{
    [TestMethod]
    [DataRow(HpkeKem.X25519)]
    [DataRow(HpkeKem.XWing)]
    public void PublicKey_RoundTripTruncationsAndTrailingBytes(HpkeKem kem)
    {
        using var key = HpkePrivateKey.FromSeed(kem, Seed(1));
        var bytes = key.PublicKey.ToArray();
        Assert.HasCount(HpkePublicKey.Size(kem), bytes);
        Assert.IsTrue(HpkePublicKey.TryParse(bytes, out var parsed));
        Assert.AreEqual(key.PublicKey, parsed);
        Assert.AreEqual(kem, parsed.Kem);
        Assert.AreEqual(Digest.OfSha256(bytes), parsed.Fingerprint);

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(HpkePublicKey.TryParse(bytes.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(HpkePublicKey.TryParse([.. bytes, 0], out _));
    }

    [TestMethod]
    public void TryParse_UnknownKem_IsRefused()
    {
        for (var kem = 0; kem <= ushort.MaxValue; kem++)
        {
            var bytes = new byte[34];
            bytes[0] = (byte)(kem >> 8);
            bytes[1] = (byte)(kem & 0xff);
            bytes[2] = 9;
            Assert.AreEqual(kem == (int)HpkeKem.X25519, HpkePublicKey.TryParse(bytes, out _), $"KEM {kem:x4}");
        }
    }

    [TestMethod]
    public void FromSeed_SameSeed_GivesTheSameKeyAndOtherSeedAnother()
    {
        foreach (var kem in Enum.GetValues<HpkeKem>())
        {
            using HpkePrivateKey one = HpkePrivateKey.FromSeed(kem, Seed(1)), again = HpkePrivateKey.FromSeed(kem, Seed(1)), other = HpkePrivateKey.FromSeed(kem, Seed(2));
            Assert.AreEqual(one.PublicKey, again.PublicKey);
            Assert.AreEqual(one.PublicKey.GetHashCode(), again.PublicKey.GetHashCode());
            Assert.AreNotEqual(one.PublicKey, other.PublicKey);
            Assert.ThrowsExactly<ArgumentException>(() => HpkePrivateKey.FromSeed(kem, new byte[31]));
            Assert.ThrowsExactly<ArgumentException>(() => HpkePrivateKey.FromSeed(kem, new byte[33]));
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => HpkePrivateKey.FromSeed((HpkeKem)0x10, new byte[32]));
    }

    private static byte[] Seed(byte fill) => [.. Enumerable.Repeat(fill, 32)];
}
