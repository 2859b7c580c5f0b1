using System.Text.Json;
using PrivChain.Core.Tree;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Tree;

[TestClass]
public sealed class Ed25519Tests
{
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Verify_PublishedCases_MatchTheirOutcome()
    {
        var count = 0;
        foreach (var file in VectorFolder.Files("ed25519", "*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var group in document.RootElement.GetProperty("testGroups").EnumerateArray())
            {
                var isKey = Ed25519PublicKey.TryCreate(Convert.FromHexString(group.GetProperty("publicKey").GetProperty("pk").GetString()!), out var key);
                foreach (var test in group.GetProperty("tests").EnumerateArray())
                {
                    var expected = test.GetProperty("result").GetString();
                    var accepted = isKey && key!.Verify(
                        Convert.FromHexString(test.GetProperty("msg").GetString()!), Convert.FromHexString(test.GetProperty("sig").GetString()!));
                    if (expected != "acceptable")
                    {
                        Assert.AreEqual(expected == "valid", accepted, $"tcId {test.GetProperty("tcId")}: {test.GetProperty("comment")}");
                    }

                    count++;
                }
            }
        }

        Assert.IsGreaterThan(0, count);
    }

    // RFC 8032 section 7.1, test 2.
    [TestMethod]
    public void Sign_Rfc8032Test2_GivesTheSignature()
    {
        using var key = new Ed25519Key(Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
        Assert.AreEqual("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", Convert.ToHexStringLower(key.PublicKey.Bytes));
        Assert.AreEqual(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            Convert.ToHexStringLower(key.Sign([0x72])));
    }

    // Points of small order, and encodings of a coordinate not below p.
    [TestMethod]
    [DataRow("0100000000000000000000000000000000000000000000000000000000000000")]
    [DataRow("0000000000000000000000000000000000000000000000000000000000000000")]
    [DataRow("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [DataRow("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [DataRow("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [DataRow("00")]
    public void TryCreate_KeyOfSmallOrderOrNotCanonical_IsRefused(string hex) =>
        Assert.IsFalse(Ed25519PublicKey.TryCreate(Convert.FromHexString(hex), out _));

    [TestMethod]
    public void Sign_AfterDispose_Throws()
    {
        var key = Ed25519Key.Generate();
        var signature = key.Sign([1]);
        Assert.IsTrue(key.PublicKey.Verify([1], signature));
        Assert.IsFalse(key.PublicKey.Verify([2], signature));
        key.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => key.Sign([1]));
        Assert.ThrowsExactly<ArgumentException>(() => new Ed25519Key(new byte[31]));
    }
}
