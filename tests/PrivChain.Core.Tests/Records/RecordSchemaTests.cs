using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Json;

namespace PrivChain.Core.Tests.Records;

[TestClass]
public sealed class RecordSchemaTests
{
    private const string Valid = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:privchain:schema:sample:3", "type": "object",
          "x-title": {"en": "Sample", "zh": "样本"}, "additionalProperties": false, "required": ["code"],
          "properties": {
            "code": {"type": "string", "x-title": {"en": "Code", "zh": "代码"}, "x-dpv": "dpv-pd:OfficialID", "x-sensitivity": "S3", "minLength": 2, "maxLength": 4, "pattern": "^[A-Z]+$"},
            "kind": {"type": "string", "x-title": {"en": "Kind", "zh": "种类"}, "x-dpv": "dpv-pd:Job", "x-sensitivity": "S1", "enum": ["a", "b"], "x-values": {"a": {"en": "A", "zh": "甲"}, "b": {"en": "B", "zh": "乙"}}},
            "only": {"type": "string", "x-title": {"en": "Only", "zh": "唯一"}, "x-dpv": "dpv-pd:Job", "x-sensitivity": "S1", "const": "CNY"},
            "count": {"type": "integer", "x-title": {"en": "Count", "zh": "数量"}, "x-dpv": "dpv-pd:Age", "x-sensitivity": "S2", "minimum": 0, "maximum": 10, "x-unit": "year"},
            "grade": {"type": "integer", "x-title": {"en": "Grade", "zh": "等级"}, "x-dpv": "dpv-pd:Age", "x-sensitivity": "S2", "enum": [1, 2]},
            "size": {"type": "number", "x-title": {"en": "Size", "zh": "大小"}, "x-dpv": "dpv-pd:Income", "x-sensitivity": "S2", "minimum": -1.5},
            "flag": {"type": "boolean", "x-title": {"en": "Flag", "zh": "标志"}, "x-dpv": "dpv-pd:Credit", "x-sensitivity": "S2"},
            "day": {"type": "string", "format": "date", "x-title": {"en": "Day", "zh": "日"}, "x-dpv": "dpv-pd:BirthDate", "x-sensitivity": "S2"},
            "at": {"type": "string", "format": "date-time", "x-title": {"en": "At", "zh": "时刻"}, "x-dpv": "dpv-pd:BirthDate", "x-sensitivity": "S2"},
            "list": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 100}, "maxItems": 3, "x-size": 256, "x-title": {"en": "List", "zh": "列表"}, "x-dpv": "dpv-pd:MedicalHealth", "x-sensitivity": "S3"}
          }
        }
        """;

    private static readonly RecordSchema Sample = RecordSchema.Parse(Encoding.UTF8.GetBytes(Valid)).OrThrow();

    [TestMethod]
    public void Parse_ValidDocument_GivesItsFieldsInOrder()
    {
        Assert.AreEqual("sample/3", Sample.Id);
        Assert.AreEqual("sample", Sample.Name);
        Assert.AreEqual("urn:privchain:schema:sample:3", Sample.Urn);
        CollectionAssert.AreEqual(
            new[] { "code", "kind", "only", "count", "grade", "size", "flag", "day", "at", "list" }, Sample.Fields.Select(field => field.Name).ToArray());
        Assert.IsTrue(Sample.TryField("kind", out var kind));
        Assert.AreEqual("乙", kind.ValueTitles["b"].Zh);
        Assert.AreEqual(FieldType.Date, Sample.Fields[7].Type);
        Assert.AreEqual(Sensitivity.S3, Sample.Fields[0].Sensitivity);
        Assert.IsTrue(Sample.Fields[0].Required);
        Assert.AreEqual("year", Sample.Fields[3].Unit);
    }

    // White space and order of members do not change a schema's digest; a value does.
    [TestMethod]
    public void Digest_SameContentOtherText_IsTheSame()
    {
        var rewritten = Encoding.UTF8.GetBytes(JsonNode.Parse(Valid)!.ToJsonString());
        Assert.AreEqual(Sample.Digest, RecordSchema.Parse(rewritten).OrThrow().Digest);
        Assert.AreNotEqual(Sample.Digest, RecordSchema.Parse(Encoding.UTF8.GetBytes(Valid.Replace("样本", "样品"))).OrThrow().Digest);
    }

    [TestMethod]
    [DataRow("\"minimum\": 0", "\"exclusiveMinimum\": 0", "exclusiveMinimum")]
    [DataRow("\"minimum\": 0", "\"minimum\": 11", "minimum")]
    [DataRow("\"minimum\": 0", "\"minimum\": \"0\"", "minimum")]
    [DataRow("\"minLength\": 2", "\"minLength\": 5", "minLength")]
    [DataRow("\"minLength\": 2", "\"minLength\": -1", "minLength")]
    [DataRow("\"maxLength\": 4, ", "", "maxLength")]
    [DataRow("\"maxLength\": 4", "\"maxLength\": 4001", "maxLength")]
    [DataRow("^[A-Z]+$", "^\\\\d+$", "pattern")]
    [DataRow("^[A-Z]+$", "[A-Z]+", "pattern")]
    [DataRow("^[A-Z]+$", "^(?=A)[A-Z]+$", "pattern")]
    [DataRow("^[A-Z]+$", "^([A-Z]+$", "pattern")]
    [DataRow("\"additionalProperties\": false", "\"additionalProperties\": true", "additionalProperties")]
    [DataRow("\"additionalProperties\": false, ", "", "additionalProperties")]
    [DataRow("draft/2020-12", "draft/2019-09", "$schema")]
    [DataRow("schema:sample:3", "schema:Sample:3", "$id")]
    [DataRow("schema:sample:3", "schema:sample:0", "$id")]
    [DataRow("\"required\": [\"code\"]", "\"required\": [\"cod\"]", "required")]
    [DataRow("\"required\": [\"code\"]", "\"required\": [\"code\", \"code\"]", "required")]
    [DataRow("\"required\": [\"code\"]", "\"required\": \"code\"", "required")]
    [DataRow("\"zh\": \"样本\"", "\"zh\": \"\"", "x-title")]
    [DataRow(", \"zh\": \"样本\"", "", "x-title")]
    [DataRow("\"S3\", \"minLength\"", "\"S4\", \"minLength\"", "x-sensitivity")]
    [DataRow("dpv-pd:OfficialID", "OfficialID", "x-dpv")]
    [DataRow("\"x-unit\": \"year\"", "\"x-unit\": \"\"", "x-unit")]
    [DataRow("[\"a\", \"b\"]", "[\"a\", \"a\"]", "enum")]
    [DataRow("[\"a\", \"b\"]", "[\"a\"]", "x-values")]
    [DataRow("[\"a\", \"b\"]", "[\"a\", \"b\", \"c\"]", "x-values")]
    [DataRow("[\"a\", \"b\"]", "[\"a\", 1]", "enum")]
    [DataRow("[\"a\", \"b\"]", "[]", "enum")]
    [DataRow("\"format\": \"date\"", "\"format\": \"time\"", "format")]
    [DataRow("\"x-size\": 256", "\"x-size\": 300", "x-size")]
    [DataRow("\"x-size\": 256", "\"x-size\": 65536", "x-size")]
    [DataRow("\"x-size\": 256, ", "", "x-size")]
    [DataRow("\"maxItems\": 3, ", "", "maxItems")]
    [DataRow("\"type\": \"boolean\"", "\"type\": \"null\"", "type")]
    [DataRow("\"type\": \"boolean\"", "\"$ref\": \"#/x\"", "$ref")]
    [DataRow("\"flag\"", "\"Flag\"", "Flag")]
    [DataRow("\"flag\"", "\"Code\"", "Code")]
    [DataRow("\"flag\"", "\"codE\"", "codE")]
    [DataRow("\"flag\"", "\"_sd\"", "_sd")]
    [DataRow("\"flag\"", "\"exp\"", "exp")]
    [DataRow("\"flag\"", "\"status\"", "status")]
    [DataRow("\"flag\"", "\"__proto__\"", "__proto__")]
    [DataRow("\"flag\"", "\"constructor\"", "constructor")]
    [DataRow("\"flag\"", "\"fläg\"", "fläg")]
    [DataRow("{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 100}", "{\"type\": \"integer\"}", "items")]
    public void Parse_OneRuleBroken_IsRefusedByName(string valid, string broken, string named)
    {
        Assert.Contains(valid, Valid);
        var verdict = RecordSchema.Parse(Encoding.UTF8.GetBytes(Valid.Replace(valid, broken)));
        Assert.AreEqual(RefusalReason.Malformed, verdict.Reason);
        Assert.Contains(named, verdict.Refusal!.Detail);
    }

    [TestMethod]
    [DataRow("""{"code":"AB"}""")]
    [DataRow("""{"code":"ABCD","kind":"b","only":"CNY","count":10,"grade":2,"size":-1.5,"flag":false,"day":"2024-02-29","at":"2031-05-17T08:30:00Z","list":["x","y","z"]}""")]
    [DataRow("""{"list":[],"code":"AB","count":0}""")]
    public void Validate_GoodClaims_AreAccepted(string claims) =>
        Assert.IsTrue(Sample.Validate(JsonElement.Parse(claims)).Accepted);

    [TestMethod]
    [DataRow("[]", "type object")]
    [DataRow("{}", "code: required")]
    [DataRow("""{"code":null}""", "code: type string")]
    [DataRow("""{"code":7}""", "code: type string")]
    [DataRow("""{"code":"A"}""", "code: minLength")]
    [DataRow("""{"code":"ABCDE"}""", "code: maxLength")]
    [DataRow("""{"code":"ab"}""", "code: pattern")]
    [DataRow("""{"code":"AB\n"}""", "code: plain text")]
    [DataRow("""{"code":"\u202eAB"}""", "code: plain text")]
    [DataRow("""{"code":"\ud800A"}""", "code: type string")]
    [DataRow("""{"code":"AB","code":"AB"}""", "code: given twice")]
    [DataRow("""{"code":"AB","kind":"c"}""", "kind: enum")]
    [DataRow("""{"code":"AB","only":"USD"}""", "only: enum")]
    [DataRow("""{"code":"AB","count":11}""", "count: maximum")]
    [DataRow("""{"code":"AB","count":-1}""", "count: minimum")]
    [DataRow("""{"code":"AB","count":1.0}""", "count: type integer")]
    [DataRow("""{"code":"AB","count":1e0}""", "count: type integer")]
    [DataRow("""{"code":"AB","count":"1"}""", "count: type integer")]
    [DataRow("""{"code":"AB","grade":3}""", "grade: enum")]
    [DataRow("""{"code":"AB","size":-1.6}""", "size: minimum")]
    [DataRow("""{"code":"AB","size":1e400}""", "size: type number")]
    [DataRow("""{"code":"AB","flag":"true"}""", "flag: type boolean")]
    [DataRow("""{"code":"AB","day":"2023-02-29"}""", "day: format date")]
    [DataRow("""{"code":"AB","day":"2023-2-9"}""", "day: format date")]
    [DataRow("""{"code":"AB","at":"2031-05-17T08:30:00+01:00"}""", "at: format date-time")]
    [DataRow("""{"code":"AB","list":["a","b","c","d"]}""", "list: maxItems")]
    [DataRow("""{"code":"AB","list":[""]}""", "list: minLength")]
    [DataRow("""{"code":"AB","list":[1]}""", "list: items type string")]
    [DataRow("""{"code":"AB","list":"a"}""", "list: type array")]
    [DataRow("""{"code":"AB","list":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]}""", "list: x-size")]
    [DataRow("""{"code":"AB","other":1}""", "additionalProperties")]
    public void Validate_OneRuleBroken_NamesFieldAndRule(string claims, string expected)
    {
        var verdict = Sample.Validate(JsonElement.Parse(claims));
        Assert.AreEqual(RefusalReason.SchemaViolation, verdict.Reason);
        Assert.AreEqual($"sample/3: {expected}", verdict.Refusal!.Detail);
    }

    [TestMethod]
    public void Validate_SeveralRulesBroken_NamesThemAllAndNoValue()
    {
        var detail = Sample.Validate(JsonElement.Parse("""{"count":777,"kind":"secret","secret":1}""")).Refusal!.Detail;
        Assert.AreEqual("sample/3: count: maximum; kind: enum; additionalProperties; code: required", detail);
    }

    // Every valid text of a field fits its declared padded size: the length of a sealed part never depends on the value.
    [TestMethod]
    public void PaddedSize_LongestValues_FitForEveryBuiltInField()
    {
        foreach (var schema in SchemaCatalog.BuiltIn.All)
        {
            foreach (var field in schema.Fields.Where(field => field.Type == FieldType.Text && field.Pattern is null && field.AllowedValues.Count == 0))
            {
                foreach (var character in new[] { "\U0001F600", "\"", "\\", "文" })
                {
                    var longest = new JsonObject { ["v"] = string.Concat(Enumerable.Repeat(character, field.MaxLength)) };
                    var value = JsonElement.Parse(longest.ToJsonString()).GetProperty("v");
                    Assert.IsNull(field.BrokenRule(value), $"{schema.Id} {field.Name}");
                }
            }
        }
    }

    [TestMethod]
    public void BuiltIn_Catalogue_HoldsTheSchemasOfTheMainJob()
    {
        var ids = SchemaCatalog.BuiltIn.All.Select(schema => schema.Id).ToArray();
        foreach (var id in new[] { "census-person/1", "credit-application/1", "identity-card/1", "income-statement/1", "patient-summary/1", "property-certificate/1" })
        {
            CollectionAssert.Contains(ids, id);
        }

        foreach (var schema in SchemaCatalog.BuiltIn.All)
        {
            Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind(schema.Id, out var found));
            Assert.AreSame(schema, found);
            foreach (var field in schema.Fields.Where(field => field.AllowedValues.Count > 1))
            {
                Assert.HasCount(field.AllowedValues.Count, field.ValueTitles, $"{schema.Id} {field.Name}");
            }
        }
    }

    [TestMethod]
    public void With_SameIdOtherContent_IsAConflict()
    {
        var catalog = SchemaCatalog.BuiltIn.With(Encoding.UTF8.GetBytes(Valid)).OrThrow();
        Assert.IsTrue(catalog.TryFind("sample/3", out _));
        Assert.IsFalse(SchemaCatalog.BuiltIn.TryFind("sample/3", out _));
        Assert.AreSame(catalog, catalog.With(Encoding.UTF8.GetBytes(Valid)).OrThrow());
        Assert.AreEqual(RefusalReason.Conflict, catalog.With(Encoding.UTF8.GetBytes(Valid.Replace("样本", "样品"))).Reason);
    }

    [TestMethod]
    public void Parse_TruncatedAndMutatedDocuments_GiveAVerdict()
    {
        var bytes = Encoding.UTF8.GetBytes(Valid);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.IsFalse(RecordSchema.Parse(bytes.AsSpan(0, length)).Accepted);
        }

        Seeded.Mutations(bytes, seed: 2, count: 1500, mutated => RecordSchema.Parse(mutated));
    }
}
