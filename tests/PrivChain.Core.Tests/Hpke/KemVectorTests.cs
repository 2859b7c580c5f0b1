using System.Security.Cryptography;
using System.Text.Json;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc7748;
using PrivChain.Core.Hpke;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.HpkeSessions;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class KemVectorTests
{
    [TestMethod]
    public void XWing_DraftVectors_GiveTheStatedBytesAndRejectImplicitly()
    {
        foreach (var file in VectorFolder.Files("x-wing", "xwing_draft*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var vector in document.RootElement.EnumerateArray())
            {
                using var key = new XWing.DecapsulationKey(Wycheproof.Bytes(vector, "seed"));
                Assert.AreEqual(vector.GetProperty("pk").GetString(), Convert.ToHexStringLower(key.PublicKey));
                Assert.IsTrue(XWing.IsPublicKey(key.PublicKey));

                byte[] encapsulation = new byte[XWing.EncapsulationSize], secret = new byte[32], opened = new byte[32];
                XWing.Encapsulate(key.PublicKey, Wycheproof.Bytes(vector, "eseed"), encapsulation, secret);
                Assert.AreEqual(vector.GetProperty("ct").GetString(), Convert.ToHexStringLower(encapsulation));
                Assert.AreEqual(vector.GetProperty("ss").GetString(), Convert.ToHexStringLower(secret));

                key.Decapsulate(encapsulation, opened);
                Assert.IsTrue(opened.SequenceEqual(secret));
                foreach (var at in new[] { 0, 500, MlKem768.CiphertextSize - 1, MlKem768.CiphertextSize, XWing.EncapsulationSize - 1 })
                {
                    encapsulation[at] ^= 1;
                    key.Decapsulate(encapsulation, opened);
                    Assert.IsFalse(opened.SequenceEqual(secret), $"byte {at}");
                    encapsulation[at] ^= 1;
                }
            }
        }
    }

    [TestMethod]
    public void XWing_AgeIdentity_GivesTheStatedRecipient()
    {
        foreach (var file in VectorFolder.Files("x-wing", "age*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var seed = Bech32(document.RootElement.GetProperty("identity").GetString()!.ToLowerInvariant());
            using var key = HpkePrivateKey.FromSeed(HpkeKem.XWing, seed);
            Assert.IsTrue(key.PublicKey.Key.SequenceEqual(Bech32(document.RootElement.GetProperty("recipient").GetString()!)), file);
        }
    }

    [TestMethod]
    public void MlKem_SeedVectors_DecapsulateAsStated() => Wycheproof.ForEach("ml-kem", "wycheproof_mlkem_768_test*.json", (_, test, name) =>
    {
        byte[] seed = Wycheproof.Bytes(test, "seed"), ciphertext = Wycheproof.Bytes(test, "c");
        var lengthsFit = seed.Length == MlKem768.SeedSize && ciphertext.Length == MlKem768.CiphertextSize;
        if (Wycheproof.Result(test) == "invalid")
        {
            // Our callers check lengths once, where the bytes come in; nothing else can be wrong with a seed or a ciphertext.
            Assert.IsFalse(lengthsFit, name);
            return;
        }

        var key = MlKem768.FromSeed(seed);
        var secret = new byte[32];
        MlKem768.Decapsulate(key, ciphertext, secret);
        Assert.AreEqual(test.GetProperty("K").GetString(), Convert.ToHexStringLower(secret), name);
        if (test.TryGetProperty("ek", out var publicKey))
        {
            Assert.AreEqual(publicKey.GetString(), Convert.ToHexStringLower(key.GetPublicKeyEncoded()), name);
        }
    });

    [TestMethod]
    public void MlKem_EncapsulationVectors_CheckTheKeyAndGiveTheStatedBytes() => Wycheproof.ForEach("ml-kem", "wycheproof_mlkem_768_encaps_test*.json", (_, test, name) =>
    {
        byte[] key = Wycheproof.Bytes(test, "ek"), message = Wycheproof.Bytes(test, "m");
        var accepted = MlKem768.IsEncapsulationKey(key) && message.Length == MlKem768.RandomnessSize;
        Assert.AreEqual(Wycheproof.Result(test) == "valid", accepted, name);
        if (accepted)
        {
            byte[] ciphertext = new byte[MlKem768.CiphertextSize], secret = new byte[32];
            MlKem768.Encapsulate(key, message, ciphertext, secret);
            Assert.AreEqual(test.GetProperty("c").GetString(), Convert.ToHexStringLower(ciphertext), name);
            Assert.AreEqual(test.GetProperty("K").GetString(), Convert.ToHexStringLower(secret), name);
        }
        else if (key.Length == MlKem768.EncapsulationKeySize)
        {
            // The same key inside a recipient's public key is refused at the door.
            Assert.IsFalse(HpkePublicKey.TryParse([0x64, 0x7a, .. key, .. new byte[32]], out HpkePublicKey? _), name);
        }
    });

    [TestMethod]
    public void MlKem_ExpandedKeyVectors_AreCheckedByTheLibrary() => Wycheproof.ForEach("ml-kem", "wycheproof_mlkem_768_semi_expanded_decaps_test*.json", (_, test, name) =>
    {
        // We store seeds and never import an expanded key; this says that the library would check one (FIPS 203 section 7.3).
        MLKemPrivateKeyParameters key;
        try
        {
            key = MLKemPrivateKeyParameters.FromEncoding(MLKemParameters.ml_kem_768, Wycheproof.Bytes(test, "dk"));
        }
        catch (ArgumentException)
        {
            Assert.AreEqual("invalid", Wycheproof.Result(test), name);
            return;
        }

        var ciphertext = Wycheproof.Bytes(test, "c");
        if (ciphertext.Length != MlKem768.CiphertextSize)
        {
            Assert.AreEqual("invalid", Wycheproof.Result(test), name);
            return;
        }

        Assert.AreEqual("valid", Wycheproof.Result(test), name);
        var secret = new byte[32];
        MlKem768.Decapsulate(key, ciphertext, secret);
        Assert.AreEqual(test.GetProperty("K").GetString(), Convert.ToHexStringLower(secret), name);
    });

    [TestMethod]
    public void X25519_WycheproofVectors_AgreeAndSmallOrderIsRefused() => Wycheproof.ForEach("ecdh", "wycheproof_x25519*.json", (_, test, name) =>
    {
        byte[] publicKey = Wycheproof.Bytes(test, "public"), secretKey = Wycheproof.Bytes(test, "private"), agreed = new byte[32];
        if (publicKey.Length != 32 || secretKey.Length != 32)
        {
            Assert.AreNotEqual("valid", Wycheproof.Result(test), name);
            return;
        }

        var usable = X25519.CalculateAgreement(secretKey, publicKey, agreed);
        if (Wycheproof.Result(test) != "invalid")
        {
            Assert.AreEqual(test.GetProperty("shared").GetString(), Convert.ToHexStringLower(agreed), name);
        }

        var smallOrder = Wycheproof.HasFlag(test, "ZeroSharedSecret");
        Assert.AreEqual(!smallOrder, usable, name);
        Assert.AreEqual(smallOrder, X25519Kem.IsSmallOrder(publicKey), name);
        Assert.AreEqual(!smallOrder, HpkePublicKey.TryParse([0x00, 0x20, .. publicKey], out HpkePublicKey? _), name);
        using var key = HpkePrivateKey.OfX25519Scalar(secretKey);
        Assert.AreEqual(!smallOrder, Core.Hpke.Hpke.TrySetupReceiver(key, publicKey, "x"u8, out var receiver), name);
        receiver?.Dispose();
    });

    [TestMethod]
    public void Hkdf_WycheproofVectors_GiveTheStatedBytes() => Wycheproof.ForEach("kdf-mac", "wycheproof_hkdf_sha256*.json", (_, test, name) =>
    {
        var output = new byte[test.GetProperty("size").GetInt32()];
        byte[] inputKey = Wycheproof.Bytes(test, "ikm"), salt = Wycheproof.Bytes(test, "salt"), info = Wycheproof.Bytes(test, "info");
        if (Wycheproof.Result(test) == "invalid")
        {
            Assert.IsGreaterThan(HpkeKdf.MaxOutput, output.Length, name);
            return;
        }

        HKDF.DeriveKey(HashAlgorithmName.SHA256, inputKey, output, salt, info);
        Assert.AreEqual(test.GetProperty("okm").GetString(), Convert.ToHexStringLower(output), name);
    });

    // Data part of a Bech32 string; the checksum is not what is tested here.
    private static byte[] Bech32(string text)
    {
        const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        var bytes = new List<byte>();
        int bits = 0, count = 0;
        foreach (var letter in text[(text.LastIndexOf('1') + 1)..^6])
        {
            bits = ((bits << 5) | Alphabet.IndexOf(letter)) & 0xfff;
            count += 5;
            if (count >= 8)
            {
                count -= 8;
                bytes.Add((byte)((bits >> count) & 0xff));
            }
        }

        return [.. bytes];
    }
}
