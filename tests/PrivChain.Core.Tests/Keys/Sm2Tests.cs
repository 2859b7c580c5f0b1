using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Utilities;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Keys;

/// <summary>
/// Read of topic <c>gm</c>: <c>sm2_sign*</c> here and in the tests of the batch engine, <c>sm2_encrypt*</c> in <see cref="Sm2EncryptionTests"/>. <c>sm2_kex</c> is not: nothing of ours agrees on a key with SM2, since a box
/// carries a random secret by SM2 encryption.
/// </summary>
[TestClass]
public sealed class Sm2Tests
{
    private static readonly byte[] Standard = Encoding.ASCII.GetBytes(Sm2.Identity);

    private static readonly BigInteger N = EcdsaCurve.Sm2P256.N;

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void SignAndVerify_PublishedVectors_AsStated()
    {
        foreach (var test in VectorFolder.Files("gm", "sm2_sign*.json").SelectMany(file => VectorJson.Load(file).EnumerateArray()))
        {
            var name = test.Text("source");
            var publicKey = test.Bytes("public_key");
            Assert.IsTrue(publicKey.SequenceEqual(Sm2.PublicKey(test.Bytes("private_key"))), name);
            byte[]? signature;
            if (test.TryGetProperty("signature_der", out var der))
            {
                Assert.IsTrue(Sm2.TryReadDer(VectorJson.FromHex(der.GetString()!), out signature), name);
                Assert.AreEqual(der.GetString(), Convert.ToHexStringLower(Sm2.ToDer(signature)), name);
            }
            else
            {
                signature = [.. test.Bytes("r"), .. test.Bytes("s")];
            }

            var identity = test.TryGetProperty("id_ascii", out var id) ? Encoding.ASCII.GetBytes(id.GetString()!) : null;
            var message = identity is null ? null : Encoding.ASCII.GetBytes(test.Text("message_ascii"));
            var digest = identity is null ? new Digest(test.Bytes("e")) : Sm2.MessageDigest(publicKey, identity, message!);
            if (test.TryGetProperty("za", out var za))
            {
                Assert.AreEqual("0x" + za.GetString(), Sm2.Za(publicKey, identity!).ToString(), name);
                Assert.AreEqual("0x" + test.Text("e"), digest.ToString(), name);
            }

            if (test.TryGetProperty("k", out _))
            {
                Assert.IsTrue(Sm2.TrySignDigest(test.Bytes("private_key"), digest, new BigInteger(1, test.Bytes("k")), out var made), name);
                Assert.IsTrue(made.SequenceEqual(signature), name);
            }

            Assert.IsTrue(EcdsaCurve.Sm2P256.TryDecodePoint(publicKey, out var point));
            var valid = test.GetProperty("valid").GetBoolean();
            Assert.AreEqual(valid, Sm2.VerifyDigest(point, digest, signature), name);
            if (identity is not null)
            {
                Assert.AreEqual(valid, Sm2.Verify(publicKey, identity, message, signature), name);
                Assert.IsFalse(Sm2.Verify(publicKey, [], message, signature), $"{name}: under an empty identity");
                Assert.IsFalse(Sm2.Verify(publicKey, "ALICE123@YAHOO.COM"u8, message, signature), $"{name}: under another identity");
            }
        }
    }

    [TestMethod]
    public void Signature_BothWays_AgreesWithBouncyCastle()
    {
        foreach (var identity in new[] { Standard, [], "ALICE123@YAHOO.COM"u8.ToArray() })
        {
            var key = Sm2.GenerateKey();
            var message = RandomNumberGenerator.GetBytes(50);
            var domain = new ECDomainParameters(Org.BouncyCastle.Crypto.EC.CustomNamedCurves.GetByName("sm2p256v1"));
            var theirs = new ECPrivateKeyParameters(new BigInteger(1, key), domain);
            var signer = new SM2Signer();
            signer.Init(true, new ParametersWithID(theirs, identity));
            signer.BlockUpdate(message);
            Assert.IsTrue(Sm2.TryReadDer(signer.GenerateSignature(), out var signature));
            Assert.IsTrue(Sm2.Verify(Sm2.PublicKey(key), identity, message, signature));

            signer.Init(false, new ParametersWithID(new ECPublicKeyParameters(domain.Curve.DecodePoint(Sm2.PublicKey(key)), domain), identity));
            signer.BlockUpdate(message);
            Assert.IsTrue(signer.VerifySignature(Sm2.ToDer(Sm2.Sign(key, identity, message))));
        }
    }

    [TestMethod]
    public void Verify_OneBitChanged_IsRefused()
    {
        var key = Sm2.GenerateKey();
        byte[] message = [1, 2, 3], publicKey = Sm2.PublicKey(key), signature = Sm2.Sign(key, message);
        Assert.IsTrue(Sm2.Verify(publicKey, message, signature));
        CollectionAssert.AreEqual(signature, Sm2.Sign(key, message));
        for (var bit = 0; bit < signature.Length * 8; bit += 5)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsFalse(Sm2.Verify(publicKey, message, signature), $"bit {bit}");
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.IsFalse(Sm2.Verify(publicKey, [1, 2, 4], signature));
        Assert.IsFalse(Sm2.Verify(Sm2.PublicKey(Sm2.GenerateKey()), message, signature));
        Assert.IsFalse(Sm2.Verify(publicKey, message, signature.AsSpan(0, 63)));
        Assert.IsFalse(Sm2.Verify(publicKey, message, [.. signature, 0]));
        Assert.IsTrue(Sm2.TryParsePublicKey(publicKey, out _));
        Assert.IsFalse(Sm2.TryParsePublicKey(publicKey.AsSpan(1), out _), "without its 04");
        Assert.IsFalse(Sm2.Verify(publicKey.AsSpan(1), message, signature), "without its 04");
    }

