using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;

namespace PrivChain.Fuzz.Attestation;

/// <summary>Policies and roots as people and members write them.</summary>
internal static class PolicyHarnesses
{
    private static readonly DateTimeOffset _at = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<Harness> All { get; } =
    [
        new Harness("policy", Policy, () => [PolicyWriter.Write(AppraisalPolicy.Strict(EvidenceKind.Tpm, new byte[48]))]),
        new Harness("root-name", bytes => new RootSet([System.Text.Encoding.Latin1.GetString(bytes)]).Anchors.Any(), () => [.. VendorRoots.All.Select(root => System.Text.Encoding.ASCII.GetBytes(root.SetName))]),
    ];

    // A policy that reads is checked too; one that does not must say why.
    private static bool Policy(byte[] bytes)
    {
        var findings = PolicyChecker.CheckText(bytes, _at);
        if (AppraisalPolicy.TryParse(bytes, out _, out var faults))
        {
            return true;
        }

        return faults.Count > 0 && findings.Count > 0 ? false : throw new BrokenPromiseException("a policy was refused without a reason");
    }
}
