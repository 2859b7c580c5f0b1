using System.Security.Cryptography;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Keys;

/// <summary>The platform functions that wallet and keystore call. AES key wrap is called nowhere, so its vectors are not read.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class KdfVectorTests
{
    [TestMethod]
    public void Hkdf_Wycheproof_GivesTheStatedOutcome()
    {
        foreach (var file in VectorFolder.Files("kdf-mac", "wycheproof_hkdf_sha256*.json"))
        {
            foreach (var (_, test) in VectorJson.Wycheproof(file))
            {
                var size = test.GetProperty("size").GetInt32();
                byte[] Derive() => HKDF.DeriveKey(HashAlgorithmName.SHA256, test.Bytes("ikm"), size, test.Bytes("salt"), test.Bytes("info"));
                if (test.Text("result") == "valid")
                {
                    Assert.AreEqual(test.Text("okm"), Convert.ToHexStringLower(Derive()), test.Text("comment"));
                }
                else
                {
                    Assert.Throws<ArgumentException>(Derive, test.Text("comment"));
                }
            }
        }
    }

    [TestMethod]
    public void Hmac_Wycheproof_GivesTheStatedOutcome()
    {
        foreach (var file in VectorFolder.Files("kdf-mac", "wycheproof_hmac_sha256*.json"))
        {
            foreach (var (group, test) in VectorJson.Wycheproof(file))
            {
                var size = group.GetProperty("tagSize").GetInt32() / 8;
                var tag = HMACSHA256.HashData(test.Bytes("key"), test.Bytes("msg")).AsSpan(0, size);
                Assert.AreEqual(test.Text("result") == "valid", CryptographicOperations.FixedTimeEquals(tag, test.Bytes("tag")), test.Text("comment"));
            }
        }
    }

    [TestMethod]
    public void Pbkdf2_Wycheproof_GivesTheStatedOutcome()
    {
        foreach (var file in VectorFolder.Files("kdf-mac", "wycheproof_pbkdf2_hmacsha256*.json"))
        {
            foreach (var (_, test) in VectorJson.Wycheproof(file))
            {
                var derived = Rfc2898DeriveBytes.Pbkdf2(
                    test.Bytes("password"),
                    test.Bytes("salt"),
                    test.GetProperty("iterationCount").GetInt32(),
                    HashAlgorithmName.SHA256,
                    test.GetProperty("dkLen").GetInt32());
                Assert.AreEqual(test.Text("result") == "valid", test.Text("dk") == Convert.ToHexStringLower(derived), test.Text("comment"));
            }
        }
    }
}
