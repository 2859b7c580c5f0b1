using PrivChain.Attestation.Evidence;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Tpm;

/// <summary>Published and derived quotes, certifications and certificates with the verdict and the values that each must give.</summary>
[TestClass]
public sealed class TpmVectorTests
{
    // Prose; that the chain verifies is the verdict.
    private static readonly HashSet<string> _elsewhere = new(StringComparer.Ordinal) { "ak_certificate_chain" };

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Vectors_EveryCase_GivesItsVerdictAndValues()
    {
        var faults = new List<string>();
        foreach (var @case in TpmCase.All())
        {
            var received = ReceivedEvidence.Parse(EvidenceKind.Tpm, @case.Parts());
            var authentic = received.Accepted ? AuthenticEvidence.Authenticate(received.Value, @case.Context()) : null;
            var fault = received.Fault ?? authentic!.Fault ?? @case.Case.Binding().Check(authentic.Value!.Claims);
            var verdict = fault is null ? VerdictName.Of(authentic!.Value!.Result) : VerdictName.Of(fault.Reason);
            if (!@case.Case.Acceptable.Contains(verdict))
            {
                faults.Add($"{@case.Case}: wanted {@case.Case.Result}, given {verdict} ({fault})");
            }
            else if (authentic?.Value is { } value)
            {
                faults.AddRange(@case.Case.Differences(value.Fields, _elsewhere));
            }
        }

        Assert.IsEmpty(faults, string.Join('\n', faults));
    }
}
