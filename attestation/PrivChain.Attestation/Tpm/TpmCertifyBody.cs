using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// Authenticates the certification of a key (TPM 2.0 part 3, section 18.2): the attestation key says that a key of this name lies in the same TPM. Its measurement is SHA-384 of that name, so no policy that lists
/// quotes accepts one.
/// </summary>
internal sealed class TpmCertifyBody(TpmSignedAttest signed, TpmPublic certified) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields =>
    [
        .. signed.Fields(),
        EvidenceField.Hex("certify_name", signed.Attest.CertifiedName.Span, "name of the certified key"),
        EvidenceField.Hex("certify_qualified_name", signed.Attest.CertifiedQualifiedName.Span, "the same with its parents"),
        EvidenceField.Hex("certified_key_name", certified.Name.Span, "name of the public area that came along"),
        new("certified_key_attributes", certified.Attributes.ToString(), "what the TPM lets the key do"),
        EvidenceField.Hex("certified_key_fingerprint", certified.Key.Fingerprint.Span, "SHA-256 of the key"),
    ];

    public CollateralRequest? Request => null;

    public static AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        if (parts.Names.FirstOrDefault(name => name is TpmPart.Pcrs or TpmPart.EventLog or TpmPart.HclReport) is { } other)
        {
            return new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("parts", "a certification alone, or a quote", other));
        }

        var signed = TpmSignedAttest.Parse(parts, EvidenceParts.Main, TpmAttest.CertifyType);
        if (!signed.Accepted)
        {
            return new AttestationVerdict<IEvidenceBody>(signed.Fault);
        }

        _ = parts.TryGet(TpmPart.CertifiedPublic, out var bytes);
        return TpmPublic.TryParse(bytes, out var certified)
            ? new AttestationVerdict<IEvidenceBody>(new TpmCertifyBody(signed.Value, certified))
            : new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse(TpmPart.CertifiedPublic, "TPMT_PUBLIC or TPM2B_PUBLIC", $"{bytes.Length} bytes of another form"));
    }

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var trusted = TpmTrust.Decide(signed.Key, signed.Certificate, "akChain", context);
        if (!trusted.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(trusted.Fault);
        }

        if (trusted.Value.HoldsUntil is not null && !signed.Certificate!.IsForAttestation)
        {
            return Refuse(AttestationRefusal.InvalidChain, "akCertificate", "a certificate of an attestation key", "one with another use");
        }

        if (signed.FirstFault() is { } fault)
        {
            return new AttestationVerdict<AuthenticClaims>(fault);
        }

        if (!signed.Attest.CertifiedName.Span.SequenceEqual(certified.Name.Span))
        {
            return Refuse(AttestationRefusal.BindingMismatch, "certifiedPublic.name", Convert.ToHexStringLower(signed.Attest.CertifiedName.Span), Convert.ToHexStringLower(certified.Name.Span));
        }

        var name = Hashes.Of(HashAlgorithmName.SHA384, certified.Name.Span);
        var claims = new EnclaveClaims
        {
            Kind = EvidenceKind.Tpm,
            Tee = "tpm",
            Root = trusted.Value.Root,
            Measurement = name,
            Measurements = [new MeasuredValue("certified-key-name", "sha-384", name)],
            Svn = null,
            Debug = false,
            ReportData = default,
            Nonce = signed.Attest.ExtraData,
            IssuedAt = null,
            HoldsUntil = trusted.Value.HoldsUntil,
            Tcb = trusted.Value.Tcb,
            HardwareId = signed.Key.Fingerprint,
            Conditions =
            [
                .. signed.Scheme.IsWeak ? [EvidenceCondition.WeakHash] : Array.Empty<string>(),
                .. signed.Attest.IsSafe ? Array.Empty<string>() : [EvidenceCondition.ClockNotSafe],
            ],
            RevocationChecked = trusted.Value.RevocationChecked,
            NotChecked = ["what booted: a key is certified, no register was quoted", .. trusted.Value.NotChecked],
        };
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(claims, signed.Scheme.IsWeak ? AuthenticationResult.ValidWeakHash : AuthenticationResult.Valid, []));
    }

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
