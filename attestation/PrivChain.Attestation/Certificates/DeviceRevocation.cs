using PrivChain.Attestation.Collateral;

namespace PrivChain.Attestation.Certificates;

/// <summary>
/// Revocation of chains that end inside a device: layers of the device issue certificates and no lists (their key usage says so), so a list is wanted of every authority above them. Without any list nothing
/// is checked, and the claims say so; with some, each authority's must be there.
/// </summary>
/// <param name="Checked">True when every authority that may sign lists had one.</param>
/// <param name="HoldsUntil">The earliest end of a certificate or list.</param>
internal sealed record DeviceRevocation(bool Checked, DateTimeOffset HoldsUntil)
{
    /// <summary>Checks a chain against <see cref="CollateralName.Crls"/>; the fault, or null with the outcome.</summary>
    public static AttestationFault? Check(VerifiedChain chain, ChainRules rules, CollateralSet collateral, out DeviceRevocation outcome)
    {
        outcome = new DeviceRevocation(false, chain.HoldsUntil);
        if (!collateral.TryGet(CollateralName.Crls, out var bytes))
        {
            return null;
        }

        if (!RevocationLists.TryParse(bytes, out var lists))
        {
            return AttestationFault.Authenticate(AttestationRefusal.MalformedCollateral, CollateralName.Crls, "revocation lists, PEM or one as DER", $"{bytes.Length} bytes of another form");
        }

        var holdsUntil = chain.HoldsUntil;
        var any = false;
        for (var i = 0; i + 1 < chain.Path.Count; i++)
        {
            var issuer = chain.Path[i + 1];
            if (!issuer.MaySignLists)
            {
                continue;
            }

            var list = lists.FirstOrDefault(candidate => candidate.Issuer.Is(issuer.Subject));
            if (list is null)
            {
                return AttestationFault.Authenticate(AttestationRefusal.MissingCollateral, rules.Field, $"a revocation list of {issuer.Subject}", "none");
            }

            if (list.Check(CollateralName.Crls, issuer, rules.At, rules.Verified) is { } fault)
            {
                return fault;
            }

            if (list.Lists(chain.Path[i]))
            {
                return AttestationFault.Authenticate(AttestationRefusal.CertificateRevoked, rules.Field, "certificates that are not revoked", chain.Path[i].Subject.ToString());
            }

            any = true;
            holdsUntil = list.NextUpdate < holdsUntil ? list.NextUpdate : holdsUntil;
        }

        outcome = new DeviceRevocation(any, holdsUntil);
        return null;
    }
}
