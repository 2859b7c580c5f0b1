using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Amd;

/// <summary>
/// A verified chain VCEK or VLEK, ASK or ASVK, ARK: names and algorithms after AMD's profile (57230, section 3), not only a path that holds. The root counts because the caller's set names it.
/// </summary>
/// <param name="Product">The line that the authority's name says.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Key">What the leaf's extensions say.</param>
internal sealed record AmdChain(AmdProduct Product, VerifiedChain Chain, AmdKeyCertificate Key)
{
    private const string Field = "vekChain";
    private const string Organization = "2.5.4.10";
    private const string Amd = "Advanced Micro Devices";
    private const int AuthorityBits = 4096;

    public static AttestationVerdict<AmdChain> Verify(AmdCertificates certificates, bool vlek, AuthenticationContext context)
    {
        var leaf = certificates.Key;
        if (AmdProduct.OfIssuer(leaf.Issuer.CommonName, vlek) is not { } product)
        {
            return Refuse(AttestationRefusal.ChainNameMismatch, vlek ? "an issuer called SEV-VLEK-…" : "an issuer called SEV-…", leaf.Issuer.ToString());
        }

        // Another line's root says nothing about this line, however well it is trusted.
        if (!IsTrusted(product, certificates, context.Roots))
        {
            return Refuse(AttestationRefusal.UntrustedRoot, $"{product.Ark} among the roots", "none of that name");
        }

        if (!certificates.Others.Any(other => other.Subject.Is(leaf.Issuer)))
        {
            return Refuse(AttestationRefusal.IncompleteChain, $"the certificate of {leaf.Issuer}", "none");
        }

        var rules = new ChainRules { Field = Field, Root = RootKind.Amd, Roots = context.Roots, At = context.At, Verified = context.Verified };
        var chain = ChainBuilder.Verify(leaf, certificates.Others, rules);
        if (!chain.Accepted)
        {
            return new AttestationVerdict<AmdChain>(chain.Fault);
        }

        if (ProfileFault(product, chain.Value, vlek) is { } wanted)
        {
            return Refuse(AttestationRefusal.InvalidChain, wanted, "other certificates");
        }

        return AmdKeyCertificate.TryRead(leaf, vlek, product.IsTurin, out var key) && product.Covers(key.ProductName)
            ? new AttestationVerdict<AmdChain>(new AmdChain(product, chain.Value, key))
            : Refuse(AttestationRefusal.InvalidChain, $"the extensions of a {(vlek ? "VLEK" : "VCEK")} of {product.Name}", "others");
    }

    /// <summary>AMD's list names what the ARK issued; keys of chips are on it by their serial number, which is zero for most. A listed zero therefore refuses them all, and that is meant.</summary>
    public AttestationFault? CheckRevocation(RevocationList list, AuthenticationContext context)
    {
        if (Chain.Path is not [var leaf, var authority, var root])
        {
            return AttestationFault.Authenticate(AttestationRefusal.MissingCollateral, "ark", "the root's certificate, to verify its revocation list", "only its key");
        }

        return list.Check("amdCrl", new ListIssuer(root), context.At, context.Verified)
            ?? (new[] { authority, leaf }.FirstOrDefault(list.Lists) is { } revoked
                ? AttestationFault.Authenticate(AttestationRefusal.CertificateRevoked, Field, "certificates that are not revoked", $"{revoked.Subject}, serial {Convert.ToHexStringLower(revoked.SerialNumber.Span)}")
                : null);
    }

    // A root that is only a fingerprint has no name until its certificate came along.
    private static bool IsTrusted(AmdProduct product, AmdCertificates certificates, RootSet roots) =>
        roots.Of(RootKind.Amd).Any(anchor => anchor.Subject?.CommonName == product.Ark || (anchor.Key is not null && anchor.Subject is null))
        || certificates.Others.Any(other => other.Subject.CommonName == product.Ark && roots.Contains(RootKind.Amd, other.Key.Fingerprint.Span));

    private static string? ProfileFault(AmdProduct product, VerifiedChain chain, bool vlek)
    {
        var path = chain.Path;
        if (path.Count is not (2 or 3) || path[0].Subject.CommonName != (vlek ? "SEV-VLEK" : "SEV-VCEK") || path[1].Issuer.CommonName != product.Ark || path.Any(item => item.Subject.ValueOf(Organization) != Amd))
        {
            return $"SEV-V{(vlek ? "LEK" : "CEK")}, {(vlek ? product.Asvk : product.Ask)} and {product.Ark} of {Amd}";
        }

        return path.Any(item => item.Version != 3 || item.SignatureAlgorithm != SignatureAlgorithm.RsaPssSha384) ? "X.509 version 3 signed by RSA-PSS with SHA-384"
            : path[0].Key is not EcKey { Curve: EcKey.P384 } ? "a key on P-384"
            : path.Skip(1).Any(item => item.Key is not RsaKey { Bits: AuthorityBits }) ? $"authorities with RSA {AuthorityBits}"
            : path[0].IsAuthority ? "a key that issues nothing"
            : null;
    }

    private static AttestationVerdict<AmdChain> Refuse(AttestationRefusal reason, string wanted, string given) => new(AttestationFault.Authenticate(reason, Field, wanted, given));
}
