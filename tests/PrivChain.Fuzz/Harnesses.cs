using PrivChain.Fuzz.Attestation;
using PrivChain.Fuzz.Core;

namespace PrivChain.Fuzz;

/// <summary>Every harness.</summary>
public static class Harnesses
{
    /// <summary>All of them, by folder.</summary>
    public static IReadOnlyList<Harness> All { get; } =
    [
        .. EvidenceHarnesses.All, .. CollateralHarnesses.All, .. TokenHarnesses.All, .. PolicyHarnesses.All,
        .. LedgerHarnesses.All, .. DocumentHarnesses.All, .. KeyHarnesses.All,
    ];
}
