using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tpm;

/// <summary>Why a key in evidence is believed to be a TPM's.</summary>
/// <param name="Root">The root that vouches for it: an authority, or the key itself where the caller trusts it by name.</param>
/// <param name="HoldsUntil">The earliest end of a certificate or list, or null for a key that is trusted itself.</param>
/// <param name="RevocationChecked">True when every certificate was checked.</param>
/// <param name="ListsIssuedAt">When the oldest revocation list was issued, or null without lists.</param>
/// <param name="NotChecked">What was not looked at.</param>
internal sealed record TrustedTpmKey(RootIdentity Root, DateTimeOffset? HoldsUntil, bool RevocationChecked, DateTimeOffset? ListsIssuedAt, IReadOnlyList<string> NotChecked)
{
    /// <summary>A TPM has no status; its lists have an age.</summary>
    public TcbClaim Tcb => TcbClaim.NotApplicable with { IssuedAt = ListsIssuedAt };
}
