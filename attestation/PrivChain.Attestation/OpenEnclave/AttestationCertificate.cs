using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>
/// A self-signed certificate whose extension carries a report or evidence (Open Enclave's TLS; signing certificates of Azure Attestation). The quote vouches for the certificate's key: report data is SHA-256 of the key's
/// PEM text and one zero byte, or in evidence with custom claims these claims are that text or its hash.
/// </summary>
internal static class AttestationCertificate
{
    /// <summary>Extension with a report or a bare quote.</summary>
    public const string ReportExtension = "1.2.840.113556.10.1.1";

    /// <summary>Extension with evidence and its attestation header.</summary>
    public const string EvidenceExtension = "1.3.6.1.4.1.311.105.1";

    public static bool Looks(ReadOnlyMemory<byte> bytes) =>
        bytes.Span is [0x30, ..] && Certificate.TryParse(bytes, out var certificate) && (certificate.Extension(ReportExtension) ?? certificate.Extension(EvidenceExtension)) is not null;

    public static AttestationVerdict<Wrapping> Parse(ReadOnlyMemory<byte> der)
    {
        if (!Certificate.TryParse(der, out var certificate))
        {
            return new AttestationVerdict<Wrapping>(AttestationFault.Parse("certificate", "one DER certificate", $"{der.Length} bytes of another form"));
        }

        var extension = certificate.Extension(EvidenceExtension) ?? certificate.Extension(ReportExtension);
        if (extension is null)
        {
            return new AttestationVerdict<Wrapping>(
                AttestationFault.Parse("certificate.extensions", $"{EvidenceExtension} or {ReportExtension}", "neither", AttestationRefusal.MissingEvidence));
        }

        var content = Unwrapped(extension.Value);
        var inner = extension.Oid == ReportExtension && Wrapping.LooksLikeReport(content.Span) ? Wrapping.Report(content)
            : AttestationHeader.Looks(content.Span) ? Wrapping.Parse(content, null)
            : Wrapping.Parse(content, OpenEnclaveId.RawSgxQuote);
        return inner.Accepted ? new AttestationVerdict<Wrapping>(inner.Value with { Certificate = certificate, Extension = extension.Oid }) : inner;
    }

    /// <summary>Whose certificate it is: the self-signature, and its dates.</summary>
    public static AttestationFault? Check(Certificate certificate, DateTimeOffset at)
    {
        // These certificates carry keys as small as RSA 1024. Their own signature shows possession only; what vouches for the key is the quote, and a weak one is reported.
        var signed = certificate.Key is RsaKey rsa
            ? rsa.DangerouslyVerifyAnySize(certificate.SignatureAlgorithm, certificate.Tbs.Span, certificate.Signature.Span)
            : certificate.IsSignedBy(certificate.Key, null);
        return !signed ? AttestationFault.Authenticate(AttestationRefusal.BadSignature, "certificate", "signed by its own key", "another signature")
            : at < certificate.NotBefore ? AttestationFault.Authenticate(AttestationRefusal.NotYetValid, "certificate", $"valid at {at:u}", $"from {certificate.NotBefore:u}")
            : at > certificate.NotAfter ? AttestationFault.Authenticate(AttestationRefusal.Expired, "certificate", $"valid at {at:u}", $"until {certificate.NotAfter:u}")
            : null;
    }

    /// <summary>True when the quote binds the certificate's key.</summary>
    public static bool BindsKey(Wrapping wrapping)
    {
        byte[] text = [.. Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", wrapping.Certificate!.Key.SubjectPublicKeyInfo.Span) + "\n"), 0];
        var hash = SHA256.HashData(text);
        return wrapping.CustomClaims is { Length: > 0 } claims
            ? claims.Span.SequenceEqual(text) || claims.Span.SequenceEqual(hash)
            : OpenEnclaveBody.IsHash(wrapping.Quote.ReportData.Span, hash);
    }

    // Some issuers put the report into an OCTET STRING of its own inside of the extension. The decoder throws for another tag, which is what a report's first byte is.
    private static ReadOnlyMemory<byte> Unwrapped(ReadOnlyMemory<byte> value)
    {
        try
        {
            var reader = new AsnReader(value, AsnEncodingRules.DER);
            var inner = reader.ReadOctetString();
            return reader.HasData ? value : inner;
        }
        catch (AsnContentException)
        {
            return value;
        }
    }
}
