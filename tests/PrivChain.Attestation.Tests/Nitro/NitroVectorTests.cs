using System.Text.Json.Nodes;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Nitro;
using PrivChain.Attestation.Roots;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Nitro;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class NitroVectorTests
{
    private static readonly HashSet<string> _elsewhere = new(StringComparer.Ordinal) { "certificate_key_bound_in" };

    private static IEnumerable<AttestationCase> Genuine => AttestationCase.Load("nitro").Where(item => item.Result is "valid" or "valid_debug");

    [TestMethod]
    public void Authenticate_EveryCase_GivesTheExpectedVerdictAndValues()
    {
        var cases = AttestationCase.Load("nitro");
        Assert.IsNotEmpty(cases);
        var failures = new List<string>();
        foreach (var item in cases)
        {
            var nonce = item.Text("challenge") is { Length: > 0 } hex ? Convert.FromHexString(hex) : null;
            var trial = TokenTrial.Of(EvidenceKind.Nitro, item.Bytes("evidence"), NitroCase.Context(item), nonce);
            if (!item.Acceptable.Contains(trial.Verdict))
            {
                failures.Add($"{item}: wanted {item.Result}, given {trial.Verdict}: {trial.Fault}");
            }

            if (trial.Authentic is { } authentic)
            {
                failures.AddRange(item.Differences(authentic.Fields, _elsewhere));
                Assert.AreEqual(EvidenceKind.Nitro, ReceivedEvidence.ParseAny(item.Bytes("evidence")).Value!.Kind, item.Name);
            }

            if (item.Has("attestable_certificate"))
            {
                Assert.IsTrue(NitroCertificate.TryParse(item.Bytes("attestable_certificate"), out var carrier), item.Name);
                Assert.IsTrue(carrier.Document.Span.SequenceEqual(item.Bytes("evidence")), item.Name);
                Assert.IsTrue(JsonNode.DeepEquals(item.Expect["certificate_key_bound_in"], new JsonArray([.. carrier.KeyBoundIn.Select(field => (JsonNode?)field)])), item.Name);
            }
        }

        Assert.IsEmpty(failures, string.Join('\n', failures));
    }

    [TestMethod]
    public void Authenticate_FlippedBits_AreRefused()
    {
        foreach (var item in Genuine)
        {
            Assert.IsEmpty(TokenTrial.Flip(EvidenceKind.Nitro, item.Bytes("evidence"), NitroCase.Context(item), step: 97), item.Name);
        }
    }

    [TestMethod]
    [TestCategory("Slow")]
    public void Authenticate_EveryFlippedBit_IsRefused()
    {
        foreach (var item in Genuine)
        {
            Assert.IsEmpty(TokenTrial.Flip(EvidenceKind.Nitro, item.Bytes("evidence"), NitroCase.Context(item), step: 1), item.Name);
        }
    }

    [TestMethod]
    public void Parse_OtherLengths_AreRefused()
    {
        foreach (var item in Genuine.Take(1))
        {
            TokenTrial.RefusesOtherLengths(EvidenceKind.Nitro, item.Bytes("evidence"), NitroCase.Context(item));
        }
    }
}
