using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Keys;
using PrivChain.Core.TypedData;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.TypedData;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class TypedDataVectorTests
{
    [TestMethod]
    public void Parse_ReferenceMail_GivesEveryIntermediateHashAndTheSignature()
    {
        foreach (var file in VectorFolder.Files("eip712", "eip712_reference_*.json"))
        {
            var test = VectorJson.Load(file);
            var document = Parse(test.GetProperty("typedData").GetRawText()).OrThrow();
            Assert.AreEqual(test.Text("encodeType"), document.Schema.EncodeType(document.PrimaryType));
            Assert.AreEqual(test.Text("typeHash"), document.Schema.TypeHash(document.PrimaryType).ToString());
            Assert.AreEqual(test.Text("domainSeparator"), document.Domain.Separator().ToString());
            Assert.AreEqual(test.Text("structHash"), document.StructHash.ToString());
            Assert.AreEqual(test.Text("digest"), document.SigningDigest.ToString());

            using var account = Account.FromPrivateKey(test.Bytes("privateKey"));
            Assert.AreEqual(test.Text("address"), account.Address.ToString());
            var signature = account.Sign(document.SigningDigest).Secp256k1;
            Assert.AreEqual(test.Text("r"), signature.R.ToString());
            Assert.AreEqual(test.Text("s"), signature.S.ToString());
            Assert.AreEqual(test.GetProperty("v").GetInt32(), signature.V);
        }
    }

    [TestMethod]
    public void Parse_EthersRandomDocuments_GiveTheStatedEncodingAndDigest()
    {
        var tested = 0;
        foreach (var file in VectorFolder.Files("eip712", "ethers_typed_data*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                var name = test.Text("name");
                var document = Parse(Assemble(test.GetProperty("types"), test.Text("primaryType"), test.GetProperty("domain"), test.GetProperty("data"))).OrThrow();
                Assert.AreEqual(test.Text("encoded"), Encoded(document), name);
                Assert.AreEqual(test.Text("digest"), document.SigningDigest.ToString(), name);

                // The JSON we hand to a wallet is the same document.
                var json = document.ToJson();
                var again = Parse(json).OrThrow();
                Assert.AreEqual(document.SigningDigest, again.SigningDigest, name);
                Assert.AreEqual(json, again.ToJson(), name);
                tested++;
            }
        }

        Assert.IsGreaterThan(0, tested);
    }

    [TestMethod]
    public void Parse_MetaMaskEncodings_MatchOrAreBooleansOfAnotherType()
    {
        foreach (var file in VectorFolder.Files("eip712", "metamask_v4_*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                var name = test.Text("name");
                if (test.GetProperty("kind").GetString() == "signTypedData")
                {
                    continue;
                }

                var types = test.GetProperty("types");
                var primaryType = test.Text("primaryType");
                var message = test.GetProperty("message");
                var verdict = Parse(Assemble(types, primaryType, default, message));

                // MetaMask and ethers hash by the truth of JavaScript, where the text "false" is true; viem refuses, and so do we.
                if (HasBooleanOfAnotherType(types.GetProperty(primaryType), message))
                {
                    Assert.AreEqual(RefusalReason.Malformed, verdict.Reason, name);
                    continue;
                }

                var document = verdict.OrThrow();
                if (test.TryGetProperty("structHash", out var hash))
                {
                    Assert.AreEqual(WithPrefix(hash.GetString()!), document.StructHash.ToString(), name);
                }
                else
                {
                    Assert.AreEqual(WithPrefix(test.Text("encodedData")), Encoded(document), name);
                }
            }
        }
    }

    [TestMethod]
    public void Parse_WhereWalletsDisagree_RefusesWithADetail()
    {
        foreach (var file in VectorFolder.Files("eip712", "wallets_disagree*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                var verdict = Parse(test.GetProperty("typedData").GetRawText());
                Assert.AreEqual(RefusalReason.Malformed, verdict.Reason, test.Text("name"));
Assert.AreNotEqual(string.Empty, verdict.Refusal!.Detail, test.Text("name"));
            }
        }
    }

    private static Verdict<TypedDataDocument> Parse(string json) => TypedDataDocument.Parse(System.Text.Encoding.UTF8.GetBytes(json));

    private static string WithPrefix(string hex) => hex.StartsWith("0x", StringComparison.Ordinal) ? hex : "0x" + hex;

    private static string Encoded(TypedDataDocument document) =>
        "0x" + string.Concat(document.Schema.EncodeData(document.PrimaryType, document.Message).OrThrow().Select(word => word.ToString()[2..]));

    private static bool HasBooleanOfAnotherType(JsonElement members, JsonElement message)
    {
        foreach (var member in members.EnumerateArray())
        {
            if (member.Text("type") is not ("bool" or "bool[]") || !message.TryGetProperty(member.Text("name"), out var value))
            {
                continue;
            }

            var values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
            if (values.Any(one => one.ValueKind is not (JsonValueKind.True or JsonValueKind.False)))
            {
                return true;
            }
        }

        return false;
    }

    // ethers declares the domain's fields by their presence; the JSON form declares them by name.
    private static string Assemble(JsonElement types, string primaryType, JsonElement domain, JsonElement message)
    {
        var declared = JsonNode.Parse(types.GetRawText())!.AsObject();
        var fields = new JsonArray();
        foreach (var (name, type) in new[] { ("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"), ("salt", "bytes32") })
        {
            if (domain.ValueKind == JsonValueKind.Object && domain.TryGetProperty(name, out _))
            {
                fields.Add(new JsonObject { ["name"] = name, ["type"] = type });
            }
        }

        declared["EIP712Domain"] = fields;
        return new JsonObject
        {
            ["types"] = declared,
            ["primaryType"] = primaryType,
            ["domain"] = domain.ValueKind == JsonValueKind.Object ? JsonNode.Parse(domain.GetRawText()) : new JsonObject(),
            ["message"] = JsonNode.Parse(message.GetRawText()),
        }.ToJsonString();
    }
}
