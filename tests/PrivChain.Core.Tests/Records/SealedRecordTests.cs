using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Aead;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Json;

namespace PrivChain.Core.Tests.Records;

[TestClass]
public sealed class SealedRecordTests
{
    private const string Issuer = "https://civil-affairs.example.cn";
    private const string Claims = """
        {"familyName":"Li","givenName":"Ming","fullNameZh":"李明","idNumber":"11010119900307123X","birthDate":"1990-03-07","sex":"male",
         "nationality":"CN","address":"北京市东城区 1 号","issuingAuthority":"北京市公安局东城分局"}
        """;

    private static readonly AccountAddress Holder = new(Enumerable.Repeat((byte)0x5a, AccountAddress.Size).ToArray());
    private static readonly IssuerKey Key = IssuerKey.Generate(EcdsaJws.Es256K);
    private static readonly HpkePrivateKey HolderKey = HpkePrivateKey.Generate(HpkeKem.X25519);
    private static readonly RecordSchema Schema = Find("identity-card/1");

    private static RecordSchema Find(string id) => SchemaCatalog.BuiltIn.TryFind(id, out var schema) ? schema : throw new InvalidOperationException(id);

    private static SealedRecord Seal(string claims = Claims, IssuerKey? key = null, AccountAddress? holder = null, string issuer = Issuer) =>
        SealedRecord.Create(Schema, JsonElement.Parse(claims), key ?? Key, issuer, holder ?? Holder, HolderKey.PublicKey, 1800000000).OrThrow();

    [TestMethod]
    [DataRow(EcdsaJws.Es256)]
    [DataRow(EcdsaJws.Es256K)]
    public void Open_AllKeys_GivesEveryFieldAsIssued(string algorithm)
    {
        foreach (var kem in new[] { HpkeKem.X25519, HpkeKem.XWing })
        {
            using var holderKey = HpkePrivateKey.Generate(kem);
            using var issuerKey = IssuerKey.Generate(algorithm);
            var record = SealedRecord.Create(Schema, JsonElement.Parse(Claims), issuerKey, Issuer, Holder, holderKey.PublicKey, 1800000000).OrThrow();
            Assert.IsTrue(SealedRecord.TryParse(record.Bytes.Span, out var parsed));
            Assert.AreEqual(record.Digest, parsed.Digest);
            Assert.AreEqual(kem, parsed.Suite);

            using var keys = parsed.OpenBundle(Schema, holderKey).OrThrow();
            var opened = parsed.Open(Schema, keys, JwsKey.Of(issuerKey)).OrThrow();
            Assert.AreEqual(Issuer, opened.Credential.Issuer);
            Assert.AreEqual(1800000000, opened.Credential.IssuedAt);
            Assert.AreEqual(Holder, opened.Credential.Holder);
            Assert.HasCount(Schema.Fields.Count, opened.Values);
            Assert.AreEqual("李明", opened.Values["fullNameZh"]!.Value.GetString());
            Assert.IsNull(opened.Values["validUntil"]);
        }
    }

    // The same record is also an SD-JWT that any verifier of RFC 9901 accepts.
    [TestMethod]
    public void Open_Disclosures_AreAnSdJwt()
    {
        var record = Seal();
        using var keys = record.OpenBundle(Schema, HolderKey).OrThrow();
        var token = Encoding.ASCII.GetString(record.OpenPart(Schema, 0, keys.KeyOf(0)).OrThrow());
        var opened = record.Open(Schema, keys, JwsKey.Of(Key)).OrThrow();
        var text = string.Join('~', [token, .. opened.Disclosures.Select(disclosure => disclosure.Text), string.Empty]);
        var payload = SdJwtVerifier.Verify(
            SdJwt.Parse(text).OrThrow(), JwsKey.Of(Key), new SdJwtPolicy { Types = [RecordCredential.Type], Now = 1800000000, KeyBinding = null }).OrThrow();
        Assert.AreEqual("urn:privchain:schema:identity-card:1", payload["vct"]!.GetValue<string>());
        Assert.AreEqual("1990-03-07", payload["birthDate"]!.GetValue<string>());
        Assert.IsTrue(payload.ContainsKey("validUntil") && payload["validUntil"] is null);
    }

