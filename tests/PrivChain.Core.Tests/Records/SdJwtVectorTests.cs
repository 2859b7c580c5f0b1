using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Records;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class SdJwtVectorTests
{
    // The examples' proofs are of May 2025; issuers' tokens expire in 2029.
    private const long Now = 1748537000;

    private static readonly string[] Types = ["dc+sd-jwt", "example+sd-jwt", "vc+sd-jwt"];

    [TestMethod]
    public void Verify_PublishedPresentations_GiveThePublishedPayload()
    {
        var verified = 0;
        foreach (var file in VectorFolder.Files("sd-jwt", "rfc9901*.json"))
        {
            var vector = JsonElement.Parse(File.ReadAllBytes(file));
            foreach (var presented in Presentations(vector, "presentation"))
            {
                var payload = SdJwtVerifier.Verify(presented, IssuerKey(vector), Policy(vector));
                Assert.IsTrue(payload.Accepted, $"{file}: {payload.Refusal}");
                verified++;
                if (vector.TryGetProperty("verified_payload", out var expected))
                {
                    AssertSame(expected, payload.Value, file);
                }
            }

            // What the issuer handed out: with every disclosure in place, each of the user's claims is there.
            foreach (var issued in Presentations(vector, "issued"))
            {
                var payload = SdJwtVerifier.Verify(issued, IssuerKey(vector), Policy(vector, binding: false));
                Assert.IsTrue(payload.Accepted, $"{file}: {payload.Refusal}");
                var claims = vector.TryGetProperty("user_claims", out var given) ? given : JsonElement.Parse("{}");
                foreach (var claim in claims.EnumerateObject())
                {
                    AssertSame(claim.Value, payload.Value[claim.Name], $"{file} {claim.Name}");
                }
            }
        }

        Assert.IsGreaterThan(0, verified);
    }

    [TestMethod]
    public void Verify_PublishedPresentationChanged_IsRefused()
    {
        foreach (var file in VectorFolder.Files("sd-jwt", "rfc9901*.json"))
        {
            var vector = JsonElement.Parse(File.ReadAllBytes(file));
            if (!vector.TryGetProperty("presentation", out var value))
            {
                continue;
            }

            var key = IssuerKey(vector);
            var text = value.GetString()!;
            var parts = text.Split('~');
            var unbound = Policy(vector, binding: false);
            Assert.IsTrue(Try(text, key, unbound).Accepted, file);

            // Repeated, unreferenced, and changed disclosures, a changed token.
            string Rebuild(IEnumerable<string> disclosures) => string.Join('~', [parts[0], .. disclosures, string.Empty]);
            var disclosures = parts[1..^1];
            Assert.AreEqual(RefusalReason.Malformed, Try(Rebuild([.. disclosures, disclosures[0]]), key, unbound).Reason, file);
            var stranger = Base64Url.Encode("""["c2FsdHNhbHRzYWx0c2FsdA","admin",true]"""u8);
            Assert.AreEqual(RefusalReason.DigestMismatch, Try(Rebuild([.. disclosures, stranger]), key, unbound).Reason, file);
            Assert.IsFalse(Try(Rebuild([disclosures[0][..^1] + (disclosures[0][^1] == 'A' ? 'B' : 'A'), .. disclosures[1..]]), key, unbound).Accepted, file);
            Assert.IsFalse(Try(text.Replace(parts[0], parts[0][..^3] + (parts[0][^3] == 'A' ? 'B' : 'A') + parts[0][^2..]), key, unbound).Accepted, file);

            // Time and type.
            Assert.AreEqual(RefusalReason.Expired, Try(text, key, new SdJwtPolicy { Types = Types, Now = 1883000000, KeyBinding = null }).Reason, file);
            Assert.AreEqual(RefusalReason.UnknownVersion, Try(text, key, new SdJwtPolicy { Types = ["jwt"], Now = Now, KeyBinding = null }).Reason, file);

            if (!vector.TryGetProperty("expected_nonce", out _))
            {
                continue;
            }

            // Key binding: dropped, with a disclosure kept back, another nonce or audience, outside the window.
            Assert.IsTrue(Try(text, key, Policy(vector)).Accepted, file);
            Assert.IsFalse(Try(text[..(text.LastIndexOf('~') + 1)], key, Policy(vector)).Accepted, file);
            Assert.AreEqual(RefusalReason.DigestMismatch, Try(string.Join('~', [parts[0], .. parts[2..]]), key, Policy(vector)).Reason, file);
            Assert.IsFalse(Try(text, key, Policy(vector, nonce: "1234567891")).Accepted, file);
            Assert.IsFalse(Try(text, key, Policy(vector, audience: "https://other.example.org")).Accepted, file);
            Assert.AreEqual(RefusalReason.Expired, Try(text, key, Policy(vector, now: Now + 1000)).Reason, file);
            Assert.AreEqual(RefusalReason.NotYetValid, Try(text, key, Policy(vector, now: Now - 1000)).Reason, file);
        }
    }

    [TestMethod]
    public void Verify_WycheproofSignatures_AgreeWithTheirResult()
    {
        var tested = 0;
        foreach (var file in VectorFolder.Files("jose", "*signature*.json"))
        {
            foreach (var group in JsonElement.Parse(File.ReadAllBytes(file)).GetProperty("testGroups").EnumerateArray())
            {
                var jwk = group.TryGetProperty("public", out var key) ? key : group.GetProperty("private");
                var ours = jwk.GetProperty("kty").GetString() == "EC" && jwk.GetProperty("crv").GetString() is "P-256" or "secp256k1";
                var usable = JwsKey.TryFromJwk(jwk, out var verifier);
                Assert.IsTrue(ours || !usable, "a key of another kind was accepted");
                foreach (var test in group.GetProperty("tests").EnumerateArray().Where(_ => ours))
                {
                    tested++;
                    var jws = test.GetProperty("jws");
                    var accepted = usable && jws.ValueKind == JsonValueKind.String && CompactJws.Verify(jws.GetString()!, verifier!).Accepted;
                    Assert.AreEqual(test.GetProperty("result").GetString(), accepted ? "valid" : "invalid", $"tcId {test.GetProperty("tcId")}");
                }
            }
        }

        Assert.IsGreaterThan(0, tested);
    }

    private static Verdict<JsonObject> Try(string text, JwsKey key, SdJwtPolicy policy)
    {
        var parsed = SdJwt.Parse(text);
        return parsed.Accepted ? SdJwtVerifier.Verify(parsed.Value, key, policy) : parsed.Refusal;
    }

    private static IEnumerable<SdJwt> Presentations(JsonElement vector, string name)
    {
        if (vector.TryGetProperty(name, out var compact))
        {
            yield return SdJwt.Parse(compact.GetString()!).OrThrow();
        }

        if (vector.TryGetProperty(name + "_json", out var json))
        {
            yield return SdJwt.ParseJson(Encoding.UTF8.GetBytes(json.GetRawText())).OrThrow();
        }
    }

    private static JwsKey IssuerKey(JsonElement vector)
    {
        Assert.IsTrue(JwsKey.TryFromJwk(vector.GetProperty("issuer_key"), out var key));
        return key;
    }

    private static SdJwtPolicy Policy(JsonElement vector, bool binding = true, string? nonce = null, string? audience = null, long now = Now) => new()
    {
        Types = Types,
        Now = now,
        KeyBinding = binding && vector.TryGetProperty("expected_nonce", out var expected)
            ? new KeyBindingRequest { Nonce = nonce ?? expected.GetString()!, Audience = audience ?? vector.GetProperty("expected_aud").GetString()!, MaxAgeSeconds = 300 }
            : null,
    };

    private static void AssertSame(JsonElement expected, JsonNode? actual, string where) =>
        Assert.AreEqual(
            Encoding.UTF8.GetString(Jcs.Canonicalize(expected).OrThrow()), Encoding.UTF8.GetString(Jcs.Canonicalize(actual).OrThrow()), where);
}
