using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>Decides whether a TPM's key is trusted: the caller's set names the key, or an authority in that set vouches for it by certificates.</summary>
internal static class TpmTrust
{
    /// <param name="key">The key that signs.</param>
    /// <param name="certificate">Its certificate, if one came along.</param>
    /// <param name="field">What to call the chain in a fault.</param>
    /// <param name="context">Roots, collateral and time.</param>
    public static AttestationVerdict<TrustedTpmKey> Decide(PublicKey key, TpmCertificate? certificate, string field, AuthenticationContext context)
    {
        if (context.Roots.Find(RootKind.Tpm, key.Fingerprint.Span) is { } anchor)
        {
            // Nobody can revoke what the caller trusts by name, and a certificate adds nothing to it: one that does not hold is shown, with the reason, and changes no verdict.
            string[] notes = certificate is not null && CertificateFault(certificate, field, context with { Roots = new RootSet(context.Roots.Of(RootKind.Tpm).Where(other => other != anchor)) }) is { } reason ? [$"the attestation key's certificate ({reason}): the key itself is among the roots"] : [];
            return new AttestationVerdict<TrustedTpmKey>(new TrustedTpmKey(new RootIdentity(RootKind.Tpm, anchor.Fingerprint, anchor.Name), null, RevocationChecked: true, null, notes));
        }

        return certificate is null
            ? Refuse(AttestationRefusal.UntrustedRoot, field, "the key among the roots, or a certificate of an authority there", RootSet.Name(RootKind.Tpm, key.Fingerprint.Span))
            : Chain(certificate, field, context);
    }

    // Asked of the other roots: the trusted key is no authority over its own certificate.
    private static AttestationRefusal? CertificateFault(TpmCertificate certificate, string field, AuthenticationContext context) =>
        certificate.IsForAttestation ? Chain(certificate, field, context).Fault?.Reason : AttestationRefusal.InvalidChain;

    /// <summary>The certificate's chain to a root.</summary>
    public static AttestationVerdict<TrustedTpmKey> Chain(TpmCertificate certificate, string field, AuthenticationContext context)
    {
        IReadOnlyList<Certificate> others = [];
        if (context.Collateral.TryGet(CollateralName.Intermediates, out var bytes) && !CertificateList.TryParse(bytes, out others!))
        {
            return Refuse(AttestationRefusal.MalformedCollateral, CollateralName.Intermediates, "certificates", $"{bytes.Length} bytes of another form");
        }

        var rules = new ChainRules
        {
            Field = field,
            Root = RootKind.Tpm,
            Roots = context.Roots,
            At = context.At,
            HandledExtensions = TpmCertificate.ReadExtensions,
            Verified = context.Verified,
        };
        var chain = ChainBuilder.Verify(certificate.Certificate, others, rules);
        if (!chain.Accepted)
        {
            return new AttestationVerdict<TrustedTpmKey>(chain.Fault);
        }

        // Uses and names are read in the key's own certificate: critical in an authority's, they are extensions that nobody read (RFC 5280, 4.2).
        if (chain.Value.Path.Skip(1).FirstOrDefault(authority => TpmCertificate.ReadExtensions.Any(oid => authority.Extension(oid) is { Critical: true })) is { } unread)
        {
            return Refuse(AttestationRefusal.InvalidChain, field, "critical extensions that are read", $"uses or names of the authority {unread.Subject}");
        }

        if (!context.Collateral.TryGet(CollateralName.Crls, out var listBytes))
        {
            return new AttestationVerdict<TrustedTpmKey>(
                new TrustedTpmKey(chain.Value.Root, chain.Value.HoldsUntil, RevocationChecked: false, null, ["revocation of the key's certificates: no lists were given"]));
        }

        if (!RevocationLists.TryParse(listBytes, out var lists))
        {
            return Refuse(AttestationRefusal.MalformedCollateral, CollateralName.Crls, "revocation lists", $"{listBytes.Length} bytes of another form");
        }

        return chain.Value.CheckRevocation(lists, rules, out var times) is { } revoked
            ? new AttestationVerdict<TrustedTpmKey>(revoked)
            : new AttestationVerdict<TrustedTpmKey>(new TrustedTpmKey(chain.Value.Root, times.HoldsUntil, RevocationChecked: true, times.IssuedAt, []));
    }

    private static AttestationVerdict<TrustedTpmKey> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
