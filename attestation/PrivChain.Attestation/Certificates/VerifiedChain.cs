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

    /// <summary>Every certificate but the root, with who issued it: the next of the path, or a root of which there is a key and no certificate.</summary>
    public IEnumerable<(Certificate Issued, ListIssuer Issuer)> Links
    {
        get
        {
            for (var i = 0; i + 1 < Path.Count; i++)
            {
                yield return (Path[i], new ListIssuer(Path[i + 1]));
            }

            if (!Path[^1].Key.Fingerprint.Span.SequenceEqual(Anchor.Fingerprint.Span) && Anchor is { Key: { } key, Subject: { } subject })
            {
                yield return (Path[^1], new ListIssuer(subject, key, MaySignLists: true));
            }
        }
    }

    /// <summary>Checks revocation of every certificate but the root by its issuer's list.</summary>
    /// <param name="lists">The lists; one of each issuer is wanted.</param>
    /// <param name="rules">The rules the chain was verified by.</param>
    /// <param name="times">What the lists say about their times.</param>
    /// <returns>The fault, or null when nothing is revoked.</returns>
    public AttestationFault? CheckRevocation(IReadOnlyList<RevocationList> lists, ChainRules rules, out ListTimes times)
    {
        times = new ListTimes(HoldsUntil, null);
        foreach (var (issued, issuer) in Links)
        {
            if (CheckRevocation(lists, issued, issuer, rules.Field + ".crl", rules, ref times) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>Checks one certificate by its issuer's list.</summary>
    public static AttestationFault? CheckRevocation(IReadOnlyList<RevocationList> lists, Certificate issued, ListIssuer issuer, string name, ChainRules rules, ref ListTimes times)
    {
        var list = lists.FirstOrDefault(candidate => candidate.Issuer.Is(issuer.Subject));
        if (list is null)
        {
            return AttestationFault.Authenticate(AttestationRefusal.MissingCollateral, rules.Field, $"a revocation list of {issuer.Subject}", "none");
        }

        if (list.Check(name, issuer, rules.At, rules.Verified) is { } fault)
        {
            return fault;
        }

        times = times.With(list);
        return list.Lists(issued)
            ? AttestationFault.Authenticate(AttestationRefusal.CertificateRevoked, rules.Field, "certificates that are not revoked", $"{issued.Subject}, serial {Convert.ToHexStringLower(issued.SerialNumber.Span)}")
            : null;
    }
}
