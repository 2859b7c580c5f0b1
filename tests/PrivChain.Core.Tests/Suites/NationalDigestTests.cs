using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Contracts;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Tests.Suites;

/// <summary>What a national ledger names by its content it names by SM3, over the same bytes as an international one by SHA-256.</summary>
[TestClass]
public sealed class NationalDigestTests
{
    public static IEnumerable<object[]> Suites =>
    [
        [Suite.International, (Func<byte[], Digest>)(static bytes => Digest.OfSha256(bytes))],
        [Suite.National, (Func<byte[], Digest>)(static bytes => Sm3.Hash(bytes.AsSpan()))],
    ];

    [TestMethod]
    [DynamicData(nameof(Suites))]
    public void Digests_OfDocuments_AreThoseOfTheSuite(Suite suite, Func<byte[], Digest> hash)
    {
        var query = new QueryDocument { Consent = LedgerFixture.RandomDigest(), Nonce = LedgerFixture.RandomDigest(), Suite = suite };
        Assert.AreEqual(hash(Labelled(Labels.Query, query.ToArray())), query.Digest);
        Assert.IsTrue(QueryDocument.TryParse(query.ToArray(), out var received, suite));
        Assert.AreEqual(query.Digest, received.Digest);
        Assert.IsTrue(SessionFrame.TryUnpack(SessionFrame.Pack([query.ToArray()]), 1, out var unpacked, suite));
        Assert.AreEqual(query.Digest, unpacked[0].Digest);
        Assert.AreEqual(suite.Tree.Leaf(query.Digest.ToArray()), QueryDocument.TreeOf(suite, [query.Digest]).Root());

        var request = new ConsentRequest { Contract = query.Consent, Uses = 1, ValidSeconds = 2, Nonce = query.Nonce, Suite = suite };
        Assert.AreEqual(hash(request.ToArray()), request.Digest);
        Assert.IsTrue(ConsentRequest.TryParse(request.ToArray(), out var asked, suite));
        Assert.AreEqual(request.Digest, asked.Digest);

        Assert.AreEqual(hash(Labelled(Labels.Receipt, [1, 2])), ReceiptCore.DigestOf(suite, [1, 2]));
        Assert.AreEqual(hash(Labelled(Labels.Answer, [.. query.Nonce.ToArray(), 1, 2])), AnswerEnvelope.OutputDigest(suite, query.Nonce, [1, 2]));
        var package = new ConsentPackage([new BrokerBoxes(default, [7], [8])]);
        Assert.AreEqual(hash(Labelled(Labels.KeyBoxes, [.. new byte[20], 0, 0, 0, 1, 7])), package.KeyBoxesDigest(suite));

        var contract = PrivacyContract.Parse(Encoding.UTF8.GetBytes(ContractFixtures.Mortgage), SchemaCatalog.BuiltIn, suite).OrThrow();
        Assert.AreEqual(hash(contract.CanonicalText.ToArray()), contract.Digest);

        using var issuer = IssuerKey.Generate(suite.IssuerAlgorithm);
        var key = issuer.PublicKey.ToArray();
        var fingerprinted = new RecordWriter().Text(suite.IssuerAlgorithm).Block(key).ToArray();
        Assert.AreEqual(hash(fingerprinted), OrganisationProfile.FingerprintOf(suite.IssuerAlgorithm, key));
    }

    /// <summary>The issuer's algorithm decides the hash of disclosures: a token that names the other one, or none, is refused.</summary>
    [TestMethod]
    public void Disclosures_OfAnSm2Issuer_AreOfSm3()
    {
        using IssuerKey national = IssuerKey.Generate(EcdsaJws.Sm2Sm3), international = IssuerKey.Generate(EcdsaJws.Es256K);
        var disclosure = Base64Url.Encode("""["s","a",1]"""u8);
        string sm3 = Base64Url.Encode(Sm3.Hash(Encoding.ASCII.GetBytes(disclosure).AsSpan()).ToArray()), sha256 = Base64Url.Encode(Digest.OfSha256(Encoding.ASCII.GetBytes(disclosure)).ToArray());
        Assert.AreEqual(RefusalReason.None, Judge(national, sm3, "\"_sd_alg\":\"sm3\","));
        Assert.AreEqual(RefusalReason.None, Judge(international, sha256, "\"_sd_alg\":\"sha-256\","));
        Assert.AreEqual(RefusalReason.None, Judge(international, sha256, ""));
        Assert.AreEqual(RefusalReason.UnknownVersion, Judge(national, sha256, "\"_sd_alg\":\"sha-256\","));
        Assert.AreEqual(RefusalReason.UnknownVersion, Judge(national, sha256, ""));
        Assert.AreEqual(RefusalReason.UnknownVersion, Judge(national, sm3, "\"_sd_alg\":7,"));
        Assert.AreEqual(RefusalReason.UnknownVersion, Judge(international, sm3, "\"_sd_alg\":\"sm3\","));
        Assert.AreEqual(RefusalReason.DigestMismatch, Judge(national, sha256, "\"_sd_alg\":\"sm3\","));

        RefusalReason Judge(IssuerKey key, string digest, string algorithm)
        {
            var header = Encoding.UTF8.GetBytes($$"""{"alg":"{{key.Algorithm}}","typ":"dc+sd-jwt"}""");
            var token = CompactJws.Sign(key, header, Encoding.UTF8.GetBytes($$"""{{{algorithm}}"_sd":["{{digest}}"]}"""));
            return SdJwtVerifier.Verify(SdJwt.Parse($"{token}~{disclosure}~").OrThrow(), JwsKey.Of(key), new SdJwtPolicy { Types = ["dc+sd-jwt"], Now = 1, KeyBinding = null }).Reason;
        }
    }

