using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Records;

namespace PrivChain.Core.Tests.Interop;

/// <summary>What a citizen holds after opening a record is an SD-JWT that the libraries of others verify, field by field.</summary>
[TestClass]
public sealed class SdJwtInteropTests
{
    private const string Claims = """
        {"familyName":"Lin","givenName":"Qiuyan","fullNameZh":"林秋雁","idNumber":"32010219880312402X","birthDate":"1988-03-12","sex":"female",
         "nationality":"CN","address":"南京市玄武区珠江路 88 号","issuingAuthority":"南京市公安局"}
        """;

    [TestMethod]
    [DataRow(EcdsaJws.Es256)]
    [DataRow(EcdsaJws.Es256K)]
    public void Record_AllOrSomeDisclosures_VerifyElsewhere(string algorithm)
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("identity-card/1", out var schema));
        using var issuer = IssuerKey.Generate(algorithm);
        using var holderKey = HpkePrivateKey.Generate(HpkeKem.X25519);
        using var holder = Account.Generate();
        using var claims = JsonDocument.Parse(Claims);
        var record = SealedRecord.Create(schema, claims.RootElement, issuer, "https://registry.example", holder.Address, holderKey.PublicKey, 1_790_000_000).OrThrow();
        using var keys = record.OpenBundle(schema, holderKey).OrThrow();
        var opened = record.Open(schema, keys, JwsKey.Of(issuer)).OrThrow();
        var token = System.Text.Encoding.UTF8.GetString(record.OpenPart(schema, RecordKeys.IssuerPart, keys.KeyOf(RecordKeys.IssuerPart)).OrThrow());

        foreach (var shown in new[] { opened.Disclosures, [.. opened.Disclosures.Where(disclosure => disclosure.Name == "birthDate")], [] })
        {
            var result = Counterpart.Run("sd-jwt.mjs", new JsonObject
            {
                ["token"] = string.Concat(new[] { token }.Concat(shown.Select(disclosure => disclosure.Text)).Select(part => part + "~")),
                ["jwk"] = Jwk(issuer),
                ["algorithm"] = algorithm,
            });
            var payload = result.GetProperty("payload");
            Assert.AreEqual(holder.Address.ToString(), payload.GetProperty("holder").GetString());
            foreach (var field in schema.Fields)
            {
                var isShown = shown.Any(disclosure => disclosure.Name == field.Name);
                Assert.AreEqual(isShown, payload.TryGetProperty(field.Name, out var value), field.Name);
                Assert.IsTrue(!isShown || (claims.RootElement.TryGetProperty(field.Name, out var wanted) ? value.GetRawText() == wanted.GetRawText() : value.ValueKind == JsonValueKind.Null), field.Name);
            }

            Assert.AreEqual(algorithm == EcdsaJws.Es256 ? algorithm : null, result.GetProperty("jose").GetString());
        }
    }

    private static JsonObject Jwk(IssuerKey key) => new()
    {
        ["kty"] = "EC",
        ["crv"] = key.Algorithm == EcdsaJws.Es256 ? "P-256" : "secp256k1",
        ["x"] = Base64Url.Encode(key.PublicKey.Span.Slice(1, 32)),
        ["y"] = Base64Url.Encode(key.PublicKey.Span.Slice(33, 32)),
    };
}
