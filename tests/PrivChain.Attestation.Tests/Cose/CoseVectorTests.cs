using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Signatures;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Cose;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class CoseVectorTests
{
    private static IEnumerable<(string Name, JsonObject Example)> Examples =>
        from path in VectorFolder.Files("cose", "*.json")
        from example in JsonNode.Parse(File.ReadAllBytes(path))!.AsObject()
        where example.Value is JsonObject
        select (example.Key, example.Value!.AsObject());

    [TestMethod]
    public void IsSignedBy_EverySign1Example_IsRightExactlyWhenItShouldBe()
    {
        int right = 0, wrong = 0;
        foreach (var (name, example) in Examples.Where(example => example.Example["input"]!["sign0"] is not null))
        {
            var input = example["input"]!["sign0"]!;
            var jwk = input["key"]!.DeepClone().AsObject();
            foreach (var (member, value) in jwk.ToList())
            {
                // Private parts go; some examples write numbers in hex.
                if (member.EndsWith("_hex", StringComparison.Ordinal))
                {
                    jwk[member[..^4]] = Base64Url.EncodeToString(Convert.FromHexString(value!.GetValue<string>()));
                }
            }

            foreach (var member in new[] { "d", "p", "q", "dP", "dQ", "dp", "dq", "qi" })
            {
                _ = jwk.Remove(member);
            }

            Assert.IsTrue(JsonWebKey.TryParse(Encoding.UTF8.GetBytes(jwk.ToJsonString()), out var key), name);
            var external = Convert.FromHexString(input["external"]?.GetValue<string>() ?? string.Empty);
            var parsed = CoseSign1.TryParse(Convert.FromHexString(example["output"]!["cbor"]!.GetValue<string>()), out var message);

            // Stricter than COSE: the algorithm must be signed, and be the one for the key's curve (RFC 9864).
            var algorithm = input["protected"]?["alg"]?.GetValue<string>();
            var wanted = example["fail"]?.GetValue<bool>() != true && algorithm is not null && KeyFit.Fits(JoseAlgorithm.Of(algorithm), key.Key);
            Assert.AreEqual(wanted, parsed && message!.IsSignedBy(key.Key, external), name);
            if (wanted)
            {
                Assert.AreEqual(example["intermediates"]!["ToBeSign_hex"]!.GetValue<string>().ToLower(CultureInfo.InvariantCulture), Convert.ToHexStringLower(message!.ToBeSigned(external)), name);
                right++;
            }
            else
            {
                wrong++;
            }
        }

        Assert.IsGreaterThan(3, right);
        Assert.IsGreaterThan(3, wrong);
    }

    [TestMethod]
    public void TryParse_MessagesOfOtherTypes_AreNotSign1()
    {
        var others = Examples.Where(example => example.Example["input"]!["sign0"] is null && example.Example["output"]?["cbor"] is not null).ToList();
        Assert.IsNotEmpty(others);
        foreach (var (name, example) in others)
        {
            // An untagged COSE_Mac0 has the same shape: its algorithm is none for signatures.
            var parsed = CoseSign1.TryParse(Convert.FromHexString(example["output"]!["cbor"]!.GetValue<string>()), out var message);
            Assert.IsFalse(parsed && message!.Algorithm != SignatureAlgorithm.Unknown, name);
        }
    }
}
