using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Maa;

/// <summary>
/// Which root of the caller vouches for a key of an instance: one that is the key, or one that its certificate chains to. The root names the issuer too (<see cref="TrustAnchor.ForIssuer"/>): all instances of a region
/// sign with the same keys, and anybody may make an instance with a policy of his own.
/// </summary>
internal static class MaaTrust
{
    private const string ChainField = "jwks.x5c";

    /// <summary>The root, and the chain to it when the key itself is not named.</summary>
    public static AttestationVerdict<TrustAnchor> FindRoot(JsonWebKey key, MaaClaims claims, AuthenticationContext context, out VerifiedChain? chain)
    {
        chain = null;
        var roots = context.Roots.Of(RootKind.Maa).ToList();
        var named = roots.FindAll(root => root.Fingerprint.Span.SequenceEqual(key.Key.Fingerprint.Span));
        if (named.Count == 0 && key.Certificates.Count > 0)
        {
            var rules = new ChainRules { Field = ChainField, Root = RootKind.Maa, Roots = new RootSet(roots.Select(root => root.WithoutIssuer())), At = context.At, Verified = context.Verified };
            var verified = ChainBuilder.Verify(key.Certificates[0], key.Certificates.Skip(1), rules);
            if (!verified.Accepted)
            {
                return new AttestationVerdict<TrustAnchor>(verified.Fault);
            }

            chain = verified.Value;
            var fingerprint = chain.Anchor.Fingerprint;
            named = roots.FindAll(root => root.Fingerprint.Span.SequenceEqual(fingerprint.Span));
        }

        if (named.Count == 0)
        {
            return Refuse(AttestationRefusal.UntrustedRoot, "kid", $"a key that is trusted for {RootKind.Maa}", RootSet.Name(RootKind.Maa, key.Key.Fingerprint.Span));
        }

        var issued = named.FindAll(root => root.Issuer == claims.Issuer);
        if (issued.Count == 0)
        {
            return Refuse(AttestationRefusal.IssuerMismatch, "iss", string.Join(", ", named.Select(root => root.Issuer ?? "a root that names its issuer")), claims.Issuer);
        }

        return issued.Find(root => root.PolicyHash is null || root.PolicyHash == claims.PolicyHash) is { } found
            ? new AttestationVerdict<TrustAnchor>(found)
            : Refuse(AttestationRefusal.IssuerMismatch, "x-ms-policy-hash", string.Join(", ", issued.Select(root => root.PolicyHash)), claims.PolicyHash ?? "none");
    }

    private static AttestationVerdict<TrustAnchor> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
