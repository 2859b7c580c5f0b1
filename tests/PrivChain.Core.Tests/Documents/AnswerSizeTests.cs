using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Contracts;
using PrivChain.Core.Tests.Ledger;

namespace PrivChain.Core.Tests.Documents;

/// <summary>The padded size follows from the contract alone, and no answer that its records allow is longer.</summary>
[TestClass]
public sealed class AnswerSizeTests
{
    [TestMethod]
    [DataRow("age-check", 4096)]
    [DataRow("mortgage-precheck", 4096)]
    [DataRow("insurance-direct-claim", 16384)]
    [DataRow("credit-decision", 16384)]
    public void PaddedSizeFor_BuiltInContract_FollowsFromItsFields(string template, int size) =>
        Assert.AreEqual(size, AnswerEnvelope.PaddedSizeFor(ContractFixtures.Parse(Encoding.UTF8.GetString(ContractTemplates.For(template, AccountAddress.Parse(ContractFixtures.Controller)).OrThrow()))));

    // Every text and list of a record as long as its schema allows, in characters of four bytes, and every field shown whole.
    [TestMethod]
    public void PaddedSizeFor_LongestRecord_HoldsAnswerReceiptAndMessage()
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("patient-summary/1", out var schema));
        var contract = Showing(schema, SchemaCatalog.BuiltIn);
        Assert.AreEqual(65536, AnswerEnvelope.PaddedSizeFor(contract));

        var values = schema.Fields.ToDictionary(field => field.Name, Longest);
        var answer = ContractEvaluator.Evaluate(
            contract, [], new Dictionary<string, IReadOnlyDictionary<string, JsonElement>> { [schema.Id] = values }, ContractFixtures.Context()).OrThrow();
        Assert.IsGreaterThan(16384, answer.Bytes.Length);
        Assert.IsLessThanOrEqualTo(contract.LongestAnswer, answer.Bytes.Length);
        var core = Core(contract).ToArray();
        Assert.IsLessThanOrEqualTo(ReceiptCore.LongestFor(contract), core.Length);

        var envelope = new AnswerEnvelope { Queries = Digest.Zero, Reason = RefusalReason.None, Answer = answer.Bytes, ReceiptCore = core, UseIndex = ulong.MaxValue, DeliveryIndex = ulong.MaxValue };
        Assert.HasCount(65536, SizeClass.Pad(envelope.ToArray(), 65536));
        Assert.IsTrue(AnswerEnvelope.TryParse(envelope.ToArray(), out _));
    }

    // The longest result of each form, on a field of each type that it applies to.
    [TestMethod]
    public void LongestResult_OfEveryForm_IsNotExceeded()
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("patient-summary/1", out var schema));
        string[] forms =
        [
            """{"form":"value"}""", """{"form":"exists"}""", """{"form":"mask","keepLast":32}""", """{"form":"pseudonym"}""", """{"form":"year"}""",
            """{"form":"band","edges":[-999999999999999,999999999999999]}""", """{"form":"round","to":0.00001}""", """{"form":"age-at-least","years":18}""",
        ];
        foreach (var field in schema.Fields)
        {
            foreach (var form in forms.Select(ContractFixtures.Form).Where(form => form.AppliesTo(field.Type)))
            {
                Assert.IsLessThanOrEqualTo(form.LongestResult(field), form.Apply(Longest(field), ContractFixtures.Context()).OrThrow().ToJson().Length, $"{field.Name} as {form.Name}");
            }
        }
    }

    [TestMethod]
    public void PaddedSizeFor_AnswerMayBeAboveTheLargestClass_IsNone()
    {
        var schema = """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:privchain:schema:bulk:1","type":"object","x-title":{"en":"Bulk","zh":"大"},"additionalProperties":false,"properties":{
            """ + string.Join(',', Enumerable.Range(0, 5).Select(i => $$"""
            "part{{i}}":{"type":"string","x-title":{"en":"Part","zh":"部分"},"x-dpv":"dpv-pd:Name","x-sensitivity":"S1","minLength":1,"maxLength":4000}
            """)) + "}}";
        var catalog = SchemaCatalog.BuiltIn.With(Encoding.UTF8.GetBytes(schema)).OrThrow();
        Assert.IsTrue(catalog.TryFind("bulk/1", out var bulk));
        Assert.IsNull(AnswerEnvelope.PaddedSizeFor(Showing(bulk, catalog)));
    }

    private static PrivacyContract Showing(RecordSchema schema, SchemaCatalog catalog)
    {
        var shows = new JsonObject(schema.Fields.Select(field => KeyValuePair.Create<string, JsonNode?>($"{schema.Name}.{field.Name}", new JsonObject { ["form"] = "value" })));
        var text = ContractFixtures.Changed(root => (root["shows"], root["records"]) = (shows, new JsonArray(schema.Id)));
        return PrivacyContract.Parse(Encoding.UTF8.GetBytes(text), catalog).OrThrow();
    }

    private static JsonElement Longest(RecordField field)
    {
        var text = string.Concat(Enumerable.Repeat("𠀀", field.MaxLength));
        var value = field switch
        {
            { AllowedValues.Count: > 0 } => field.AllowedValues.MaxBy(allowed => allowed.Length)!,
            { Type: FieldType.Date } => "\"2001-12-31\"",
            { Type: FieldType.Text } => JsonSerializer.Serialize(text),
            { Type: FieldType.TextList } => LongestList(field, text),
            _ => "1000000",
        };
        var element = JsonElement.Parse(value);
        Assert.IsNull(field.BrokenRule(element), field.Name);
        return element;
    }

    private static string LongestList(RecordField field, string text)
    {
        var items = new List<string>();
        bool Fits() => Jcs.Canonicalize(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(items))).OrThrow().Length <= field.MaxValueBytes;
        while (Fits())
        {
            items.Add(text);
        }

        while (!Fits())
        {
            items[^1] = items[^1][..^2];
        }

        return JsonSerializer.Serialize(items);
    }

    private static ReceiptCore Core(PrivacyContract contract)
    {
        var digest = LedgerFixture.RandomDigest();
        return new ReceiptCore
        {
            CitizenKey = digest, Consent = digest, Contract = digest, Controller = contract.Controller, Evidence = digest, EvidenceKind = "open-enclave-simulated",
            Fields = [.. contract.Shows.Select(field => field.Name)], Forms = [.. contract.Shows.Select(field => field.Form.Name)],
            Issuers = [.. contract.Records.Select(_ => contract.Controller)], Ledger = digest, Measurement = digest, Output = digest, Queries = digest,
            Records = [.. contract.Records.Select(_ => digest)], RecipientKey = digest, SessionKey = digest, Use = digest, Worker = contract.Controller,
        };
    }
}