    /// <summary>r and s outside 1..n-1, and r + s = n, are refused before any arithmetic could take them modulo n.</summary>
    [TestMethod]
    public void Verify_OutOfRange_IsRefused()
    {
        var key = Sm2.GenerateKey();
        byte[] message = [7], publicKey = Sm2.PublicKey(key), signature = Sm2.Sign(key, message);
        byte[] zero = new byte[32], order = N.ToByteArrayUnsigned(), r = signature[..32], s = signature[32..];
        Assert.IsFalse(Sm2.Verify(publicKey, message, [.. zero, .. s]));
        Assert.IsFalse(Sm2.Verify(publicKey, message, [.. r, .. zero]));
        Assert.IsFalse(Sm2.Verify(publicKey, message, [.. order, .. s]));
        Assert.IsFalse(Sm2.Verify(publicKey, message, [.. r, .. order]));

        // With t = 0 the key is not part of the equation: for e = r - x(sG) it would hold for everybody.
        var free = new BigInteger(1, s);
        var x = EcdsaCurve.Sm2P256.G.Multiply(free).Normalize().AffineXCoord.ToBigInteger();
        var counterpart = N.Subtract(free);
        var digest = new Digest(BigIntegers.AsUnsignedByteArray(32, counterpart.Subtract(x).Mod(N)));
        Assert.IsTrue(EcdsaCurve.Sm2P256.TryDecodePoint(publicKey, out var point));
        Assert.IsFalse(Sm2.VerifyDigest(point, digest, [.. BigIntegers.AsUnsignedByteArray(32, counterpart), .. s]));
    }

    /// <summary>d = n-1 passes for a key with many programs, and can never sign.</summary>
    [TestMethod]
    public void PrivateKey_OutsideItsRange_IsRefused()
    {
        foreach (var wrong in new[] { BigInteger.Zero, N.Subtract(BigInteger.One), N, N.Add(BigInteger.One) })
        {
            var bytes = BigIntegers.AsUnsignedByteArray(32, wrong);
            Assert.IsFalse(Sm2.IsPrivateKey(bytes));
            Assert.ThrowsExactly<ArgumentException>(() => Sm2.Sign(bytes, [1]));
            Assert.ThrowsExactly<ArgumentException>(() => Sm2.PublicKey(bytes));
            Assert.ThrowsExactly<ArgumentException>(() => Sm2Encryption.TryDecrypt(bytes, new byte[200], out _));
        }

        Assert.IsTrue(Sm2.IsPrivateKey(N.Subtract(BigInteger.Two).ToByteArrayUnsigned()));
        Assert.IsFalse(Sm2.IsPrivateKey(new byte[31]));
    }

    /// <summary>A short r or s has 32 bytes in ours and fewer in DER.</summary>
    [TestMethod]
    public void Signature_WithShortValues_IsPadded()
    {
        var key = Sm2.GenerateKey();
        var publicKey = Sm2.PublicKey(key);
        var (shortR, shortS) = (false, false);
        for (var i = 0; !(shortR && shortS) && i < 20_000; i++)
        {
            var signature = Sm2.Sign(key, BitConverter.GetBytes(i));
            if (signature[0] != 0 && signature[32] != 0)
            {
                continue;
            }

            shortR |= signature[0] == 0;
            shortS |= signature[32] == 0;
            Assert.HasCount(Sm2.SignatureSize, signature);
            Assert.IsTrue(Sm2.Verify(publicKey, BitConverter.GetBytes(i), signature));
            var der = Sm2.ToDer(signature);
            Assert.IsLessThan(72, der.Length);
            Assert.IsTrue(Sm2.TryReadDer(der, out var read));
            CollectionAssert.AreEqual(signature, read);
        }

        Assert.IsTrue(shortR && shortS);
    }

    [TestMethod]
    public void TryReadDer_AnyOtherForm_IsRefused()
    {
        var der = Convert.FromHexString("3006020101020102");
        Assert.IsTrue(Sm2.TryReadDer(der, out var signature));
        Assert.AreEqual((1, 2), (signature[31], signature[63]));
        for (var length = 0; length < der.Length; length++)
        {
            Assert.IsFalse(Sm2.TryReadDer(der.AsSpan(0, length), out _));
        }

        foreach (var wrong in new[]
        {
            "300602010102010200", // left over behind
            "3007020101020102" + "00", // left over within
            "308106020101020102", // long form of a short length
            "300702020001020102", // a zero too many
            "3006020181020102", // negative
            "3080020101020102" + "0000", // indefinite
            "3106020101020102", // a set
            "3006020101040102", // an octet string
            "3027" + "0221" + "01" + new string('0', 64) + "020102", // 33 bytes
        })
        {
            Assert.IsFalse(Sm2.TryReadDer(Convert.FromHexString(wrong), out _), wrong);
        }
    }

    [TestMethod]
    public void DeriveKey_OtherSecretOrLabel_IsAnotherKey()
    {
        var secret = RandomNumberGenerator.GetBytes(64);
        var key = Sm2.DeriveKey(secret, "privchain/a"u8);
        CollectionAssert.AreEqual(key, Sm2.DeriveKey(secret, "privchain/a"u8));
        CollectionAssert.AreNotEqual(key, Sm2.DeriveKey(secret, "privchain/b"u8));
        CollectionAssert.AreNotEqual(key, Sm2.DeriveKey(RandomNumberGenerator.GetBytes(64), "privchain/a"u8));
        Assert.IsTrue(Sm2.IsPrivateKey(key));
    }
}
