using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Certificates;

/// <summary>A chain from a leaf to a trusted root, verified by <see cref="ChainBuilder"/>, which alone makes one.</summary>
/// <param name="Path">Leaf first. The root's certificate is last when the anchor is one that was given or came along.</param>
/// <param name="Anchor">The root that the caller trusts.</param>
/// <param name="Root">The root's identity as claims carry it.</param>
/// <param name="HoldsUntil">The earliest end of a certificate.</param>
internal sealed record VerifiedChain(IReadOnlyList<Certificate> Path, TrustAnchor Anchor, RootIdentity Root, DateTimeOffset HoldsUntil)
{
    public Certificate Leaf => Path[0];

    /// <summary>Checks revocation of every certificate but the root by its issuer's list.</summary>
    /// <param name="lists">The lists; one of each issuer is wanted.</param>
    /// <param name="rules">The rules the chain was verified by.</param>
    /// <param name="holdsUntil">The earliest end of a certificate or list.</param>
    /// <returns>The fault, or null when nothing is revoked.</returns>
    public AttestationFault? CheckRevocation(IReadOnlyList<RevocationList> lists, ChainRules rules, out DateTimeOffset holdsUntil)
    {
        holdsUntil = HoldsUntil;
        for (var i = 0; i + 1 < Path.Count; i++)
        {
            var issuer = Path[i + 1];
            var list = lists.FirstOrDefault(candidate => candidate.Issuer.Is(issuer.Subject));
            if (list is null)
            {
                return AttestationFault.Authenticate(AttestationRefusal.MissingCollateral, rules.Field, $"a revocation list of {issuer.Subject}", "none");
            }

            if (list.Check(rules.Field + ".crl", issuer, rules.At, rules.Verified) is { } fault)
            {
                return fault;
            }

            if (list.Lists(Path[i]))
            {
                return AttestationFault.Authenticate(
                    AttestationRefusal.CertificateRevoked, rules.Field, "certificates that are not revoked", $"{Path[i].Subject}, serial {Convert.ToHexStringLower(Path[i].SerialNumber.Span)}");
            }

            holdsUntil = list.NextUpdate < holdsUntil ? list.NextUpdate : holdsUntil;
        }

        return null;
    }
}
