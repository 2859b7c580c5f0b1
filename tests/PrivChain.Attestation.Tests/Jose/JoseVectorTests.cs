using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Jose;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Jose;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class JoseVectorTests
{
    private static IEnumerable<(JsonNode Group, JsonNode Test)> Tests(string pattern) =>
        from path in VectorFolder.Files("jose", pattern)
        from @group in JsonNode.Parse(File.ReadAllBytes(path))!["testGroups"]!.AsArray()
        from test in @group!["tests"]!.AsArray()
        select (@group, test);

    private static byte[] Utf8(JsonNode node) => Encoding.UTF8.GetBytes(node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node.ToJsonString());

    [TestMethod]
    public void IsSignedBy_EverySignatureUnderItsKey()
    {
        int right = 0, wrong = 0;
        foreach (var (group, test) in Tests("*json_web_signature*.json"))
        {
            var name = $"{test["tcId"]} {test["comment"]}";
            if (group["public"] is not { } jwk)
            {
                Assert.IsFalse(JsonWebKey.TryParse(Utf8(group["private"]!), out _), name + ": a secret is no public key");
                continue;
            }

            var isSigned = JsonWebKey.TryParse(Utf8(jwk), out var key) && JsonWebSignature.TryParse(Utf8(test["jws"]!), out var signature) && key.IsFor(signature.AlgorithmName) && signature.IsSignedBy(key.Key);
            Count(test, name, jwk, isSigned, ref right, ref wrong);
        }

        Assert.IsGreaterThan(10, right);
        Assert.IsGreaterThan(100, wrong);
    }

    [TestMethod]
    public void Find_EveryKeySet()
    {
        int right = 0, wrong = 0;
        foreach (var (group, test) in Tests("*json_web_key*.json"))
        {
            var name = $"{test["tcId"]} {test["comment"]}";
            if (group["public"] is not { } set)
            {
                Assert.IsFalse(JsonWebKeySet.TryParse(Utf8(group["private"]!), out _), name + ": a set with secrets is no set of public keys");
                continue;
            }

            var isSigned = JsonWebKeySet.TryParse(Utf8(set), out var keys) && JsonWebSignature.TryParse(Utf8(test["jws"]!), out var signature)
                && keys.Find(signature.KeyId) is { } key && key.IsFor(signature.AlgorithmName) && signature.IsSignedBy(key.Key);
            Count(test, name, set["keys"]![0]!, isSigned, ref right, ref wrong);
        }

        Assert.IsGreaterThan(0, right);
        Assert.IsGreaterThan(5, wrong);
    }

    private static void Count(JsonNode test, string name, JsonNode jwk, bool isSigned, ref int right, ref int wrong)
    {
        // Stricter than the set: a key that names its algorithm is for no other, though some keys there name another than their signatures, or one that does not exist (ES521).
        var header = JsonWebSignature.TryParse(Utf8(test["jws"]!), out var signature) ? signature.AlgorithmName : string.Empty;
        var names = jwk["alg"]?.GetValue<string>();
        var result = test["result"]!.GetValue<string>();
        if (result == "acceptable")
        {
            return;
        }

        var wanted = result == "valid" && (names is null || names == header);
        Assert.AreEqual(wanted, isSigned, name);
        if (wanted)
        {
            right++;
        }
        else
        {
            wrong++;
        }
    }
}
