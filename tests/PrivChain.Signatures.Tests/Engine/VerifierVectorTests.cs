using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using PrivChain.Core.Tests.Keys;
using PrivChain.Tests.Shared;

namespace PrivChain.Signatures.Tests.Engine;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class VerifierVectorTests
{
    [TestMethod]
    public void Verify_WycheproofSignatures_GiveTheStatedOutcomeInEveryLane()
    {
        var tested = 0;
        foreach (var file in VectorFolder.Files("ecdsa", "wycheproof_ecdsa_*.json"))
        {
            var items = new List<Signed>();
            var scheme = SignatureScheme.EcdsaP256;
            var lowS = false;
            foreach (var (group, test) in VectorJson.Wycheproof(file))
            {
                var type = group.Text("type");
                scheme = group.GetProperty("publicKey").Text("curve") == "secp256k1" ? SignatureScheme.EcdsaSecp256k1 : SignatureScheme.EcdsaP256;
                lowS = type == "EcdsaBitcoinVerify";
                Assert.AreEqual("SHA-256", group.Text("sha"));
                var valid = test.Text("result") == "valid";
                var signature = test.Bytes("sig");
                var decoded = signature.Length == BatchVerifier.SignatureSize;
                if (!type.Contains("P1363", StringComparison.Ordinal))
                {
                    var der = signature;
                    signature = new byte[BatchVerifier.SignatureSize];
                    decoded = EcdsaDer.TryDecode(der, signature);
                }

                if (!decoded)
                {
                    Assert.IsFalse(valid, "a valid signature has a strict encoding");
                    continue;
                }

                items.Add(new Signed(group.GetProperty("publicKey").Bytes("uncompressed")[1..], SHA256.HashData(test.Bytes("msg")), signature, valid, $"{Path.GetFileName(file)} {test.GetProperty("tcId")} {test.Text("comment")}"));
            }

            Verified.Everywhere(scheme, items, lowS);
            tested += items.Count;
        }

        Assert.IsGreaterThan(600, tested);
    }

    [TestMethod]
    public void Verify_NationalSignatures_GiveTheStatedOutcomeInEveryLane()
    {
        var items = new List<Signed>();
        foreach (var file in VectorFolder.Files("gm", "sm2_sign*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                var key = test.Bytes("public_key")[1..];
                var digest = test.TryGetProperty("e", out _) ? test.Bytes("e") : Sm3Of(key, test.Text("id_ascii"), test.Text("message_ascii"));
                var signature = new byte[BatchVerifier.SignatureSize];
                if (test.TryGetProperty("signature_der", out _))
                {
                    Assert.IsTrue(EcdsaDer.TryDecode(test.Bytes("signature_der"), signature));
                }
                else
                {
                    signature = [.. test.Bytes("r"), .. test.Bytes("s")];
                }

                items.Add(new Signed(key, digest, signature, test.GetProperty("valid").GetBoolean(), test.Text("source")));
                items.Add(new Signed(key, SHA256.HashData(digest), signature, false, "another digest"));
            }
        }

        Assert.IsGreaterThanOrEqualTo(8, items.Count);
        Verified.Everywhere(SignatureScheme.Sm2, items);
    }

    // GB/T 32918.2 section 5.5: ZA = SM3(bits of the identity, identity, a, b, G, P).
    private static byte[] Sm3Of(byte[] key, string identity, string message)
    {
        var bits = identity.Length * 8;
        var za = Sm3([
            (byte)(bits >> 8), (byte)bits, .. Encoding.ASCII.GetBytes(identity),
            .. Convert.FromHexString("fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"),
            .. Convert.FromHexString("32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"),
            .. key]);
        return Sm3([.. za, .. Encoding.ASCII.GetBytes(message)]);
    }

    private static byte[] Sm3(byte[] bytes)
    {
        var hash = new byte[32];
        var digest = new SM3Digest();
        digest.BlockUpdate(bytes, 0, bytes.Length);
        digest.DoFinal(hash, 0);
        return hash;
    }
}
