using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Sdk.Receipts;

namespace PrivChain.Sdk.Tests.Receipts;

/// <summary>Promise P9: a receipt proves, offline, which consent, code, evidence, fields, for whom, which output, where in the trail. So every part of it has to matter.</summary>
[TestClass]
public sealed class P9_ReceiptsProve
{
    private static readonly ReceiptFixture _fixture = new();

    [TestMethod]
    public void Verify_Genuine_HoldsWithAndWithoutTheAnswer()
    {
        var report = _fixture.Verify(_fixture.Receipt);
        Assert.IsTrue(report.Valid, report.Failed?.ToString());
        Assert.IsTrue(report.Simulated, "simulated evidence is visible");
        Assert.IsTrue(report.Pinned);
        Assert.IsTrue(_fixture.Verify(_fixture.Receipt.WithoutAnswer()).Valid);
    }

    [TestMethod]
    public void Verify_SimulatedEvidenceNotAccepted_IsRefused()
    {
        var report = ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(_fixture.Receipt.ToJson()), _fixture.Ledger.Domain.LedgerId, acceptSimulated: false);
        Assert.AreEqual("evidence", report.Failed!.Field);
        Assert.AreEqual(RefusalReason.EvidenceNotAccepted, report.Failed.Refusal!.Reason);
    }

    [TestMethod]
    public void Verify_OtherLedgerPinned_IsRefused()
    {
        var report = ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(_fixture.Receipt.ToJson()), LedgerFixture.RandomDigest(), acceptSimulated: true);
        Assert.AreEqual(RefusalReason.WrongLedger, report.Failed!.Refusal!.Reason);
    }

    // A person's copy of an answer names all queries of the use by their root alone.
    [TestMethod]
    public void Verify_WithoutTheQuery_HoldsAndSaysSo()
    {
        var whole = _fixture.Verify(_fixture.Receipt);
        var own = _fixture.Verify(_fixture.Receipt with { Query = null });
        Assert.IsTrue(own.Valid, own.Failed?.ToString());
        Assert.HasCount(whole.NotChecked.Count + 1, own.NotChecked);
        Assert.DoesNotContain("batch", own.Checks.Select(check => check.Field).ToList());
        CollectionAssert.AreEqual(own.Checks.ToList(), whole.Checks.Where(check => check.Field != "batch").ToList());
        foreach (var half in new[] { "query", "batch" })
        {
            var root = JsonNode.Parse(_fixture.Receipt.ToJson())!.AsObject();
            root.Remove(half);
            Assert.AreEqual("file", Verify(root.ToJsonString()).Failed!.Field, half);
        }
    }

    // Log and witnesses together could put in what nobody signed: the signature of each entry is looked at for itself.
    [TestMethod]
    public void Verify_EntryWithAnothersSignatureUnderTheCheckpoint_IsRefusedAndNamed()
    {
        var receipt = _fixture.Receipt;
        (string Field, ProvenEntryText Entry)[] entries =
        [
            ("entries.publication", receipt.Publication), ("entries.consent", receipt.Consent), ("entries.broker", receipt.Broker[0]), ("entries.measurement", receipt.Measurement[0]),
            ("entries.session", receipt.Session), ("entries.use", receipt.Use), ("entries.delivery", receipt.Delivery),
        ];
        foreach (var (field, entry) in entries)
        {
            var failed = _fixture.Verify(_fixture.WithForeignSignature(entry)).Failed;
            Assert.IsNotNull(failed, field);
            Assert.AreEqual(field, failed.Field);
            Assert.AreEqual(RefusalReason.BadSignature, failed.Refusal!.Reason, field);
        }
    }

    // Every leaf of the JSON is changed in turn: one character of a text, a number by one. None is decoration.
    [TestMethod]
    public void Verify_AnyMemberChanged_IsRefusedAndNamed()
    {
        var text = _fixture.Receipt.ToJson();
        var paths = Leaves(JsonNode.Parse(text)!).Select(leaf => leaf.GetPath()).ToList();
        Assert.IsGreaterThan(40, paths.Count);
        foreach (var path in paths)
        {
            var root = JsonNode.Parse(text)!;
            var leaf = Leaves(root).Single(node => node.GetPath() == path).AsValue();
            leaf.ReplaceWith(leaf.TryGetValue<string>(out var value) ? JsonValue.Create(Changed(value)) : JsonValue.Create(leaf.GetValue<long>() + 1));
            var report = ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(root.ToJsonString()), _fixture.Ledger.Domain.LedgerId, acceptSimulated: true);
            Assert.IsFalse(report.Valid, $"{path} was changed and nobody noticed");
            Assert.IsNotNull(report.Failed);
        }
    }

    [TestMethod]
    public void Verify_AnyMemberMissingOrRepeatedOrUnknown_IsRefused()
    {
        var text = _fixture.Receipt.ToJson();
        foreach (var name in JsonNode.Parse(text)!.AsObject().Select(member => member.Key).Where(name => name != "answer").ToList())
        {
            var root = JsonNode.Parse(text)!.AsObject();
            root.Remove(name);
            Assert.IsFalse(Verify(root.ToJsonString()).Valid, name);
        }

        var unknown = JsonNode.Parse(text)!.AsObject();
        unknown["more"] = 1;
        Assert.IsFalse(Verify(unknown.ToJsonString()).Valid);
        Assert.IsFalse(Verify(text[..^1] + ",\"format\":\"privchain-receipt/1\"}").Valid, "a repeated member");
        for (var length = 0; length < text.Length; length += 97)
        {
            Assert.IsFalse(Verify(text[..length]).Valid, $"{length} characters");
        }
    }

    // Parts of two genuine receipts of one ledger do not mix.
    [TestMethod]
    public void Verify_PartsOfAnotherReceipt_AreRefused()
    {
        var other = new ReceiptFixture().Receipt;
        var genuine = _fixture.Receipt;
        Receipt[] mixed =
        [
            genuine with { Core = other.Core }, genuine with { Use = other.Use }, genuine with { Consent = other.Consent }, genuine with { Session = other.Session }, genuine with { Delivery = other.Delivery },
            genuine with { Broker = other.Broker }, genuine with { Measurement = other.Measurement }, genuine with { Evidence = other.Evidence }, genuine with { SessionKey = other.SessionKey },
            genuine with { Checkpoint = other.Checkpoint }, genuine with { Answer = other.Answer, AnswerSalt = other.AnswerSalt }, genuine with { Query = other.Query },
            genuine with { Use = genuine.Consent }, genuine with { Measurement = genuine.Broker }, genuine with { Broker = [] },
        ];
        for (var i = 0; i < mixed.Length; i++)
        {
            Assert.IsFalse(_fixture.Verify(mixed[i]).Valid, $"mixture {i}");
        }
    }

    private static ReceiptReport Verify(string text) => ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(text), _fixture.Ledger.Domain.LedgerId, acceptSimulated: true);

    private static IEnumerable<JsonNode> Leaves(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value!)),
        JsonArray items => items.SelectMany(item => Leaves(item!)),
        _ => [node],
    };

    // Changes a character in the middle to another of the same kind, so that form alone seldom gives it away.
    private static string Changed(string value)
    {
        var characters = value.ToCharArray();
        for (var i = characters.Length / 2; i < characters.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(characters[i]))
            {
                characters[i] = characters[i] == '1' ? '2' : '1';
                break;
            }
        }

        return new string(characters);
    }
}