    [TestMethod]
    public void Open_SelectedKeys_GivesThoseFieldsOnly()
    {
        var record = Seal();
        using var all = record.OpenBundle(Schema, HolderKey).OrThrow();
        using var selected = all.Select(["birthDate", "sex"]);
        using var read = RecordKeys.Parse(Schema, selected.Export()).OrThrow();
        var opened = record.Open(Schema, read, JwsKey.Of(Key)).OrThrow();
        CollectionAssert.AreEqual(new[] { "birthDate", "sex" }, opened.Values.Keys.ToArray());
        Assert.IsFalse(read.Has(1 + Schema.IndexOf("idNumber")));
        Assert.ThrowsExactly<ArgumentException>(() => read.KeyOf("idNumber").ToArray());
        Assert.ThrowsExactly<ArgumentException>(() => all.Select(["none"]));
    }

    [TestMethod]
    public void OpenPart_EveryPairOfKeyAndPart_OpensOnlyItsOwn()
    {
        var records = new[] { Seal(), Seal() };
        var keys = records.Select(record => record.OpenBundle(Schema, HolderKey).OrThrow()).ToArray();
        for (var keyOf = 0; keyOf < 2; keyOf++)
        {
            for (var key = 0; key < records[0].PartCount; key++)
            {
                for (var partOf = 0; partOf < 2; partOf++)
                {
                    for (var part = 0; part < records[0].PartCount; part++)
                    {
                        var reason = records[partOf].OpenPart(Schema, part, keys[keyOf].KeyOf(key)).Reason;
                        Assert.AreEqual(keyOf == partOf && key == part ? RefusalReason.None : RefusalReason.CannotOpen, reason);
                    }
                }
            }
        }
    }

    // A part moved, with its own key, to another place, record, holder or suite does not open: the context is bound.
    [TestMethod]
    public void OpenPart_CiphertextMoved_CannotOpen()
    {
        var record = Seal();
        var other = Seal();
        using var keys = record.OpenBundle(Schema, HolderKey).OrThrow();
        var from = Schema.IndexOf("familyName") + 1;
        var to = Schema.IndexOf("givenName") + 1;
        var moved = record.Bytes.ToArray();
        PartBytes(record, from).CopyTo(moved.AsSpan(PartStart(record, to)));
        Assert.IsTrue(SealedRecord.TryParse(moved, out var swapped));
        Assert.AreEqual(RefusalReason.CannotOpen, swapped.OpenPart(Schema, to, keys.KeyOf(from)).Reason);

        var transplanted = other.Bytes.ToArray();
        PartBytes(record, from).CopyTo(transplanted.AsSpan(PartStart(other, from)));
        Assert.IsTrue(SealedRecord.TryParse(transplanted, out var foreign));
        Assert.AreEqual(RefusalReason.CannotOpen, foreign.OpenPart(Schema, from, keys.KeyOf(from)).Reason);
    }

