using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Certificates;

/// <summary>
/// Path validation after RFC 5280 section 6, without policies and name constraints (a critical extension for either refuses). The root is one that the caller trusts: a certificate that came along counts as root only
/// because its key is in that set. Order of checks: signatures and names, path rules, times.
/// </summary>
internal static class ChainBuilder
{
    private const int MaxLength = 10;

    /// <param name="leaf">The certificate whose key signed the evidence.</param>
    /// <param name="others">Certificates that came along, in any order.</param>
    /// <param name="rules">What must hold.</param>
    public static AttestationVerdict<VerifiedChain> Verify(Certificate leaf, IEnumerable<Certificate> others, ChainRules rules)
    {
        var pool = others.Where(other => !other.Der.Span.SequenceEqual(leaf.Der.Span)).ToList();
        var path = new List<Certificate> { leaf };
        TrustAnchor? anchor;
        while ((anchor = AnchorFor(path[^1], rules)) is null)
        {
            if (path.Count == MaxLength)
            {
                return Refuse(AttestationRefusal.InvalidChain, rules, $"at most {MaxLength} certificates", "more");
            }

            var issuer = FindIssuer(path[^1], pool, rules, out var fault);
            if (issuer is null)
            {
                return new AttestationVerdict<VerifiedChain>(fault!);
            }

            _ = pool.Remove(issuer);
            path.Add(issuer);
        }

        if (anchor.Certificate is { } root && !path[^1].Der.Span.SequenceEqual(root.Der.Span))
        {
            path.Add(root);
        }

        return PathFault(path, rules) is { } broken
            ? new AttestationVerdict<VerifiedChain>(broken)
            : new AttestationVerdict<VerifiedChain>(
                new VerifiedChain(path, anchor, new RootIdentity(rules.Root, anchor.Fingerprint, anchor.Name), path.Min(certificate => certificate.NotAfter)));
    }

    // The certificate is the root itself, or an anchor with a key issued it.
    private static TrustAnchor? AnchorFor(Certificate certificate, ChainRules rules)
    {
        // Anybody can put a root's key into a certificate with other dates and usages: it counts as the root when it is the caller's own, or, where the caller has the key alone, when that key signed it.
        if (rules.Roots.Find(rules.Root, certificate.Key.Fingerprint.Span) is { } own
            && (own.Certificate is { } mine ? certificate.Der.Span.SequenceEqual(mine.Der.Span) : certificate.IsSelfIssued && certificate.IsSignedBy(certificate.Key, rules.Verified)))
        {
            return own;
        }

        return rules.Roots.Of(rules.Root).FirstOrDefault(anchor =>
            anchor.Key is { } key && anchor.Subject is { } subject && certificate.Issuer.Is(subject) && certificate.IsSignedBy(key, rules.Verified));
    }

    private static Certificate? FindIssuer(Certificate certificate, List<Certificate> pool, ChainRules rules, out AttestationFault? fault)
    {
        fault = null;
        if (certificate.IsSelfIssued && certificate.IsSignedBy(certificate.Key, rules.Verified))
        {
            fault = Fault(AttestationRefusal.UntrustedRoot, rules, $"a root that is trusted for {rules.Root}", RootSet.Name(rules.Root, certificate.Key.Fingerprint.Span));
            return null;
        }

        var named = pool.Where(candidate => candidate.Subject.Is(certificate.Issuer)).ToList();
        if (named.Find(candidate => certificate.IsSignedBy(candidate.Key, rules.Verified)) is { } issuer)
        {
            return issuer;
        }

        var anchors = rules.Roots.Of(rules.Root);
        fault = named.Count > 0 || anchors.Any(anchor => anchor.Subject is { } subject && certificate.Issuer.Is(subject))
            ? Fault(AttestationRefusal.BadSignature, rules, $"{certificate.Subject} signed by {certificate.Issuer}", "another signature")
            : pool.Exists(candidate => certificate.IsSignedBy(candidate.Key, rules.Verified) && IsWhole(candidate, pool, anchors, rules)) || anchors.Any(anchor => anchor.Key is { } key && certificate.IsSignedBy(key, rules.Verified))
                ? Fault(AttestationRefusal.ChainNameMismatch, rules, $"an issuer called {certificate.Issuer}", "the signer has another name")

            // The key identifiers say that one of them is the issuer, and its key did not sign; or it did, and its own certificate was changed.
            : pool.Exists(candidate => certificate.NamesKeyOf(candidate) || certificate.IsSignedBy(candidate.Key, rules.Verified))
                ? Fault(AttestationRefusal.BadSignature, rules, $"{certificate.Subject} signed by the key it names, in a certificate that is whole", "another signature")

            // Certificates left over mean that a link between them is missing; none left over, that the chain leads elsewhere.
            : pool.Count > 0
                ? Fault(AttestationRefusal.IncompleteChain, rules, $"the certificate of {certificate.Issuer}", "none")
                : Fault(AttestationRefusal.UntrustedRoot, rules, $"a root that is trusted for {rules.Root}", certificate.Issuer.ToString());
        return null;
    }

    // A certificate whose name was changed after it was signed does not only have another name.
    private static bool IsWhole(Certificate candidate, List<Certificate> pool, IEnumerable<TrustAnchor> anchors, ChainRules rules) =>
        pool.Exists(other => candidate.IsSignedBy(other.Key, rules.Verified)) || anchors.Any(anchor => anchor.Key is { } key && candidate.IsSignedBy(key, rules.Verified));

    private static AttestationFault? PathFault(List<Certificate> path, ChainRules rules)
    {
        for (var i = 0; i < path.Count; i++)
        {
            var certificate = path[i];
            var unread = certificate.Extensions.Values.FirstOrDefault(extension =>
                extension.Critical && extension.Oid is not (Oids.BasicConstraints or Oids.KeyUsage) && !rules.HandledExtensions.Contains(extension.Oid));
            if (unread is not null)
            {
                return Fault(AttestationRefusal.InvalidChain, rules, $"critical extensions that are read, in {certificate.Subject}", unread.Oid);
            }

            // Everything above the leaf issued something.
            if (i > 0 && (!certificate.IsAuthority || !certificate.MaySignCertificates))
            {
                return Fault(AttestationRefusal.InvalidChain, rules, $"{certificate.Subject} to be a certificate authority", "it is none");
            }

            // RFC 5280 4.2.1.9: self-issued certificates in between do not count.
            if (i > 0 && certificate.PathLength is { } length && path.Skip(1).Take(i - 1).Count(below => !below.IsSelfIssued) > length)
            {
                return Fault(AttestationRefusal.InvalidChain, rules, $"at most {length} authorities below {certificate.Subject}", "more");
            }
        }

        foreach (var certificate in path)
        {
            if (rules.At < certificate.NotBefore)
            {
                return Fault(AttestationRefusal.NotYetValid, rules, $"{certificate.Subject} valid at {rules.At:u}", $"from {certificate.NotBefore:u}");
            }

            if (rules.At > certificate.NotAfter)
            {
                return Fault(AttestationRefusal.Expired, rules, $"{certificate.Subject} valid at {rules.At:u}", $"until {certificate.NotAfter:u}");
            }
        }

        return null;
    }

    private static AttestationFault Fault(AttestationRefusal reason, ChainRules rules, string wanted, string given) => AttestationFault.Authenticate(reason, rules.Field, wanted, given);

    private static AttestationVerdict<VerifiedChain> Refuse(AttestationRefusal reason, ChainRules rules, string wanted, string given) => new(Fault(reason, rules, wanted, given));
}
