using System.Text;
using PrivChain.Cli.Import;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Tests.Import;

/// <summary>Mapping files: a setting that is misspelled or of another kind is named, never taken for its default.</summary>
[TestClass]
public sealed class ImportMappingTests
{
    private const string Valid = """{"format":"privchain-mapping/1","schema":"identity-card/1","source":"csv","header":true,"delimiter":";","missing":["?"],"holder":"contact","fields":{"familyName":"name","address":2}}""";

    [TestMethod]
    public void Parse_Valid_HoldsEveryMember()
    {
        var mapping = Parse(Valid).OrThrow();
        Assert.AreEqual(';', mapping.Delimiter);
        Assert.IsTrue(mapping.HasHeader);
        Assert.AreEqual("contact", mapping.Holder);
        CollectionAssert.AreEqual(new[] { "name", "2" }, mapping.Fields.Select(field => field.Column).ToArray());
        CollectionAssert.AreEqual(new[] { "?" }, mapping.Missing.ToArray());
    }

    [TestMethod]
    [DataRow("privchain-mapping/1", "privchain-mapping/2", "format")]
    [DataRow("identity-card/1", "identity-card/2", "schema")]
    [DataRow("\"csv\"", "\"0\"", "source")]
    [DataRow("\"csv\"", "\"CSV\"", "source")]
    [DataRow("\"csv\"", "\"csv, json\"", "source")]
    [DataRow("\"csv\"", "null", "source")]
    [DataRow("\"header\":true", "\"header\":\"yes\"", "header")]
    [DataRow("\"header\":true", "\"header\":1", "header")]
    [DataRow("\";\"", "\"\"", "delimiter")]
    [DataRow("\";\"", "\";;\"", "delimiter")]
    [DataRow("\";\"", "\"\\n\"", "delimiter")]
    [DataRow("\";\"", "\"\\\"\"", "delimiter")]
    [DataRow("\";\"", "59", "delimiter")]
    [DataRow("[\"?\"]", "\"?\"", "missing")]
    [DataRow("[\"?\"]", "[1]", "missing")]
    [DataRow("\"contact\"", "7", "holder")]
    [DataRow("\"holder\"", "\"Holder\"", "Holder")]
    [DataRow("\"familyName\"", "\"familyname\"", "familyname")]
    [DataRow("\"address\":2", "\"address\":0", "address")]
    [DataRow("\"address\":2", "\"address\":-1", "address")]
    [DataRow("\"address\":2", "\"address\":1.5", "address")]
    [DataRow("\"address\":2", "\"address\":4294967298", "address")]
    [DataRow("\"address\":2", "\"address\":null", "address")]
    [DataRow("\"fields\":{", "\"__proto__\":{},\"fields\":{", "__proto__")]
    public void Parse_OneThingWrong_IsRefusedAndNamed(string old, string replacement, string named)
    {
        Assert.Contains(old, Valid);
        var refusal = Parse(Valid.Replace(old, replacement, StringComparison.Ordinal)).Refusal;
        Assert.AreEqual(RefusalReason.Malformed, refusal!.Reason);
        Assert.Contains(named, refusal.Detail);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[]")]
    [DataRow("{}")]
    [DataRow("{\"format\":\"privchain-mapping/1\",\"format\":\"privchain-mapping/1\"}")]
    public void Parse_NotAMapping_IsMalformed(string text) => Assert.AreEqual(RefusalReason.Malformed, Parse(text).Reason);

    [TestMethod]
    public void Parse_EveryTruncationAndSeededMutations_GiveAVerdict()
    {
        var valid = Encoding.UTF8.GetBytes(Valid);
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.AreEqual(RefusalReason.Malformed, ImportMapping.Parse(valid.AsSpan(0, length), SchemaCatalog.BuiltIn).Reason, $"{length} bytes");
        }

        var random = new Random(71);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = valid.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _ = ImportMapping.Parse(bytes, SchemaCatalog.BuiltIn);
        }
    }

    [TestMethod]
    public void Load_BuiltIn_AllParse()
    {
        Assert.IsNotEmpty(ImportMapping.BuiltIn);
        foreach (var name in ImportMapping.BuiltIn)
        {
            Assert.IsTrue(ImportMapping.Load(name, SchemaCatalog.BuiltIn).Accepted, name);
        }
    }

    private static PrivChain.Core.Refusals.Verdict<ImportMapping> Parse(string text) => ImportMapping.Parse(Encoding.UTF8.GetBytes(text), SchemaCatalog.BuiltIn);
}
