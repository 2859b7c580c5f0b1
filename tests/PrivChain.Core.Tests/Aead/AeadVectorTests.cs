using System.Text.Json;
using PrivChain.Core.Aead;
using PrivChain.Core.Hpke;
using PrivChain.Core.Tests.HpkeSessions;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Aead;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class AeadVectorTests
{
    [TestMethod]
    public void Aes256Gcm_WycheproofVectors_SealAndOpenAsStated() => Wycheproof.ForEach("aead", "wycheproof_aes_gcm*.json", (group, test, name) =>
    {
        if (group.GetProperty("keySize").GetInt32() != 256)
        {
            return;
        }

        byte[] key = Wycheproof.Bytes(test, "key"), nonce = Wycheproof.Bytes(test, "iv"), aad = Wycheproof.Bytes(test, "aad");
        byte[] message = Wycheproof.Bytes(test, "msg"), expected = [.. Wycheproof.Bytes(test, "ct"), .. Wycheproof.Bytes(test, "tag")];
        if (nonce.Length != Aes256Gcm.NonceSize)
        {
            Assert.ThrowsExactly<ArgumentException>(() => Aes256Gcm.TryOpen(key, nonce, aad, expected, out _), name);
            return;
        }

        var valid = Wycheproof.Result(test) == "valid" && group.GetProperty("tagSize").GetInt32() == 128;
        Assert.AreEqual(valid, Aes256Gcm.TryOpen(key, nonce, aad, expected, out var opened), name);
        Assert.AreEqual(valid, Aes256Gcm.Seal(key, nonce, aad, message).SequenceEqual(expected), name);
        Assert.AreEqual(valid, opened is not null, name);
        Assert.IsTrue(opened is null || opened.SequenceEqual(message), name);
    });

    [TestMethod]
    [DataRow("wycheproof_aes_gcm*.json", 128)]
    [DataRow("wycheproof_aes_gcm*.json", 256)]
    [DataRow("wycheproof_chacha20_poly1305*.json", 256)]
    public void HpkeAead_WycheproofVectors_SealAndOpenAsStated(string pattern, int keyBits) => Wycheproof.ForEach("aead", pattern, (group, test, name) =>
    {
        if (group.GetProperty("keySize").GetInt32() != keyBits)
        {
            return;
        }

        var aead = pattern.Contains("chacha", StringComparison.Ordinal) ? HpkeAead.ChaCha20Poly1305 : keyBits == 128 ? HpkeAead.Aes128Gcm : HpkeAead.Aes256Gcm;
        byte[] key = Wycheproof.Bytes(test, "key"), nonce = Wycheproof.Bytes(test, "iv"), aad = Wycheproof.Bytes(test, "aad");
        byte[] message = Wycheproof.Bytes(test, "msg"), expected = [.. Wycheproof.Bytes(test, "ct"), .. Wycheproof.Bytes(test, "tag")];
        if (nonce.Length != HpkeAeads.NonceSize)
        {
            Assert.ThrowsExactly<ArgumentException>(() => HpkeAeads.Seal(aead, key, nonce, aad, message), name);
            return;
        }

        var valid = Wycheproof.Result(test) == "valid" && group.GetProperty("tagSize").GetInt32() == 128;
        Assert.AreEqual(valid, HpkeAeads.TryOpen(aead, key, nonce, aad, expected, out var opened), name);
        Assert.AreEqual(valid, HpkeAeads.Seal(aead, key, nonce, aad, message).SequenceEqual(expected), name);
        Assert.IsTrue(opened is null || opened.SequenceEqual(message), name);
    });

    [TestMethod]
    public void Aes256Gcm_EveryTruncationAndBitChanged_IsRefused()
    {
        byte[] key = new byte[32], nonce = new byte[12], aad = [9];
        var sealedBytes = Aes256Gcm.Seal(key, nonce, aad, "field"u8);
        Assert.IsTrue(Aes256Gcm.TryOpen(key, nonce, aad, sealedBytes, out var opened));
        Assert.IsTrue(opened.AsSpan().SequenceEqual("field"u8));
        for (var length = 0; length < sealedBytes.Length; length++)
        {
            Assert.IsFalse(Aes256Gcm.TryOpen(key, nonce, aad, sealedBytes.AsSpan(0, length), out _));
        }

        for (var bit = 0; bit < sealedBytes.Length * 8; bit++)
        {
            sealedBytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsFalse(Aes256Gcm.TryOpen(key, nonce, aad, sealedBytes, out _), $"bit {bit}");
            sealedBytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.IsFalse(Aes256Gcm.TryOpen(key, nonce, [8], sealedBytes, out _));
        Assert.ThrowsExactly<ArgumentException>(() => Aes256Gcm.Seal(new byte[16], nonce, aad, []));
    }
}
