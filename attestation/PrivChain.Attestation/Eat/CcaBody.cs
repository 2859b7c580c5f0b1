using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Eat;

/// <summary>
/// Verification of a CCA token: the platform token under the platform's attestation key, given out of band; the realm token under the key that it carries; and that key is believed only because the platform's challenge
/// is its hash, in the algorithm that the realm names. A Parsec key is believed only because the realm's challenge is the SHA-512 of its claims-set.
/// </summary>
internal sealed class CcaBody(CcaToken token) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields =>
    [
        new("format", token.ApplicationKey is not null ? "Parsec kat and pat" : token.Tag == 399 ? "CBOR tag 399 {44234 platform, 44241 realm}" : "CBOR tag 907 {44234 platform, 44241 realm}", "envelope"),
        new("platform", token.Platform.ToJson(token.PlatformMessage.AlgorithmNumber), "claims of the platform"),
        new("realm", token.Realm.ToJson(token.RealmMessage.AlgorithmNumber), "claims of the realm"),
        new("binding", $"platform challenge (claim 10) == {token.Realm.KeyHashAlgorithm}(realm claim 44237 bytes)", "why the realm's key is believed"),
        new("lifecycle_name", token.Platform.Lifecycle.Name, "state of the platform"),
        new("verification_service", token.Platform.VerificationService, "where its maker verifies"),
        .. token.ApplicationKey is not { } key ? Array.Empty<EvidenceField>() :
        [
            EvidenceField.Hex("kat_nonce", key.Nonce.Span, "the asker's nonce"),
            EvidenceField.Hex("application_key", key.Key.SubjectPublicKeyInfo.Span, "the application's key, SubjectPublicKeyInfo"),
        ],
    ];

    public CollateralRequest? Request => null;

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var verified = EatKeys.Verify(token.PlatformMessage, context, "platform");
        if (!verified.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(verified.Fault);
        }

        var realm = token.Realm;
        if (!token.RealmMessage.IsSignedBy(realm.Key))
        {
            return Refuse(AttestationRefusal.BadSignature, "realm.signature", "a signature by the realm's key", "another");
        }

        if (!token.Platform.Challenge.Span.SequenceEqual(EatHash.Digest(realm.KeyHashAlgorithm, realm.KeyBytes.Span)))
        {
            return Refuse(AttestationRefusal.BindingMismatch, "platform.challenge", $"{realm.KeyHashAlgorithm} of the realm's key", Convert.ToHexStringLower(token.Platform.Challenge.Span));
        }

        if (token.ApplicationKey is { } key && !realm.Challenge.Span.SequenceEqual(SHA512.HashData(key.Encoded.Span)))
        {
            return Refuse(AttestationRefusal.BindingMismatch, "realm.challenge", "SHA-512 of the key attestation", Convert.ToHexStringLower(realm.Challenge.Span));
        }

        var claims = Claims(verified.Value);
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(claims, claims.Debug ? AuthenticationResult.ValidDebug : AuthenticationResult.ValidSignatureOnly, []));
    }

    private List<MeasuredValue> RealmMeasurements =>
    [
        new MeasuredValue("rim", token.Realm.HashAlgorithm, token.Realm.InitialMeasurement),
        .. token.Realm.ExtensibleMeasurements.Select((value, index) => new MeasuredValue($"rem{index}", token.Realm.HashAlgorithm, value)),
    ];

    private EnclaveClaims Claims(TrustAnchor root) => new()
    {
        Kind = EvidenceKind.Cca,
        Tee = "arm-cca",
        Root = new RootIdentity(RootKind.Eat, root.Fingerprint, root.Name),
        Measurement = Measurement(token.Realm.InitialMeasurement.Span),
        Measurements =
        [
            .. RealmMeasurements,
            .. ArmSoftwareComponent.Measured(token.Platform.Components).Select(value => value with { Name = "platform." + value.Name, Algorithm = token.Platform.HashAlgorithm }),
        ],
        Program = MeasuredValue.DigestOf(RealmMeasurements),
        Svn = null,
        Debug = token.Platform.Lifecycle.IsDebug,
        ReportData = token.Realm.Challenge,

        // The challenge is report data and nonce in one, unless a key attestation stands between: then the nonce is there.
        Nonce = token.ApplicationKey?.Nonce,
        IssuedAt = null,
        HardwareId = token.Platform.InstanceId,
        ChipFamily = Convert.ToHexStringLower(token.Platform.ImplementationId.Span),
        Conditions = token.Platform.Lifecycle.Conditions,

        // There is no certificate that could be revoked.
        RevocationChecked = true,
        NotChecked = ["endorsements of the platform: no maker's reference values were asked", "age: the token has no time, only the challenge shows it"],
    };

    // Digests of 64 bytes do not fit: policies name their SHA-384.
    private static byte[] Measurement(ReadOnlySpan<byte> initial)
    {
        if (initial.Length > EnclaveClaims.MeasurementSize)
        {
            return SHA384.HashData(initial);
        }

        var padded = new byte[EnclaveClaims.MeasurementSize];
        initial.CopyTo(padded);
        return padded;
    }

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationRefusal reason, string field, string wanted, string given) =>
        new(AttestationFault.Authenticate(reason, field, wanted, given));
}