    /// <summary>A record's token lists the SM3 of its disclosures; one that lists SHA-256 under an SM2 key is not believed.</summary>
    [TestMethod]
    public void Record_OfAnSm2Issuer_ListsSm3()
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("identity-card/1", out var schema));
        using var issuer = IssuerKey.Generate(EcdsaJws.Sm2Sm3);
        var claims = JsonElement.Parse("""{"familyName":"Lin","givenName":"Qiuyan","idNumber":"32010219880312402X","birthDate":"1988-03-12","sex":"female","nationality":"CN","address":"Nanjing","issuingAuthority":"Registry"}""");
        var (token, disclosures) = RecordCredential.Issue(schema, claims, issuer, "https://registry.example", AccountAddress.Zero, 1);
        var payload = JsonElement.Parse(Payload(token));
        Assert.AreEqual("sm3", payload.GetProperty("_sd_alg").GetString());
        var listed = payload.GetProperty("_sd").EnumerateArray().Select(static digest => digest.GetString()).ToHashSet();
        Assert.IsTrue(disclosures.All(json => listed.Contains(Base64Url.Encode(Sm3.Hash(Encoding.ASCII.GetBytes(Base64Url.Encode(json)).AsSpan()).ToArray()))));
        var credential = RecordCredential.Verify(token, schema, JwsKey.Of(issuer)).OrThrow();
        Assert.IsTrue(credential.Accept(schema.Fields[0], Disclosure.ParseJson(disclosures[0]).OrThrow()).Accepted);

        var changed = CompactJws.Sign(issuer, Base64UrlPart(token, 0), Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Payload(token)).Replace("\"sm3\"", "\"sha-256\"", StringComparison.Ordinal)));
        Assert.AreEqual(RefusalReason.Malformed, RecordCredential.Verify(changed, schema, JwsKey.Of(issuer)).Reason);

        static byte[] Payload(string token) => Base64UrlPart(token, 1);

        static byte[] Base64UrlPart(string token, int part) => Base64Url.TryDecode(token.Split('.')[part], 65536, out var bytes) ? bytes : throw new AssertFailedException("no base64url");
    }

    [TestMethod]
    public void Pseudonym_OfANationalLedger_IsOfHmacSm3()
    {
        var secret = Enumerable.Repeat((byte)9, 32).ToArray();
        string here = Of(Suite.International), there = Of(Suite.National);
        Assert.AreNotEqual(here, there);

        byte[] message = [.. "privchain/pseudonym/v1\0"u8, .. new byte[20], .. "\"x\""u8];
        var mac = new byte[Sm3.Size];
        Sm3.Hmac(secret, message, mac);
        var bits = string.Concat(mac.Take(16).Select(static b => Convert.ToString(b, 2).PadLeft(8, '0'))).PadRight(130, '0');
        Assert.AreEqual(string.Concat(Enumerable.Range(0, 26).Select(i => "abcdefghijklmnopqrstuvwxyz234567"[Convert.ToInt32(bits.Substring(5 * i, 5), 2)])), there);

        string Of(Suite suite)
        {
            var context = new FormContext { Today = default, Controller = default, PseudonymSecret = secret, Suite = suite };
            return ContractFixtures.Form("""{"form":"pseudonym"}""").Apply(JsonElement.Parse("\"x\""), context).OrThrow().Text!;
        }
    }

    [TestMethod]
    public void KemOf_ABox_IsWhatItWasSealedTo()
    {
        foreach (var kem in Enum.GetValues<HpkeKem>())
        {
            using var key = HpkePrivateKey.Generate(kem);
            Assert.AreEqual(kem, SealedBox.KemOf(SealedBox.Seal(key.PublicKey, Labels.InboxMessage, [], [1])));
        }

        Assert.IsNull(SealedBox.KemOf([1, 0x64]));
        Assert.IsNull(SealedBox.KemOf([2, 0x64, 0x7a]));
        Assert.IsNull(SealedBox.KemOf([1, 0x12, 0x34]));
    }

    private static byte[] Labelled(string label, byte[] content) => [.. Encoding.ASCII.GetBytes(label), 0, .. content];
}
