using System.Text;
using System.Text.Json;
using PrivChain.Core.Consent;
using PrivChain.Core.Refusals;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Consent;

[TestClass]
public sealed class DpvConsentRecordTests
{
    private const string Valid = """
        {"@id":"https://example.com/1","@type":"dpv:ConsentRecord","dct:identifier":"1","dpv:hasProcess":{"@type":"dpv:Process","dpv:hasPurpose":"dpv:Marketing"},"dpv:hasConsentStatus":{"@type":["dpv:ConsentGiven","dpv:ExpressedConsent"],"dpv:isIndicatedAtTime":"2024-01-01"}}
        """;

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Parse_PublishedExamples_AcceptsThoseThatAreSoundAndNoOthers()
    {
        var seen = new Dictionary<string, int>();
        foreach (var file in VectorFolder.Files("consent", "iso27560*.json"))
        {
            foreach (var example in JsonElement.Parse(File.ReadAllBytes(file)).GetProperty("examples").EnumerateArray())
            {
                var status = example.GetProperty("json_status").GetString()!;
                seen[status] = seen.GetValueOrDefault(status) + 1;
                var verdict = DpvConsentRecord.Parse(Encoding.UTF8.GetBytes(example.GetProperty("text").GetString()!));
                Assert.AreEqual(status == "ok", verdict.Accepted, $"{Path.GetFileName(file)}, example {example.GetProperty("n")}: {verdict.Refusal}");
                if (verdict.Accepted)
                {
                    // And back: what we write of it is the same record.
                    var again = DpvConsentRecord.Parse(verdict.Value.Json.Span).OrThrow();
                    Assert.IsTrue(again.Json.Span.SequenceEqual(verdict.Value.Json.Span));
                    Assert.AreEqual((verdict.Value.Id, verdict.Value.IsReceipt, verdict.Value.Identifier), (again.Id, again.IsReceipt, again.Identifier));
                    CollectionAssert.AreEqual(verdict.Value.Statuses, again.Statuses);
                }
            }
        }

        Assert.IsGreaterThan(0, seen["ok"]);
    }

    [TestMethod]
    public void Parse_OneProcessOrMany_AreWrittenAsArray()
    {
        var record = DpvConsentRecord.Parse(Encoding.UTF8.GetBytes(Valid)).OrThrow();
        Assert.HasCount(1, record.Processes);
        Assert.AreEqual(new DpvConsentStatus("dpv:ConsentGiven", "2024-01-01"), record.Statuses.Single());
        Assert.Contains("\"dpv:hasProcess\":[{", Encoding.UTF8.GetString(record.Json.Span));
    }

    [TestMethod]
    [DataRow("\"dpv:ConsentRecord\"", "\"dpv:Process\"")]
    [DataRow("\"@id\":\"https://example.com/1\",", "")]
    [DataRow("\"dct:identifier\":\"1\"", "\"dct:identifier\":\"1\",\"dct:identifier\":\"2\"")]
    [DataRow("\"dct:identifier\":\"1\"", "\"dct:identifier\":null")]
    [DataRow("\"dct:identifier\"", "\"dct identifier\"")]
    [DataRow("{\"@type\":\"dpv:Process\",\"dpv:hasPurpose\":\"dpv:Marketing\"}", "\"dpv:Process\"")]
    [DataRow("\"@type\":\"dpv:Process\",", "")]
    [DataRow("dpv:ConsentGiven", "dpv:ConsentForged")]
    [DataRow("dpv:ExpressedConsent", "dpv:ConsentWithdrawn")]
    [DataRow("2024-01-01", "yesterday")]
    [DataRow("2024-01-01", "2024-02-30")]
    public void Parse_OneThingWrong_IsRefused(string from, string to)
    {
        Assert.Contains(from, Valid);
        Assert.AreEqual(RefusalReason.Malformed, DpvConsentRecord.Parse(Encoding.UTF8.GetBytes(Valid.Replace(from, to))).Reason);
    }

    [TestMethod]
    public void Parse_TruncationTrailingBytesOrDepth_IsRefused()
    {
        var bytes = Encoding.UTF8.GetBytes(Valid.Trim());
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(DpvConsentRecord.Parse(bytes.AsSpan(0, length)).Accepted, $"accepted {length} bytes");
        }

        Assert.IsFalse(DpvConsentRecord.Parse([.. bytes, (byte)'x']).Accepted);
        Assert.IsFalse(DpvConsentRecord.Parse(Encoding.UTF8.GetBytes(new string('[', 100_000))).Accepted);
        Assert.AreEqual(RefusalReason.TooLarge, DpvConsentRecord.Parse(new byte[300_000]).Reason);
    }

    [TestMethod]
    public void Parse_SeededMutations_NeverThrow()
    {
        var original = Encoding.UTF8.GetBytes(Valid);
        var random = new Random(27560);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])original.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (DpvConsentRecord.Parse(bytes) is { Accepted: true } verdict)
            {
                Assert.IsTrue(DpvConsentRecord.Parse(verdict.Value.Json.Span).Accepted);
            }
        }
    }
}
