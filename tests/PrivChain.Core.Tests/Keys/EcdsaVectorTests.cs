using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class EcdsaVectorTests
{
    [TestMethod]
    public void Verify_WycheproofSignatures_GiveTheStatedOutcome()
    {
        var tested = 0;
        foreach (var file in VectorFolder.Files("ecdsa", "wycheproof_ecdsa_*.json"))
        {
            foreach (var (group, test) in VectorJson.Wycheproof(file))
            {
                var key = group.GetProperty("publicKey");
                var (algorithm, lowS) = (key.Text("curve"), group.Text("type")) switch
                {
                    ("secp256k1", "EcdsaBitcoinVerify") => (EcdsaJws.Es256K, true),
                    ("secp256k1", _) => (EcdsaJws.Es256K, false),
                    ("secp256r1", _) => (EcdsaJws.Es256, false),
                    var other => throw new AssertInconclusiveException($"{file}: {other}"),
                };
                Assert.AreEqual("SHA-256", group.Text("sha"));
                var signature = test.Bytes("sig");
                var decoded = true;
                if (!group.Text("type").Contains("P1363", StringComparison.Ordinal))
                {
                    var der = signature;
                    signature = new byte[64];
                    decoded = EcdsaDer.TryDecode(der, signature);
                }

                var point = key.Bytes("uncompressed");
                var message = test.Bytes("msg");
                var accepted = decoded && (lowS
                    ? VerifyAsAccount(point, message, signature)
                    : EcdsaJws.Verify(algorithm, point, message, signature));
                Assert.AreEqual(test.Text("result") == "valid", accepted, $"{Path.GetFileName(file)} {test.GetProperty("tcId")} {test.Text("comment")}");

                // The third way: wherever plain ECDSA accepts on secp256k1, the account rule accepts exactly the low s.
                if (accepted && !lowS && algorithm == EcdsaJws.Es256K)
                {
                    var low = signature.AsSpan(32).SequenceCompareTo(HalfOrder) <= 0;
                    Assert.AreEqual(low, VerifyAsAccount(point, message, signature), test.Text("comment"));
                }

                tested++;
            }
        }

        Assert.IsGreaterThan(1000, tested);
    }

    private static readonly byte[] HalfOrder = Convert.FromHexString("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

    // Where r < p - n the nonce point may have had x = r + n. The key then verifies, but v of 27 and 28 cannot recover it.
    private static bool MayHaveLargeX(Secp256k1Signature signature) =>
        signature.R.CompareTo(Digest.Parse("0x000000000000000000000000000000014551231950b75fc4402da1722fc9baee")) < 0;

    private static bool VerifyAsAccount(byte[] publicKey, byte[] message, byte[] signature)
    {
        var digest = Digest.OfSha256(message);
        var accepted = 0;
        foreach (byte v in (byte[])[27, 28])
        {
            if (Secp256k1Signature.TryParse([.. signature, v], out var parsed) && Secp256k1.Verify(publicKey, digest, parsed))
            {
                Assert.IsTrue(Secp256k1.TryGetAddress(publicKey, out var address));
                if (!MayHaveLargeX(parsed))
                {
                    Assert.IsTrue(Secp256k1.TryRecover(digest, parsed, out var signer));
                    Assert.AreEqual(address, signer);
                }
                accepted++;
            }
        }

        Assert.IsLessThan(2, accepted);
        return accepted == 1;
    }
}
