using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using PrivChain.Core.Contracts;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;
using static PrivChain.Core.Tests.Contracts.ContractFixtures;

namespace PrivChain.Core.Tests.Contracts;

[TestClass]
public sealed class ContractEvaluatorTests
{
    internal static Dictionary<string, IReadOnlyDictionary<string, JsonElement>> Records(string name = "王", string id = "320106199001011234") => new()
    {
        ["identity-card/1"] = new Dictionary<string, JsonElement>
        {
            ["familyName"] = JsonOf(JsonSerializer.Serialize(name)),
            ["givenName"] = JsonOf("\"secret-given\""),
            ["idNumber"] = JsonOf($"\"{id}\""),
            ["birthDate"] = JsonOf("\"1990-01-01\""),
            ["address"] = JsonOf("\"secret-home\""),
        },
        ["income-statement/1"] = new Dictionary<string, JsonElement> { ["monthly"] = JsonOf("12345.67"), ["employer"] = JsonOf("\"secret-employer\"") },
        ["property-certificate/1"] = new Dictionary<string, JsonElement> { ["address"] = JsonOf("\"secret-address\"") },
    };

    private static AnswerDocument Answer(string text, params string[] granted) =>
        ContractEvaluator.Evaluate(Parse(text), granted, Records(), Context()).OrThrow();

    [TestMethod]
    public void FieldsNeeded_OptionalFields_AreThoseChosenAndNoOthers()
    {
        var contract = Parse(Mortgage);
        CollectionAssert.AreEqual(
            new[] { "identity-card.birthDate", "identity-card.idNumber", "income-statement.monthly" },
            ContractEvaluator.FieldsNeeded(contract, []).OrThrow().Select(field => field.Name).ToArray());
        Assert.HasCount(4, ContractEvaluator.FieldsNeeded(contract, ["property-certificate.address"]).OrThrow());

        // A required field is not a choice, and what the contract does not name cannot be added.
        foreach (var name in new[] { "identity-card.birthDate", "identity-card.address", "", "property-certificate" })
        {
            Assert.AreEqual(RefusalReason.FieldNotInContract, ContractEvaluator.FieldsNeeded(contract, [name]).Reason);
            Assert.AreEqual(RefusalReason.FieldNotInContract, ContractEvaluator.Evaluate(contract, [name], Records(), Context()).Reason);
        }
    }

    [TestMethod]
    public void Evaluate_TheDesignsContract_GivesTheTypedCanonicalAnswer()
    {
        var answer = Answer(Mortgage, "property-certificate.address");
        Assert.IsTrue(answer["identity-card.birthDate"].YesNo);
        Assert.AreEqual("••••1234", answer["identity-card.idNumber"].Text);
        Assert.AreEqual((10000m, 20000m), (answer["income-statement.monthly"].From, answer["income-statement.monthly"].Below));
        Assert.IsTrue(answer["property-certificate.address"].YesNo);
        Assert.AreEqual(FormResultKind.NotGranted, Answer(Mortgage)["property-certificate.address"].Kind);
        Assert.IsTrue(answer.Bytes.Span.SequenceEqual(Jcs.Canonicalize(answer.Bytes.Span).OrThrow()));
        Assert.AreEqual(
            """{"contract":"DIGEST","shows":{"identity-card.birthDate":{"form":"age-at-least","result":{"answer":true,"kind":"yes-no"}},"identity-card.idNumber":{"form":"mask","result":{"kind":"masked","text":"••••1234"}},"income-statement.monthly":{"form":"band","result":{"below":20000,"from":10000,"kind":"band"}},"property-certificate.address":{"form":"exists","result":{"answer":true,"kind":"yes-no"}}}}""".Replace("DIGEST", Parse(Mortgage).Digest.ToString()),
            Encoding.UTF8.GetString(answer.Bytes.Span));
    }

    [TestMethod]
    public void Evaluate_WhatIsMissingOrWrong_IsRefusedByNameAndWithoutTheValue()
    {
        var contract = Parse(Mortgage);
        var records = Records();
        records.Remove("income-statement/1");
        Assert.AreEqual(RefusalReason.RecordMissing, ContractEvaluator.Evaluate(contract, [], records, Context()).Reason);

        records = Records(id: "SECRET");
        var refusal = ContractEvaluator.Evaluate(contract, [], records, Context()).Refusal!;
        Assert.AreEqual(RefusalReason.SchemaViolation, refusal.Reason);
        Assert.Contains("identity-card.idNumber", refusal.Detail);
        Assert.DoesNotContain("SECRET", refusal.Detail);

        Assert.AreEqual(RefusalReason.WrongRecipient, ContractEvaluator.Evaluate(contract, [], Records(), Context(controller: OtherController)).Reason);
        Assert.AreEqual(RefusalReason.FormNotApplicable, ContractEvaluator.Evaluate(contract, [], Records(), Context("1989-12-31")).Reason);
    }

