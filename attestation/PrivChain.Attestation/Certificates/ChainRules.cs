using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Certificates;

/// <summary>What a chain has to satisfy, beyond signatures, names and path rules.</summary>
internal sealed record ChainRules
{
    /// <summary>What the chain is called in a fault, such as <c>pckChain</c>.</summary>
    public required string Field { get; init; }

    /// <summary>The kind of root, one of <see cref="RootKind"/>.</summary>
    public required string Root { get; init; }

    /// <summary>The roots that the caller trusts.</summary>
    public required RootSet Roots { get; init; }

    /// <summary>The time at which every certificate must be valid.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Critical extensions that the caller reads itself, beside basic constraints and key usage.</summary>
    public IReadOnlySet<string> HandledExtensions { get; init; } = new HashSet<string>();

    /// <summary>Signatures known to be right, or null.</summary>
    public VerifiedSignatures? Verified { get; init; }
}
