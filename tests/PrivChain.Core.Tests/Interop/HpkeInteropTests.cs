using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using HpkeSuite = PrivChain.Core.Hpke.Hpke;

namespace PrivChain.Core.Tests.Interop;

/// <summary>@hpke opens what we seal, message after message, and we open what it seals.</summary>
[TestClass]
public sealed class HpkeInteropTests
{
    [TestMethod]
    [DataRow(HpkeKem.X25519)]
    [DataRow(HpkeKem.XWing)]
    public void Context_BothWays_OpensEveryMessage(HpkeKem kem)
    {
        // For X25519 the counterpart takes the raw scalar, which we derive and never hand out; RFC 7748 fixes its public key.
        var secret = RandomNumberGenerator.GetBytes(32);
        using var key = kem == HpkeKem.XWing ? HpkePrivateKey.FromSeed(kem, secret) : HpkePrivateKey.OfX25519Scalar(secret);
        byte[] info = [1, 2, 3], aad = [9];
        using var sender = HpkeSuite.SetupSender(key.PublicKey, info, out var encapsulated);
        var messages = Enumerable.Range(0, 3).Select(i => RandomNumberGenerator.GetBytes(i * 40)).ToList();
        var result = Counterpart.Run("hpke.mjs", new JsonObject
        {
            ["kem"] = kem.ToString(),
            ["publicKey"] = Hex.Encode(key.PublicKey.ToArray().AsSpan(2)),
            ["privateKey"] = Hex.Encode(secret),
            ["info"] = Hex.Encode(info),
            ["aad"] = Hex.Encode(aad),
            ["encapsulated"] = Hex.Encode(encapsulated),
            ["messages"] = new JsonArray([.. messages.Select(message => (JsonNode)Hex.Encode(sender.Seal(aad, message)))]),
        });
        CollectionAssert.AreEqual(messages.Select(message => Hex.Encode(message)).ToList(), result.GetProperty("opened").EnumerateArray().Select(item => item.GetString()).ToList());

        Assert.IsTrue(HpkeSuite.TrySetupReceiver(key, Decode(result.GetProperty("encapsulated").GetString()), info, out var receiver));
        using (receiver)
        {
            foreach (var (sealedText, message) in result.GetProperty("sealed").EnumerateArray().Select(item => item.GetString()).Zip(messages))
            {
                Assert.IsTrue(receiver.TryOpen(aad, Decode(sealedText), out var plaintext));
                Assert.IsTrue(plaintext.AsSpan().SequenceEqual(message));
            }
        }
    }

    private static byte[] Decode(string? text) => Hex.TryDecode(text, 65536, out var bytes) ? bytes : throw new FormatException(text);
}