    [TestMethod]
    public void Open_AnotherIssuerHolderOrSchema_IsRefused()
    {
        var record = Seal();
        using var keys = record.OpenBundle(Schema, HolderKey).OrThrow();
        using var stranger = IssuerKey.Generate(EcdsaJws.Es256K);
        using var strangersKey = HpkePrivateKey.Generate(HpkeKem.X25519);
        Assert.AreEqual(RefusalReason.BadSignature, record.Open(Schema, keys, JwsKey.Of(stranger)).Reason);
        Assert.AreEqual(RefusalReason.CannotOpen, record.OpenBundle(Schema, strangersKey).Reason);
        Assert.AreEqual(RefusalReason.SchemaViolation, record.OpenBundle(Find("income-statement/1"), HolderKey).Reason);
        Assert.AreEqual(RefusalReason.SchemaViolation, record.Open(Find("income-statement/1"), keys, JwsKey.Of(Key)).Reason);

        // Without the issuer's part nothing is believed.
        var withoutIssuer = keys.Select(["sex"]).Export();
        using var fieldOnly = RecordKeys.Parse(Schema, [0, 1, .. withoutIssuer[36..]]).OrThrow();
        Assert.AreEqual(RefusalReason.CannotOpen, record.Open(Schema, fieldOnly, JwsKey.Of(Key)).Reason);
    }

    [TestMethod]
    [DataRow(HpkeKem.X25519, EcdsaJws.Es256)]
    [DataRow(HpkeKem.XWing, EcdsaJws.Es256K)]
    [DataRow(HpkeKem.Sm2, EcdsaJws.Sm2Sm3)]
    public void OpenSelfAsserted_OfItsHolder_GivesEveryField_AndIsNoIssuers(HpkeKem kem, string algorithm)
    {
        using var holderKey = HpkePrivateKey.Generate(kem);
        using var key = IssuerKey.Generate(algorithm);
        var stated = SealedRecord.Create(Schema, JsonElement.Parse(Claims), key, Holder.ToString(), Holder, holderKey.PublicKey, 1800000000).OrThrow();
        using var keys = stated.OpenBundle(Schema, holderKey).OrThrow();
        var opened = stated.OpenSelfAsserted(Schema, keys).OrThrow();
        Assert.AreEqual(Holder.ToString(), opened.Credential.Issuer);
        Assert.AreEqual("李明", opened.Values["fullNameZh"]!.Value.GetString());
        Assert.AreEqual(RefusalReason.Malformed, stated.Open(Schema, keys, JwsKey.Of(key)).Reason, "a person's statement passes for an issuer's");

        var issued = SealedRecord.Create(Schema, JsonElement.Parse(Claims), key, Issuer, Holder, holderKey.PublicKey, 1800000000).OrThrow();
        using var others = issued.OpenBundle(Schema, holderKey).OrThrow();
        Assert.AreEqual(RefusalReason.Malformed, issued.OpenSelfAsserted(Schema, others).Reason);
    }

    [TestMethod]
    public void VerifySelfAsserted_EachPartChangedAndSignedAgain_IsRefusedByName()
    {
        var stated = Seal(issuer: Holder.ToString());
        using var keys = stated.OpenBundle(Schema, HolderKey).OrThrow();
        Assert.IsTrue(stated.OpenSelfAsserted(Schema, keys).Accepted);
        var token = Encoding.ASCII.GetString(stated.OpenPart(Schema, RecordKeys.IssuerPart, keys.KeyOf(RecordKeys.IssuerPart)).OrThrow());
        Assert.IsTrue(Base64Url.TryDecode(token.Split('.')[1], 65536, out var payload));
        using var other = IssuerKey.Generate(EcdsaJws.Es256K);
        using var national = IssuerKey.Generate(EcdsaJws.Sm2Sm3);
        Assert.AreEqual(RefusalReason.None, Verify(static _ => { }, Key).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Verify(static claims => claims.Remove("sub_jwk"), Key).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Verify(static claims => claims["sub_jwk"] = "key", Key).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Verify(static claims => claims["sub_jwk"]!["x"] = new string('A', 43), Key).Reason);
        Assert.AreEqual(RefusalReason.BadSignature, Verify(claims => claims["sub_jwk"] = JsonNode.Parse(JwsKey.Of(other).Jwk), Key).Reason);
        Assert.AreEqual(RefusalReason.WrongSuite, Verify(claims => claims["sub_jwk"] = JsonNode.Parse(JwsKey.Of(national).Jwk), national).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Verify(static claims => claims["iss"] = Issuer, Key).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Verify(static claims => claims["holder"] = new AccountAddress(new byte[20]).ToString(), Key).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Verify(static claims => claims["cnf"] = new JsonObject(), Key).Reason);
        Assert.AreEqual(RefusalReason.Malformed, RecordCredential.VerifySelfAsserted(new string('.', 2), Schema, Core.Suites.Suite.International).Reason);
        Assert.AreEqual(RefusalReason.Malformed, RecordCredential.VerifySelfAsserted(new string('a', 200_000), Schema, Core.Suites.Suite.International).Reason);

        Verdict<RecordCredential> Verify(Action<JsonObject> change, IssuerKey key)
        {
            var claims = JsonNode.Parse(payload)!.AsObject();
            change(claims);
            var header = Encoding.ASCII.GetBytes($$"""{"alg":"{{key.Algorithm}}","kid":"{{JwsKey.Of(key).Thumbprint}}","typ":"{{RecordCredential.Type}}"}""");
            return RecordCredential.VerifySelfAsserted(CompactJws.Sign(key, header, Encoding.UTF8.GetBytes(claims.ToJsonString())), Schema, Core.Suites.Suite.International);
        }
    }

