using PrivChain.Attestation.Azure;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// Authenticates a quote. Steps: the attestation key is trusted (by name or by certificates of its profile); signature and attributes of the key; registers, digest and log; Azure's runtime data, where they came along,
/// name the same key. The nonce is compared by the policy, which knows it.
/// </summary>
internal sealed class TpmQuoteBody(TpmQuote quote, HclReport? hcl) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields => [.. quote.Fields, .. hcl?.Runtime.Fields(string.Empty) ?? []];

    public CollateralRequest? Request => null;

    public static AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        var quote = TpmQuote.Parse(parts, EvidenceParts.Main);
        if (!quote.Accepted)
        {
            return new AttestationVerdict<IEvidenceBody>(quote.Fault);
        }

        HclReport? hcl = null;
        return parts.TryGet(TpmPart.HclReport, out var bytes) && !HclReport.TryParse(bytes, out hcl, out var fault)
            ? new AttestationVerdict<IEvidenceBody>(fault)
            : new AttestationVerdict<IEvidenceBody>(new TpmQuoteBody(quote.Value, hcl));
    }

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var signed = quote.Signed;
        var trusted = TpmTrust.Decide(signed.Key, signed.Certificate, "akChain", context);
        if (!trusted.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(trusted.Fault);
        }

        if (trusted.Value.HoldsUntil is not null && !signed.Certificate!.IsForAttestation)
        {
            return Refuse(AttestationRefusal.InvalidChain, "akCertificate", "a certificate of an attestation key", "one with another use");
        }

        if (quote.FirstFault() is { } fault)
        {
            return new AttestationVerdict<AuthenticClaims>(fault);
        }

        if (hcl is not null && !hcl.IsBoundBy(hcl.ReportData.Span))
        {
            return Refuse(AttestationRefusal.BindingMismatch, "hclReport.reportData", "the hash of the runtime data", Convert.ToHexStringLower(hcl.ReportData.Span));
        }

        if (hcl is not null && !hcl.Runtime.AttestationKey.Fingerprint.Span.SequenceEqual(signed.Key.Fingerprint.Span))
        {
            return Refuse(AttestationRefusal.BindingMismatch, "hclReport.HCLAkPub", Convert.ToHexStringLower(signed.Key.Fingerprint.Span), Convert.ToHexStringLower(hcl.Runtime.AttestationKey.Fingerprint.Span));
        }

        var claims = new EnclaveClaims
        {
            Kind = EvidenceKind.Tpm,
            Tee = "tpm",
            Root = trusted.Value.Root,
            Measurement = quote.Measurement,
            Measurements = quote.Measurements,
            Svn = null,
            Debug = false,
            ReportData = default,
            Nonce = signed.Attest.ExtraData,
            IssuedAt = null,
            HoldsUntil = trusted.Value.HoldsUntil,
            Tcb = trusted.Value.Tcb,
            HardwareId = signed.Key.Fingerprint,
            Conditions = quote.Conditions,
            RevocationChecked = trusted.Value.RevocationChecked,
            NotChecked =
            [
                "memory encryption: a TPM measures what booted and protects nothing that runs",
                .. quote.NotChecked,
                .. trusted.Value.NotChecked,
                .. hcl is null ? Array.Empty<string>() : ["the hardware report around Azure's runtime data: this is evidence of the TPM alone"],
            ],
        };
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(claims, signed.Scheme.IsWeak ? AuthenticationResult.ValidWeakHash : AuthenticationResult.Valid, []));
    }

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
