using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Eat;

/// <summary>
/// Verification of RFC 9783 section 5: the signature under the device's attestation key, given out of band, and every claim's form. What the measurements ought to be is for the policy to say: without endorsements of the
/// implementation the result is that signatures hold, and no more.
/// </summary>
internal sealed class PsaBody(EatToken token, PsaClaims claims) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields =>
    [
        new("format", "COSE_Sign1", "envelope"),
        .. EatFields.Envelope(token),
        new("eat_profile", claims.Profile, "profile"),
        EvidenceField.Hex("nonce", claims.Nonce.Span, "the asker's challenge"),
        EvidenceField.Hex("ueid_or_instance_id", claims.InstanceId.Span, "device"),
        EvidenceField.Hex("implementation_id", claims.ImplementationId.Span, "make of the root of trust"),
        new("security_lifecycle", claims.Lifecycle.Value, claims.Lifecycle.Name),
        new("client_id", claims.ClientId, "partition that asked; negative outside the secure world"),
        claims.BootSeed is { } seed ? EvidenceField.Hex("boot_seed", seed.Span, "random since boot") : new EvidenceField("boot_seed", null, "random since boot"),
        new("certification_reference", claims.CertificationReference, "certificate of the implementation"),
        new("verification_service", claims.VerificationService, "where its maker verifies"),
        new("sw_components", claims.ComponentsClaim is { } components ? CborJson.Of(components) : null, "measured software"),
        new("claims", CborJson.Of(token.Claims), "every claim by its number"),
    ];

    public CollateralRequest? Request => null;

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var verified = EatVerification.Verify(token, context, "token");
        if (!verified.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(verified.Fault);
        }

        var root = verified.Value;
        var authentic = new EnclaveClaims
        {
            Kind = EvidenceKind.Psa,
            Tee = "arm-psa",
            Root = new RootIdentity(RootKind.Eat, root.Fingerprint, root.Name),
            Measurement = ArmSoftwareComponent.Combine(claims.ImplementationId.Span, claims.Components),
            Measurements = [.. ArmSoftwareComponent.Measured(claims.Components)],
            Signer = ArmSoftwareComponent.CommonSigner(claims.Components),
            Svn = null,
            Debug = claims.Lifecycle.IsDebug,
            ReportData = ReadOnlyMemory<byte>.Empty,
            Nonce = claims.Nonce,
            IssuedAt = null,
            HardwareId = claims.InstanceId,
            ChipFamily = Convert.ToHexStringLower(claims.ImplementationId.Span),
            Conditions = claims.Lifecycle.Conditions,

            // There is no certificate that could be revoked.
            RevocationChecked = true,
            NotChecked =
            [
                "endorsements of the implementation id: no maker's reference values were asked",
                "age: the token has no time, only the challenge shows it",
                .. claims.Components.Count == 0 ? ["software: the token says that it has no measurements"] : Array.Empty<string>(),
            ],
        };
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(authentic, authentic.Debug ? AuthenticationResult.ValidDebug : AuthenticationResult.ValidSignatureOnly, []));
    }
}
