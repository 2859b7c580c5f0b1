using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Evidence;

/// <summary>All that authentication may look at beside the evidence. No clock and no network: the same context and evidence always give the same verdict.</summary>
/// <param name="Roots">The roots that the caller trusts.</param>
/// <param name="Collateral">What vendors say.</param>
/// <param name="At">The time of verification.</param>
/// <param name="Verified">Signatures known to be right, or null: it saves time and changes no verdict.</param>
public sealed record AuthenticationContext(RootSet Roots, CollateralSet Collateral, DateTimeOffset At, VerifiedSignatures? Verified = null)
{
    /// <summary>A context without collateral.</summary>
    public AuthenticationContext(RootSet roots, DateTimeOffset at)
        : this(roots, CollateralSet.Empty, at)
    {
    }
}