    // An optional field that was not granted is never read, even when its record is not there.
    [TestMethod]
    public void Evaluate_RecordOfUngrantedFieldMissing_IsNoFault()
    {
        var records = Records();
        records.Remove("property-certificate/1");
        Assert.IsTrue(ContractEvaluator.Evaluate(Parse(Mortgage), [], records, Context()).Accepted);
        Assert.IsFalse(ContractEvaluator.Evaluate(Parse(Mortgage), ["property-certificate.address"], records, Context()).Accepted);
    }

    [TestMethod]
    public void Evaluate_FieldLeftOutOfTheRecord_IsAbsent()
    {
        var records = Records();
        records["property-certificate/1"] = new Dictionary<string, JsonElement>();
        records["income-statement/1"] = new Dictionary<string, JsonElement>();
        var answer = ContractEvaluator.Evaluate(Parse(Mortgage), ["property-certificate.address"], records, Context()).OrThrow();
        Assert.IsFalse(answer["property-certificate.address"].YesNo);
        Assert.AreEqual(FormResultKind.Absent, answer["income-statement.monthly"].Kind);
    }

    // Two people who differ only in fields that the contract does not name get the same answer, byte for byte; and no unnamed value is in it.
    [TestMethod]
    public void Evaluate_UnnamedFields_LeaveNoTraceInTheAnswer() =>
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 8, 30], Gen.Int[10000, 19999], Gen.Int[10000, 19999]).Sample((unnamed, one, other) =>
        {
            var contract = Parse(Mortgage);
            byte[] Evaluate(string name, int income)
            {
                var records = Records(name);
                records["income-statement/1"] = new Dictionary<string, JsonElement>
                {
                    ["monthly"] = JsonOf(income.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    ["employer"] = JsonOf($"\"{name}\""),
                };
                return ContractEvaluator.Evaluate(contract, [], records, Context()).OrThrow().Bytes.ToArray();
            }

            var answer = Evaluate(unnamed, one);
            var text = Encoding.UTF8.GetString(answer);
            return answer.AsSpan().SequenceEqual(Evaluate("x", other)) && !text.Contains(unnamed, StringComparison.Ordinal) && !text.Contains("secret", StringComparison.Ordinal)
                && !text.Contains("1990", StringComparison.Ordinal) && !text.Contains("320106", StringComparison.Ordinal);
        }, iter: 100);

    [TestMethod]
    public void AnswerParse_OwnBytes_RoundTrips_AndEveryTruncationIsRefused()
    {
        var contract = Parse(Mortgage);
        foreach (var granted in new string[][] { [], ["property-certificate.address"] })
        {
            var answer = Answer(Mortgage, granted);
            var again = AnswerDocument.Parse(answer.Bytes.Span, contract).OrThrow();
            Assert.IsTrue(answer.Bytes.Span.SequenceEqual(again.Bytes.Span));
            Assert.AreEqual("••••1234", again["identity-card.idNumber"].Text);
            for (var length = 0; length < answer.Bytes.Length; length++)
            {
                Assert.IsFalse(AnswerDocument.Parse(answer.Bytes.Span[..length], contract).Accepted, $"accepted {length} bytes");
            }

            Assert.IsFalse(AnswerDocument.Parse([.. answer.Bytes.Span, (byte)' '], contract).Accepted);
        }
    }

    [TestMethod]
    public void AnswerParse_OneThingWrong_IsRefused()
    {
        var contract = Parse(Mortgage);
        var text = Encoding.UTF8.GetString(Answer(Mortgage).Bytes.Span);
        Action<JsonObject>[] changes =
        [
            root => root["extra"] = 1,
            root => root["shows"]!["identity-card.sex"] = JsonNode.Parse("""{"form":"value","result":{"kind":"value","value":"male"}}"""),
            root => root["shows"]!.AsObject().Remove("identity-card.idNumber"),
            root => root["shows"]!["identity-card.idNumber"]!["form"] = "value",
            root => root["shows"]!["identity-card.idNumber"]!["result"] = JsonNode.Parse("""{"kind":"value","value":"320106199001011234"}"""),
            root => root["shows"]!["identity-card.birthDate"]!["result"] = JsonNode.Parse("""{"kind":"not-granted"}"""),
            root => root["shows"]!["property-certificate.address"]!["result"] = JsonNode.Parse("""{"kind":"absent"}"""),
        ];
        foreach (var change in changes)
        {
            var changed = Jcs.Canonicalize(Encoding.UTF8.GetBytes(Changed(text, change))).OrThrow();
            Assert.AreEqual(RefusalReason.Malformed, AnswerDocument.Parse(changed, contract).Reason, Encoding.UTF8.GetString(changed));
        }

        var other = Parse(Changed(root => root["version"] = 2));
        Assert.AreEqual(RefusalReason.DigestMismatch, AnswerDocument.Parse(Encoding.UTF8.GetBytes(text), other).Reason);
    }

    [TestMethod]
    public void AnswerParse_SeededMutations_NeverThrow()
    {
        var contract = Parse(Mortgage);
        var original = Answer(Mortgage).Bytes.ToArray();
        var random = new Random(6);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])original.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (AnswerDocument.Parse(bytes, contract) is { Accepted: true } verdict)
            {
                Assert.IsTrue(verdict.Value.Bytes.Span.SequenceEqual(bytes));
            }
        }
    }
}
