using PrivChain.Attestation.Evidence;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Dice;

/// <summary>Real and synthetic chains and reports.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class DiceVectorTests
{
    // Words about a case, beside values.
    private static readonly HashSet<string> _words = new(StringComparer.Ordinal)
    {
        "chain", "signatures", "subject_serial_is", "signature", "signature_oid", "tcb_info_extension", "tcb_extension", "format", "binding", "upstream_error",
    };

    private static IReadOnlyList<AttestationCase> Cases => AttestationCase.Load("dice");

    [TestMethod]
    public void Verify_EveryCase_GivesTheExpectedVerdict()
    {
        var wrong = Cases.Select(@case => (Case: @case, Judge(@case).Verdict)).Where(judged => !judged.Case.Acceptable.Contains(judged.Verdict)).ToList();
        Assert.IsEmpty(wrong, string.Join('\n', wrong.Select(judged => $"{judged.Case}: wanted {string.Join(" or ", judged.Case.Acceptable)}, given {judged.Verdict}")));
    }

    [TestMethod]
    public void Parse_EveryCaseWithValues_GivesThem()
    {
        var differences = Cases.Select(@case => (Case: @case, Judge(@case).Fields)).Where(judged => judged.Fields.Count > 0)
            .SelectMany(judged => judged.Case.Differences(judged.Fields, _words)).ToList();
        Assert.IsEmpty(differences, string.Join('\n', differences));
    }

    [TestMethod]
    public void Recognise_EveryCaseThatParses_GivesItsKind()
    {
        foreach (var @case in Cases)
        {
            var bytes = DiceCase.PartsOf(@case).MainPart;
            if (ReceivedEvidence.Parse(DiceCase.KindOf(@case), EvidenceParts.Of(bytes)).Accepted)
            {
                Assert.AreEqual(DiceCase.KindOf(@case), ReceivedEvidence.ParseAny(bytes.Span).Value?.Kind, @case.Name);
            }
        }
    }

    /// <summary>Pitfall: the operational flags of one layer are looked at and those of the layers below it are not.</summary>
    [TestMethod]
    public void Verify_FlagsInAnyLayer_AreDebugOrNotSecured()
    {
        var flagged = Cases.Where(@case => @case.Result == "valid_debug").ToList();
        Assert.IsNotEmpty(flagged);
        foreach (var @case in flagged)
        {
            var claims = Judge(@case).Claims;
            Assert.IsTrue(claims!.Debug || claims.Conditions.Contains(Claims.EvidenceCondition.DeviceNotSecured), @case.Name);
        }
    }

    private static (string Verdict, IReadOnlyList<EvidenceField> Fields, Claims.EnclaveClaims? Claims) Judge(AttestationCase @case)
    {
        var input = DiceCase.Input(@case);
        var authentic = input.Authenticate();
        return authentic.Accepted
            ? (VerdictName.Of(authentic.Value.Result), authentic.Value.Fields, authentic.Value.Claims)
            : (VerdictName.Of(authentic.Fault.Reason), input.Received.Value?.Fields ?? [], null);
    }
}
