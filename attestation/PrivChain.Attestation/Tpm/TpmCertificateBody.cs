using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// Authenticates the certificate of an endorsement or attestation key by itself: a step before credential activation. It proves that such a TPM exists and nothing about what runs; its measurement is SHA-384 of the
/// key, which no policy for quotes lists.
/// </summary>
internal sealed class TpmCertificateBody(TpmCertificate certificate) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields => certificate.OwnFields();

    public CollateralRequest? Request => null;

    public static AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) =>
        parts.Names.Any(name => name != EvidenceParts.Main)
            ? new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("parts", "a certificate alone", "other parts"))
            : TpmCertificate.TryRead(parts.MainPart, out var certificate)
                ? new AttestationVerdict<IEvidenceBody>(new TpmCertificateBody(certificate))
                : new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("evidence", "a certificate, DER or PEM", $"{parts.MainPart.Length} bytes of another form"));

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var trusted = TpmTrust.Chain(certificate, "tpmChain", context);
        if (!trusted.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(trusted.Fault);
        }

        if (!certificate.IsForAttestation && !certificate.IsForEndorsement)
        {
            return new AttestationVerdict<AuthenticClaims>(
                AttestationFault.Authenticate(AttestationRefusal.InvalidChain, "certificate", "an endorsement or attestation key's certificate after the TCG profile", "another"));
        }

        var key = certificate.Certificate.Key;
        var claims = new EnclaveClaims
        {
            Kind = EvidenceKind.Tpm,
            Tee = "tpm",
            Root = trusted.Value.Root,
            Measurement = Hashes.Of(HashAlgorithmName.SHA384, key.SubjectPublicKeyInfo.Span),
            Svn = null,
            Debug = false,
            ReportData = default,
            IssuedAt = null,
            HoldsUntil = trusted.Value.HoldsUntil,
            Tcb = trusted.Value.Tcb,
            HardwareId = key.Fingerprint,
            RevocationChecked = trusted.Value.RevocationChecked,
            NotChecked = ["possession: a certificate is public, and nothing was signed", "what booted: no register was quoted", .. trusted.Value.NotChecked],
        };
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(claims, AuthenticationResult.ValidChain, []));
    }
}
