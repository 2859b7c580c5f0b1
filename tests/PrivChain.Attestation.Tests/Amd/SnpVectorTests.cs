using PrivChain.Attestation.Evidence;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Amd;

/// <summary>Published and derived reports with the verdict and the values that each must give.</summary>
[TestClass]
public sealed class SnpVectorTests
{
    // Says in prose what the Azure tests compute; the file says nothing that a report could.
    private static readonly HashSet<string> _elsewhere = new(StringComparer.Ordinal) { "report_data_is" };

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Vectors_EveryCase_GivesItsVerdictAndValues()
    {
        var faults = new List<string>();
        foreach (var @case in SnpCase.All())
        {
            var received = ReceivedEvidence.Parse(EvidenceKind.SevSnp, @case.Parts());
            var authentic = received.Accepted ? AuthenticEvidence.Authenticate(received.Value, @case.Context()) : null;
            var fault = received.Fault ?? authentic!.Fault;
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