    // An issuer's token is believed for what it lists: disclosures of another record by the same issuer are refused.
    [TestMethod]
    public void Accept_DisclosureOfAnotherRecord_IsRefused()
    {
        var records = new[] { Seal(), Seal(Claims.Replace("1990", "1991", StringComparison.Ordinal)) };
        var opened = records.Select(record => record.Open(Schema, record.OpenBundle(Schema, HolderKey).OrThrow(), JwsKey.Of(Key)).OrThrow()).ToArray();
        for (var i = 0; i < Schema.Fields.Count; i++)
        {
            Assert.IsTrue(opened[0].Credential.Accept(Schema.Fields[i], opened[0].Disclosures[i]).Accepted);
            Assert.AreEqual(RefusalReason.DigestMismatch, opened[0].Credential.Accept(Schema.Fields[i], opened[1].Disclosures[i]).Reason);
            Assert.AreEqual(
                RefusalReason.SchemaViolation, opened[0].Credential.Accept(Schema.Fields[i], opened[0].Disclosures[(i + 1) % Schema.Fields.Count]).Reason);
        }
    }

    [TestMethod]
    public void Create_ClaimsAgainstTheSchema_AreRefused()
    {
        var verdict = SealedRecord.Create(
            Schema, JsonElement.Parse(Claims.Replace("male", "unknown", StringComparison.Ordinal)), Key, Issuer, Holder, HolderKey.PublicKey, 1);
        Assert.AreEqual(RefusalReason.SchemaViolation, verdict.Reason);
    }

    // Presence and length tell nothing: records with the shortest and the longest values, and with fields left out, have the same part sizes.
    [TestMethod]
    public void Create_ShortLongAndAbsentValues_GiveTheSameSizes()
    {
        var longest = Claims.Replace("\"Li\"", $"\"{new string('文', 48)}\"", StringComparison.Ordinal)
            .Replace("北京市东城区 1 号", string.Concat(Enumerable.Repeat("😀", 160)), StringComparison.Ordinal);
        var absent = Claims.Replace("\"fullNameZh\":\"李明\",", "", StringComparison.Ordinal);
        var sizes = new[] { Claims, longest, absent }.Select(claims => Seal(claims).Bytes.Length).Distinct().ToArray();
        Assert.HasCount(1, sizes);
    }

