using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using PrivChain.Core.Keys;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
public sealed class Sm2EncryptionTests
{
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void EncryptAndDecrypt_PublishedVectors_AsStated()
    {
        foreach (var test in VectorFolder.Files("gm", "sm2_encrypt*.json").SelectMany(file => VectorJson.Load(file).EnumerateArray()))
        {
            var name = test.Text("source");
            Assert.IsTrue(Sm2Encryption.TryReadDer(test.Bytes("ciphertext_der"), out var ciphertext), name);
            Assert.IsTrue(test.Bytes("ciphertext_der").SequenceEqual(Sm2Encryption.ToDer(ciphertext)), name);
            if (test.TryGetProperty("ciphertext_c1c3c2", out var raw))
            {
                Assert.AreEqual(raw.GetString(), Convert.ToHexStringLower(ciphertext), name);
            }

            var valid = test.GetProperty("valid").GetBoolean();
            Assert.AreEqual(valid, Sm2Encryption.TryDecrypt(test.Bytes("private_key"), ciphertext, out var plaintext), name);
            Assert.AreEqual(valid ? test.Text("plaintext") : null, plaintext is null ? null : Convert.ToHexStringLower(plaintext), name);
            if (test.TryGetProperty("k", out _))
            {
                Assert.IsTrue(Sm2Encryption.TryEncrypt(test.Bytes("public_key"), test.Bytes("plaintext"), test.Bytes("k"), out var made), name);
                Assert.IsTrue(made.SequenceEqual(ciphertext), name);
            }
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(32)]
    [DataRow(33)]
    [DataRow(1000)]
    public void Ciphertext_BothWays_AgreesWithBouncyCastle(int length)
    {
        var key = Sm2.GenerateKey();
        var plaintext = RandomNumberGenerator.GetBytes(length);
        var domain = new ECDomainParameters(Org.BouncyCastle.Crypto.EC.CustomNamedCurves.GetByName("sm2p256v1"));
        var engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.Init(true, new ParametersWithRandom(new ECPublicKeyParameters(domain.Curve.DecodePoint(Sm2.PublicKey(key)), domain)));
        Assert.IsTrue(Sm2Encryption.TryDecrypt(key, engine.ProcessBlock(plaintext, 0, length), out var opened));
        CollectionAssert.AreEqual(plaintext, opened);

        var ciphertext = Sm2Encryption.Encrypt(Sm2.PublicKey(key), plaintext);
        engine.Init(false, new ECPrivateKeyParameters(new BigInteger(1, key), domain));
        CollectionAssert.AreEqual(plaintext, engine.ProcessBlock(ciphertext, 0, ciphertext.Length));
    }

    [TestMethod]
    public void TryDecrypt_EveryTruncationAndByteChanged_IsRefused()
    {
        var key = Sm2.GenerateKey();
        var ciphertext = Sm2Encryption.Encrypt(Sm2.PublicKey(key), "a key"u8);
        Assert.IsTrue(Sm2Encryption.TryDecrypt(key, ciphertext, out var plaintext));
        Assert.IsTrue(plaintext.AsSpan().SequenceEqual("a key"u8));
        for (var length = 0; length < ciphertext.Length; length++)
        {
            Assert.IsFalse(Sm2Encryption.TryDecrypt(key, ciphertext.AsSpan(0, length), out _), $"{length} bytes");
        }

        for (var i = 0; i < ciphertext.Length; i++)
        {
            ciphertext[i] ^= 1;
            Assert.IsFalse(Sm2Encryption.TryDecrypt(key, ciphertext, out _), $"byte {i}");
            ciphertext[i] ^= 1;
        }

        Assert.IsFalse(Sm2Encryption.TryDecrypt(key, [.. ciphertext, 0], out _));
        Assert.IsFalse(Sm2Encryption.TryDecrypt(Sm2.GenerateKey(), ciphertext, out _));
    }

    /// <summary>What sm-crypto writes (no 04), what old programs write (C1, C2, C3) and a compressed C1 are other formats, not guesses.</summary>
    [TestMethod]
    public void TryDecrypt_OtherForms_AreRefused()
    {
        var key = Sm2.GenerateKey();
        var ciphertext = Sm2Encryption.Encrypt(Sm2.PublicKey(key), new byte[32]);
        byte[] c1 = ciphertext[..65], c3 = ciphertext[65..97], c2 = ciphertext[97..];
        Assert.IsFalse(Sm2Encryption.TryDecrypt(key, ciphertext.AsSpan(1), out _), "no 04");
        Assert.IsFalse(Sm2Encryption.TryDecrypt(key, [.. c1, .. c2, .. c3], out _), "C1, C2, C3");
        Assert.IsFalse(Sm2Encryption.TryDecrypt(key, [(byte)(2 + (c1[64] & 1)), .. c1[1..33], .. c3, .. c2], out _), "compressed");
        Assert.IsFalse(Sm2Encryption.TryDecrypt(key, Sm2Encryption.ToDer(ciphertext), out _), "DER");
        Assert.ThrowsExactly<ArgumentException>(() => Sm2Encryption.ToDer(ciphertext.AsSpan(1)));
    }

    /// <summary>A point off the curve would leak the key: whoever computes with it answers questions about d modulo small numbers.</summary>
    [TestMethod]
    public void TryDecrypt_PointOffTheCurve_IsRefused()
    {
        var key = Sm2.GenerateKey();
        var ciphertext = Sm2Encryption.Encrypt(Sm2.PublicKey(key), new byte[32]);
        var p = EcdsaCurve.Sm2P256.G.Curve.Field.Characteristic;
        foreach (var (x, y) in new[] { (BigInteger.Zero, BigInteger.Zero), (BigInteger.One, BigInteger.Zero), (p, BigInteger.One), (BigInteger.One, p) })
        {
            byte[] point = [4, .. Org.BouncyCastle.Utilities.BigIntegers.AsUnsignedByteArray(32, x), .. Org.BouncyCastle.Utilities.BigIntegers.AsUnsignedByteArray(32, y)];
            Assert.IsFalse(Sm2Encryption.TryDecrypt(key, [.. point, .. ciphertext[65..]], out _), $"{x}, {y}");
            Assert.ThrowsExactly<ArgumentException>(() => Sm2Encryption.Encrypt(point, [1]));
        }
    }

    [TestMethod]
    public void Encrypt_EmptyOrHuge_IsRefused()
    {
        var publicKey = Sm2.PublicKey(Sm2.GenerateKey());
        Assert.ThrowsExactly<ArgumentException>(() => Sm2Encryption.Encrypt(publicKey, []));
        Assert.ThrowsExactly<ArgumentException>(() => Sm2Encryption.Encrypt(publicKey, new byte[Sm2Encryption.MaxPlaintext + 1]));
        Assert.ThrowsExactly<ArgumentException>(() => Sm2Encryption.Encrypt(publicKey.AsSpan(1), [1]));
        Assert.IsFalse(Sm2Encryption.TryDecrypt(Sm2.GenerateKey(), [.. publicKey, .. new byte[32]], out _), "no C2");
    }

    /// <summary>One key byte in 256 is zero, and with one byte of plaintext that is the whole key stream: such a nonce is not used, and such a ciphertext is refused.</summary>
    [TestMethod]
    public void Encrypt_KeyStreamOfZeros_TakesAnotherNonce()
    {
        var key = Sm2.GenerateKey();
        var publicKey = Sm2.PublicKey(key);
        var refused = 0;
        for (var i = 0; i < 5000 && refused == 0; i++)
        {
            refused += Sm2Encryption.TryEncrypt(publicKey, [0x55], Sm2.GenerateKey(), out var ciphertext) ? 0 : 1;
            Assert.IsTrue(ciphertext is null || ciphertext[^1] != 0x55);
        }

        Assert.AreEqual(1, refused);
    }

    [TestMethod]
    public void TryReadDer_AnyOtherForm_IsRefused()
    {
        var der = Sm2Encryption.ToDer(Sm2Encryption.Encrypt(Sm2.PublicKey(Sm2.GenerateKey()), [1, 2, 3]));
        Assert.IsTrue(Sm2Encryption.TryReadDer(der, out _));
        for (var length = 0; length < der.Length; length++)
        {
            Assert.IsFalse(Sm2Encryption.TryReadDer(der.AsSpan(0, length), out _));
        }

        Assert.IsFalse(Sm2Encryption.TryReadDer([.. der, 0], out _));
    }
}
