using System.Collections.Immutable;

namespace PrivChain.Core.Contracts;

/// <summary>Which enclaves may work under the contract.</summary>
/// <param name="AcceptedEvidence">Kinds of evidence, of <see cref="KnownEvidence"/>; nothing else is accepted.</param>
/// <param name="UnlikeRoots">How many brokers under different hardware roots must agree to a release, 1 to 8.</param>
/// <param name="MinimumTcb">The oldest security level accepted, one of <see cref="KnownTcb"/>.</param>
public sealed record EnclaveDemand(ImmutableArray<string> AcceptedEvidence, int UnlikeRoots, string MinimumTcb)
{
    /// <summary>The evidence that is made without hardware; a contract that accepts it says so on every screen.</summary>
    public const string Simulated = "simulated";

    /// <summary>Kinds of evidence that this version can name.</summary>
    public static ImmutableArray<string> KnownEvidence { get; } = ["sev-snp", "tdx", "sgx", "tpm", "fpga-dice", Simulated];

    /// <summary>Security levels, best first.</summary>
    public static ImmutableArray<string> KnownTcb { get; } = ["UpToDate", "SWHardeningNeeded", "ConfigurationAndSWHardeningNeeded"];

    /// <summary>True when simulated evidence is accepted.</summary>
    public bool AcceptsSimulated => AcceptedEvidence.Contains(Simulated);
}
