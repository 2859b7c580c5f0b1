using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Tests.Ledger;

/// <summary>The genesis file comes from whoever set the ledger up: one valid text, one thing changed, a named refusal each time.</summary>
[TestClass]
public sealed class GenesisTests
{
    private static readonly byte[] _valid = new LedgerFixture().Genesis.ToArray();

    [TestMethod]
    public void Parse_Valid_RoundTrips() => CollectionAssert.AreEqual(_valid, Genesis.Parse(_valid).OrThrow().ToArray());

    [TestMethod]
    public void Parse_EveryTruncationAndTrailingByte_IsRefused()
    {
        for (var length = 0; length < _valid.Length; length++)
        {
            Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse(_valid.AsSpan(0, length)).Reason, $"{length} bytes");
        }

        foreach (var trailing in (string[])[" ", "\n", "\0", "{}", "x"])
        {
            Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse([.. _valid, .. Encoding.UTF8.GetBytes(trailing)]).Reason, trailing);
        }
    }

    [TestMethod]
    [DataRow("chainId", "0")]
    [DataRow("chainId", "9007199254740993")]
    [DataRow("createdAt", "0")]
    [DataRow("evidenceRoots", "[\"\"]")]
    [DataRow("certificateAuthorities", "[\"no base64\"]")]
    [DataRow("governorThreshold", "0")]
    [DataRow("governorThreshold", "65")]
    [DataRow("governors", "[]")]
    [DataRow("logKey", "\"ledger.example/test\"")]
    [DataRow("logKey", "\"ledger.example/test+00000000+AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\"")]
    [DataRow("maxSessionSeconds", "59")]
    [DataRow("maxSessionSeconds", "86401")]
    [DataRow("minimumSvn", "-1")]
    [DataRow("minimumSvn", "65536")]
    [DataRow("name", "\"\"")]
    [DataRow("regulatorApprovals", "0")]
    [DataRow("suite", "\"none\"")]
    [DataRow("witnessQuorum", "0")]
    [DataRow("witnessQuorum", "65")]
    [DataRow("witnesses", "[]")]
    [DataRow("witnesses", "[\"w.example+00000000+BAEB\"]")]
    public void Parse_ValueOutsideItsRule_IsBadSettingsAndNamesTheMember(string member, string value)
    {
        var refusal = Genesis.Parse(With(member, value)).Refusal;
        Assert.AreEqual(RefusalReason.BadSettings, refusal!.Reason, refusal.Detail);
        Assert.Contains(member, refusal.Detail.Replace("texts", "name evidenceRoots", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("chainId", "\"1\"")]
    [DataRow("chainId", "1e400")]
    [DataRow("chainId", "1.5")]
    [DataRow("chainId", "null")]
    [DataRow("format", "\"privchain-genesis/9\"")]
    [DataRow("governors", "{}")]
    [DataRow("governors", "[null]")]
    [DataRow("governors", "[\"0x1\"]")]
    [DataRow("name", "null")]
    [DataRow("nonce", "\"0x00\"")]
    [DataRow("witnesses", "[1]")]
    public void Parse_ValueOfAnotherKind_IsMalformed(string member, string value) => Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse(With(member, value)).Reason);

    [TestMethod]
    public void Parse_MemberMissingUnknownOrTwice_IsMalformed()
    {
        var members = JsonNode.Parse(_valid)!.AsObject().Select(member => member.Key).ToList();
        foreach (var member in members)
        {
            var without = JsonNode.Parse(_valid)!.AsObject();
            without.Remove(member);
            Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse(Encoding.UTF8.GetBytes(without.ToJsonString())).Reason, member);
        }

        var text = Encoding.UTF8.GetString(_valid);
        Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse(Encoding.UTF8.GetBytes(text[..^1] + ",\"zz\":1}")).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse(Encoding.UTF8.GetBytes(text[..^1] + ",\"suite\":\"international\"}")).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse(Encoding.UTF8.GetBytes(text.Replace(",", ", ", StringComparison.Ordinal))).Reason);
    }

    [TestMethod]
    public void Parse_KeysInTheWrongRole_IsRefusedBeforeAnybodyTrustsThem()
    {
        var fixture = new LedgerFixture();
        var (log, witness) = (fixture.Genesis.LogKey, fixture.Genesis.Witnesses[0]);
        Assert.AreEqual(RefusalReason.BadSettings, Genesis.Parse(With("logKey", $"\"{witness}\"")).Reason);
        Assert.AreEqual(RefusalReason.BadSettings, Genesis.Parse(With("witnesses", $"[\"{log}\"]")).Reason);

        // One key under two names would count twice in the quorum.
        Assert.IsTrue(NoteVerifierKey.TryParse(witness, out var key));
        var again = new NoteVerifierKey("another.example/name", NoteKeyType.Cosignature, key.PublicKey);
        Assert.AreEqual(RefusalReason.BadSettings, Genesis.Parse(With("witnesses", $"[\"{witness}\",\"{again}\"]")).Reason);
    }

    [TestMethod]
    public void Parse_DeepLargeOrNotUtf8_IsRefusedQuickly()
    {
        Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse(Encoding.UTF8.GetBytes(new string('[', 60_000))).Reason);
        Assert.AreEqual(RefusalReason.TooLarge, Genesis.Parse(new byte[10 << 20]).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Genesis.Parse([0xEF, 0xBB, 0xBF, .. _valid]).Reason);
        var broken = _valid.ToArray();
        broken[broken.AsSpan().IndexOf("international"u8)] = 0xFF;
        Assert.AreNotEqual(RefusalReason.None, Genesis.Parse(broken).Reason);
    }

    // Properties: no exception leaves the parser, and whatever is accepted is its own canonical text.
    [TestMethod]
    public void Parse_SeededMutations_NeverThrowAndStayCanonical()
    {
        var random = new Random(20_261_124);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = _valid.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (Genesis.Parse(bytes) is { Accepted: true } parsed)
            {
                CollectionAssert.AreEqual(bytes, parsed.Value.ToArray());
                _ = LedgerFollower.WitnessesOf(parsed.Value);
                _ = NoteVerifierKey.Parse(parsed.Value.LogKey);
            }
        }
    }

    // The member's value replaced in the canonical text, so that nothing but the value is at fault.
    private static byte[] With(string member, string value)
    {
        var old = JsonNode.Parse(_valid)![member]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var text = Encoding.UTF8.GetString(_valid);
        var from = $"\"{member}\":{old}";
        Assert.Contains(from, text);
        return Encoding.UTF8.GetBytes(text.Replace(from, $"\"{member}\":{value}", StringComparison.Ordinal));
    }
}
