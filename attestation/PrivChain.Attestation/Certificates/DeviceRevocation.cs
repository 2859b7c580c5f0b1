using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;

namespace PrivChain.Attestation.Certificates;

/// <summary>
/// Revocation of chains that end inside a device: layers of the device issue certificates and no lists (their key usage says so), so a list is wanted of every authority above them, the root first. Without any list nothing
/// is checked, and the claims say so; with some, each authority's must be there.
/// </summary>
/// <param name="Checked">True when the root and every other authority that may sign lists had one.</param>
/// <param name="Times">Earliest end, and the oldest list.</param>
internal sealed record DeviceRevocation(bool Checked, ListTimes Times)
{
    public DateTimeOffset HoldsUntil => Times.HoldsUntil;

    /// <summary>These formats have no status; their lists have an age.</summary>
    public TcbClaim Tcb => TcbClaim.NotApplicable with { IssuedAt = Times.IssuedAt };

    /// <summary>Checks a chain against <see cref="CollateralName.Crls"/>; the fault, or null with the outcome.</summary>
    public static AttestationFault? Check(VerifiedChain chain, ChainRules rules, CollateralSet collateral, out DeviceRevocation outcome)
    {
        var times = new ListTimes(chain.HoldsUntil, null);
        outcome = new DeviceRevocation(false, times);
        if (!collateral.TryGet(CollateralName.Crls, out var bytes))
        {
            return null;
        }

        if (!RevocationLists.TryParse(bytes, out var lists))
        {
            return AttestationFault.Authenticate(AttestationRefusal.MalformedCollateral, CollateralName.Crls, "revocation lists, PEM or one as DER", $"{bytes.Length} bytes of another form");
        }

        var rootChecked = false;
        foreach (var (issued, issuer) in chain.Links)
        {
            rootChecked = issuer.MaySignLists;
            if (issuer.MaySignLists && VerifiedChain.CheckRevocation(lists, issued, issuer, CollateralName.Crls, rules, ref times) is { } fault)
            {
                return fault;
            }
        }

        outcome = new DeviceRevocation(rootChecked, times);
        return null;
    }
}