    [TestMethod]
    public void Create_SameClaimsTwice_ShareNoDigestKeyOrCiphertext()
    {
        var (first, second) = (Seal(), Seal());
        Assert.AreNotEqual(first.Digest, second.Digest);
        using var a = first.OpenBundle(Schema, HolderKey).OrThrow();
        using var b = second.OpenBundle(Schema, HolderKey).OrThrow();
        var keys = Enumerable.Range(0, first.PartCount).SelectMany(part => new[] { Hex.Encode(a.KeyOf(part)), Hex.Encode(b.KeyOf(part)) }).ToArray();
        CollectionAssert.AllItemsAreUnique(keys);
        for (var part = 0; part < first.PartCount; part++)
        {
            CollectionAssert.AreNotEqual(PartBytes(first, part), PartBytes(second, part));
        }
    }

    [TestMethod]
    public void TryParse_TruncatedOrExtended_IsRefused()
    {
        var bytes = Seal().Bytes.ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(SealedRecord.TryParse(bytes.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(SealedRecord.TryParse([.. bytes, 0], out _));
    }

    // Every byte counts: with one bit changed, the layout is refused, or the bundle or a part does not open.
    [TestMethod]
    public void Open_OneByteChanged_IsRefused()
    {
        var record = Seal();
        using var keys = record.OpenBundle(Schema, HolderKey).OrThrow();
        for (var at = 0; at < record.Bytes.Length; at++)
        {
            // Most of the bytes are ciphertext of parts; a sample of those is enough, the rest is tried in full.
            if (at > 200 && at < record.Bytes.Length - 400 && at % 13 != 0)
            {
                continue;
            }

            var changed = record.Bytes.ToArray();
            changed[at] ^= 1;
            if (SealedRecord.TryParse(changed, out var parsed))
            {
                Assert.AreNotEqual(record.Digest, parsed.Digest);
                Assert.IsFalse(parsed.OpenBundle(Schema, HolderKey).Accepted, $"bundle opened with byte {at} changed");
                var bundleStart = record.Bytes.Length - SealedBox.Overhead(HpkeKem.X25519) - (record.PartCount * Aes256Gcm.KeySize) - 4;
                Assert.AreEqual(at >= bundleStart, parsed.Open(Schema, keys, JwsKey.Of(Key)).Accepted, $"byte {at}");
            }
        }
    }

    [TestMethod]
    public void ParseAndOpen_Mutated_GiveAVerdict()
    {
        var record = Seal();
        using var keys = record.OpenBundle(Schema, HolderKey).OrThrow();
        Seeded.Mutations(record.Bytes.Span, seed: 4, count: 500, mutated =>
        {
            if (SealedRecord.TryParse(mutated, out var parsed))
            {
                parsed.Open(Schema, keys, JwsKey.Of(Key));
            }
        });

        var selection = keys.Export();
        for (var length = 0; length < selection.Length; length++)
        {
            Assert.IsFalse(RecordKeys.Parse(Schema, selection.AsSpan(0, length)).Accepted);
        }

        Assert.IsFalse(RecordKeys.Parse(Schema, [.. selection, 0]).Accepted);
        Assert.IsFalse(RecordKeys.Parse(Find("income-statement/1"), selection).Accepted);
        Seeded.Mutations(selection, seed: 5, count: 500, mutated => RecordKeys.Parse(Schema, mutated));
    }

    [TestMethod]
    public void Dispose_Keys_AreGone()
    {
        var keys = Seal().OpenBundle(Schema, HolderKey).OrThrow();
        keys.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => keys.KeyOf(0).ToArray());
        Assert.ThrowsExactly<ObjectDisposedException>(() => keys.Export());
    }

    private static int PartStart(SealedRecord record, int part)
    {
        var at = 4 + 2 + 32 + 4 + Schema.Id.Length + 20 + 2;
        for (var i = 0; ; i++)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(record.Bytes.Span[at..]);
            at += 4;
            if (i == part)
            {
                return at;
            }

            at += length;
        }
    }

    private static byte[] PartBytes(SealedRecord record, int part)
    {
        var start = PartStart(record, part);
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(record.Bytes.Span[(start - 4)..]);
        return record.Bytes.Slice(start, length).ToArray();
    }
}
