using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>
/// A quote in Open Enclave's wrapping. What the enclave bound is the wrapping's content (custom claims, held data, the certificate's key), whose SHA-256 is the head of the quote's report data: claims carry the report data
/// as the quote has it, so callers bind their keys as with any quote.
/// </summary>
internal sealed class OpenEnclaveBody(Wrapping wrapping, CollateralSet endorsements, string? created, ReadOnlyMemory<byte>? heldData) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields
    {
        get
        {
            var fields = QuoteFields.Of(wrapping.Quote).ToList();
            fields.Add(new EvidenceField("format_id", wrapping.Id.ToString(), "Open Enclave's name of the form"));
            if (wrapping.CustomClaims is { } claims)
            {
                // What stands behind the quote is custom claims in this form, not padding.
                fields.RemoveAll(decoded => decoded.Name == "trailing_bytes_after_quote");
                fields.Add(new EvidenceField("custom_claims_length", claims.Length, "bytes of custom claims"));
                fields.Add(EvidenceField.Hex("custom_claims", claims.Span, "what the enclave claims beside the quote"));
            }

            if (heldData is { } held)
            {
                fields.Add(EvidenceField.Hex("enclave_held_data_sha256", SHA256.HashData(held.Span), "hash of the data that came along"));
            }

            if (created is not null)
            {
                fields.Add(new EvidenceField("endorsements_creation_date", created, "as their maker says, unsigned"));
            }

            if (wrapping.Certificate is { } certificate)
            {
                fields.Add(new EvidenceField("report_extension_oid", wrapping.Extension, "extension that carries the report"));
                fields.Add(new EvidenceField("certificate_subject", certificate.Subject.ToString(), "name, by its own word"));
                fields.Add(new EvidenceField("certificate_key", certificate.Key.Name, "the key that the quote vouches for"));
                fields.Add(EvidenceField.Time("certificate_not_before", certificate.NotBefore, "by its own word"));
                fields.Add(EvidenceField.Time("certificate_not_after", certificate.NotAfter, "by its own word"));
            }

            return fields;
        }
    }

    public CollateralRequest? Request => IntelBody.RequestOf(wrapping.Quote);

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        if (wrapping.Certificate is { } certificate && AttestationCertificate.Check(certificate, context.At) is { } outer)
        {
            return Refuse(outer);
        }

        // The caller's own collateral counts before what came along.
        var proved = IntelAuthentication.Verify(wrapping.Quote, context with { Collateral = endorsements.With(context.Collateral) });
        if (!proved.Accepted)
        {
            return Refuse(proved.Fault);
        }

        if (Unbound() is { } fault)
        {
            return Refuse(fault);
        }

        string[] conditions = wrapping.Certificate?.Key is RsaKey { IsWeak: true } ? [EvidenceCondition.WeakKey] : [];
        return new AttestationVerdict<AuthenticClaims>(IntelClaims.Of(EvidenceKind.OpenEnclave, wrapping.Quote, proved.Value, conditions));
    }

    /// <summary>True when report data is that hash and zeros after it.</summary>
    public static bool IsHash(ReadOnlySpan<byte> reportData, ReadOnlySpan<byte> hash) => reportData[..hash.Length].SequenceEqual(hash) && !reportData[hash.Length..].ContainsAnyExcept((byte)0);

    // oe_verify_evidence answers OE_QUOTE_HASH_MISMATCH where this does. The SGX plugin hashes custom claims even when there are none.
    private AttestationFault? Unbound()
    {
        var reportData = wrapping.Quote.ReportData.Span;
        if (wrapping.CustomClaims is { } claims && !IsHash(reportData, SHA256.HashData(claims.Span)))
        {
            return Mismatch("SHA-256 of the custom claims, then zeros");
        }

        if (heldData is { } held && !IsHash(reportData, SHA256.HashData(held.Span)))
        {
            return Mismatch("SHA-256 of the data that the enclave holds, then zeros");
        }

        return wrapping.Certificate is not null && !AttestationCertificate.BindsKey(wrapping) ? Mismatch("SHA-256 of the certificate's key, then zeros") : null;
    }

    private AttestationFault Mismatch(string wanted) =>
        AttestationFault.Authenticate(AttestationRefusal.BindingMismatch, "reportData", wanted, Convert.ToHexStringLower(wrapping.Quote.ReportData.Span));

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationFault fault) => new(fault);
}
