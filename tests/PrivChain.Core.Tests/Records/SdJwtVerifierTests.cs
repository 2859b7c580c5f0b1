using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Json;

namespace PrivChain.Core.Tests.Records;

[TestClass]
public sealed class SdJwtVerifierTests
{
    private const long Now = 1800000000;

    private static readonly IssuerKey Key = IssuerKey.Generate(EcdsaJws.Es256K);
    private static readonly IssuerKey HolderKey = IssuerKey.Generate(EcdsaJws.Es256);

    private static string Text(string json) => Base64Url.Encode(Encoding.UTF8.GetBytes(json));

    private static string Hash(string disclosure) => Disclosure.DigestOf(Suite.International, disclosure);

    private static string Sign(string payload, string header = """{"alg":"ES256K","typ":"dc+sd-jwt"}""", IssuerKey? key = null) =>
        CompactJws.Sign(key ?? Key, Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload));

    private static Verdict<JsonObject> Verify(string text, KeyBindingRequest? binding = null)
    {
        var parsed = SdJwt.Parse(text);
        return parsed.Accepted
            ? SdJwtVerifier.Verify(parsed.Value, JwsKey.Of(Key), new SdJwtPolicy { Types = ["dc+sd-jwt"], Now = Now, KeyBinding = binding })
            : parsed.Refusal;
    }

    private static void AssertPayload(string expected, Verdict<JsonObject> actual) =>
        Assert.AreEqual(expected, Encoding.UTF8.GetString(Jcs.Canonicalize(actual.OrThrow()).OrThrow()));

    [TestMethod]
    public void Verify_RecursiveArraysAndDecoys_GivesWhatWasDisclosed()
    {
        var street = Text("""["s1","street","Main"]""");
        var address = Text($$"""["s2","address",{"_sd":["{{Hash(street)}}","decoyInside"],"city":"X"}]""");
        var item = Text("""["s3",{"a":null}]""");
        var inner = Text("""["s4","deep"]""");
        var token = Sign($$"""{"_sd":["{{Hash(address)}}","decoy"],"_sd_alg":"sha-256","list":[{"...":"{{Hash(item)}}"},{"...":"decoy2"},[{"...":"{{Hash(inner)}}"}],7]}""");

        AssertPayload("""{"list":[[],7]}""", Verify($"{token}~"));
        AssertPayload("""{"address":{"city":"X"},"list":[[],7]}""", Verify($"{token}~{address}~"));
        AssertPayload("""{"address":{"city":"X","street":"Main"},"list":[{"a":null},["deep"],7]}""", Verify($"{token}~{inner}~{address}~{item}~{street}~"));

        // The street alone hangs on nothing: its parent was kept back.
        Assert.AreEqual(RefusalReason.DigestMismatch, Verify($"{token}~{street}~").Reason);
    }

    [TestMethod]
    public void Verify_MustRefuseRules_AreRefused()
    {
        var claim = Text("""["s1","a",1]""");
        var same = Text("""["s2","a",2]""");
        var element = Text("""["s3",1]""");
        void Refused(string payload, params string[] disclosures) =>
            Assert.IsFalse(Verify(string.Join('~', [Sign(payload), .. disclosures, ""])).Accepted, payload);

        Refused($$"""{"_sd":["{{Hash(claim)}}"],"a":0}""", claim);
        Refused($$"""{"_sd":["{{Hash(claim)}}","{{Hash(same)}}"]}""", claim, same);
        Refused($$"""{"_sd":["{{Hash(claim)}}","{{Hash(claim)}}"]}""", claim);
        Refused("""{"_sd":["decoy"],"x":{"_sd":["decoy"]}}""");
        Refused("""{"_sd":["decoy"],"x":[{"...":"decoy"}]}""");
        Refused($$"""{"_sd":["{{Hash(element)}}"]}""", element);
        Refused($$"""{"x":[{"...":"{{Hash(claim)}}"}]}""", claim);
        Refused($$"""{"x":[{"...":"{{Hash(element)}}","y":1}]}""", element);
        Refused("""{"x":[{"...":1}]}""");
        Refused("""{"...":"x"}""");
        Refused("""{"_sd":"x"}""");
        Refused("""{"_sd":[1]}""");
        Refused("""{"_sd_alg":"sha-512"}""");
        Refused("""{"_sd_alg":1}""");
        Refused("""{"a":1,"a":2}""");
        Refused("[]");
        Refused($$"""{"exp":{{Now}}}""");
        Refused($$"""{"nbf":{{Now + 1}}}""");
        Refused("""{"exp":"never"}""");
        foreach (var name in new[] { "_sd", "...", "exp", "nbf", "iss", "cnf", "vct", "status", "_sd_alg" })
        {
            var bad = Text($$"""["s","{{name}}",["x"]]""");
            Refused($$"""{"_sd":["{{Hash(bad)}}"]}""", bad);
        }

        foreach (var json in new[] { "[]", "[\"s\"]", "[1,\"a\",1]", "[\"s\",1,1]", "[\"s\",\"a\",1,1]", "{}", "[\"s\",\"a\",{\"b\":1,\"b\":2}]" })
        {
            var bad = Text(json);
            Refused($$"""{"_sd":["{{Hash(bad)}}"]}""", bad);
        }
    }

    [TestMethod]
    public void Verify_AlgorithmTypeAndHeaders_ArePinned()
    {
        foreach (var header in new[]
        {
            """{"alg":"none","typ":"dc+sd-jwt"}""", """{"alg":"ES256","typ":"dc+sd-jwt"}""", """{"typ":"dc+sd-jwt"}""", """{"alg":"ES256K"}""",
            """{"alg":"ES256K","typ":"jwt"}""", """{"alg":"ES256K","typ":"dc+sd-jwt","crit":["x"],"x":1}""", """{"alg":"ES256K","typ":"dc+sd-jwt","jwk":{}}""",
            """{"alg":"ES256K","typ":"dc+sd-jwt","b64":false}""", """{"alg":"ES256K","alg":"ES256K","typ":"dc+sd-jwt"}""",
        })
        {
            Assert.IsFalse(Verify(Sign("{}", header) + "~").Accepted, header);
        }

        Assert.IsTrue(Verify(Sign("{}") + "~").Accepted);
        Assert.IsFalse(Verify(Sign("{}", key: HolderKey) + "~").Accepted);
        Assert.IsFalse(Verify(Sign("{}")).Accepted, "without a tilde it is no SD-JWT");
        Assert.IsFalse(Verify(Sign("{}") + "~~").Accepted);
        Assert.IsFalse(Verify(Sign("{}") + "=~").Accepted);
    }

    [TestMethod]
    public void Verify_KeyBinding_HoldsForThisPresentationOnly()
    {
        var holder = JwsKey.Of(HolderKey);
        var point = holder.Point.Span;
        var jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.Encode(point[1..33])}}","y":"{{Base64Url.Encode(point[33..])}}"}""";
        var claim = Text("""["s1","a",1]""");
        var bound = Sign($$"""{"_sd":["{{Hash(claim)}}"],"cnf":{"jwk":{{jwk}} } }""") + $"~{claim}~";
        var request = new KeyBindingRequest { Nonce = "n", Audience = "v", MaxAgeSeconds = 60, MaxSkewSeconds = 5 };
        string Proof(string payload, string header = """{"alg":"ES256","typ":"kb+jwt"}""", IssuerKey? key = null) => Sign(payload, header, key ?? HolderKey);
        string Claims(long iat, string nonce = "n", string audience = "v", string? hash = null) =>
            $$"""{"iat":{{iat}},"nonce":"{{nonce}}","aud":"{{audience}}","sd_hash":"{{hash ?? Hash(bound)}}"}""";

        Assert.IsTrue(Verify(bound + Proof(Claims(Now)), request).Accepted);
        Assert.IsTrue(Verify(bound + Proof(Claims(Now - 60)), request).Accepted);
        Assert.IsTrue(Verify(bound + Proof(Claims(Now + 5)), request).Accepted);
        Assert.IsTrue(Verify(bound).Accepted);

        Assert.IsFalse(Verify(bound, request).Accepted);
        Assert.IsFalse(Verify(bound + Proof(Claims(Now - 61)), request).Accepted);
        Assert.IsFalse(Verify(bound + Proof(Claims(Now + 6)), request).Accepted);
        Assert.IsFalse(Verify(bound + Proof(Claims(Now, nonce: "m")), request).Accepted);
        Assert.IsFalse(Verify(bound + Proof(Claims(Now, audience: "w")), request).Accepted);
        Assert.IsFalse(Verify(bound + Proof(Claims(Now, hash: Hash("x"))), request).Accepted);
        Assert.IsFalse(Verify(bound + Proof("""{"nonce":"n","aud":"v"}"""), request).Accepted);
        Assert.IsFalse(Verify(bound + Proof(Claims(Now), """{"alg":"ES256","typ":"jwt"}"""), request).Accepted);
        Assert.IsFalse(Verify(bound + Proof(Claims(Now), """{"alg":"ES256K","typ":"kb+jwt"}""", Key), request).Accepted);
        Assert.IsFalse(Verify(Sign("{}") + "~" + Proof(Claims(Now)), request).Accepted, "no cnf");
    }

    /// <summary>A holder's key of the other suite proves nothing, however well it signs; nor does a token that names an algorithm of the other suite.</summary>
    [TestMethod]
    public void Verify_KeyOrAlgorithmOfTheOtherSuite_IsRefusedByName()
    {
        using var national = IssuerKey.Generate(EcdsaJws.Sm2Sm3);
        var request = new KeyBindingRequest { Nonce = "n", Audience = "v", MaxAgeSeconds = 60, MaxSkewSeconds = 5 };
        Assert.AreEqual(RefusalReason.None, Bound(HolderKey).Reason);
        Assert.AreEqual(RefusalReason.WrongSuite, Bound(national).Reason);

        Assert.AreEqual(RefusalReason.WrongSuite, Verify(Sign("{}", $$"""{"alg":"{{EcdsaJws.Sm2Sm3}}","typ":"dc+sd-jwt"}""", national) + "~").Reason);
        Assert.AreEqual(RefusalReason.BadSignature, Verify(Sign("{}", """{"alg":"ES256","typ":"dc+sd-jwt"}""", HolderKey) + "~").Reason);
        Assert.AreEqual(RefusalReason.BadSignature, Verify(Sign("{}", """{"alg":"none","typ":"dc+sd-jwt"}""") + "~").Reason);

        Verdict<JsonObject> Bound(IssuerKey holder)
        {
            var bound = Sign($$"""{"cnf":{"jwk":{{JwsKey.Of(holder).Jwk}} } }""") + "~";
            return Verify(bound + Sign($$"""{"iat":{{Now}},"nonce":"n","aud":"v","sd_hash":"{{Hash(bound)}}"}""", $$"""{"alg":"{{holder.Algorithm}}","typ":"kb+jwt"}""", holder), request);
        }
    }

    [TestMethod]
    public void Verify_TruncatedAndMutated_GivesAVerdict()
    {
        var claim = Text("""["s1","a",{"b":[1,2]}]""");
        var text = Sign($$"""{"_sd":["{{Hash(claim)}}"],"iss":"x"}""") + $"~{claim}~";
        for (var length = 0; length < text.Length; length++)
        {
            var shortened = Verify(text[..length]);
            Assert.IsTrue(!shortened.Accepted || !shortened.Value.ContainsKey("a"), $"accepted {length} characters");
        }

        Seeded.Mutations(Encoding.ASCII.GetBytes(text), seed: 3, count: 500, mutated => Verify(Encoding.Latin1.GetString(mutated)));
    }
}
