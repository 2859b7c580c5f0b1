using System.Security.Cryptography;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Eat;

/// <summary>
/// Verification of RFC 9711 tokens: the signature under a key given out of band, times (RFC 8392 section 3.1), then each submodule: a nested token by its own signature and times, a detached claims-set by the digest in
/// the signed part. A claims-set without signature is refused.
/// </summary>
internal sealed class EatBody(EatToken token) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields => EatFields.Of(token);

    public CollateralRequest? Request => null;

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var verified = EatVerification.Verify(token, context, "token");
        if (!verified.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(verified.Fault);
        }

        var root = verified.Value;
        var nonces = token.Nonces;
        var claims = new EnclaveClaims
        {
            Kind = EvidenceKind.Eat,

            // The token may come from anything that has a key.
            Tee = "none",
            Root = new RootIdentity(RootKind.Eat, root.Fingerprint, root.Name),
            Measurement = token.Claims.Get(EatClaim.Measurements) is { Encoded.Length: > 0 } measurements ? SHA384.HashData(measurements.Encoded.Span) : ReadOnlyMemory<byte>.Empty,
            Svn = null,
            Debug = token.IsDebug,
            ReportData = ReadOnlyMemory<byte>.Empty,
            Nonce = nonces.Count > 0 ? nonces[0] : ReadOnlyMemory<byte>.Empty,
            OtherNonces = [.. nonces.Skip(1)],
            IssuedAt = token.Time(EatClaim.IssuedAt),
            HoldsUntil = EatVerification.HoldsUntil(token),
            HardwareId = token.Claims.Get(EatClaim.Ueid)?.Bytes ?? default,
            ChipFamily = token.Claims.Get(EatClaim.HardwareModel) is { Kind: CborKind.Bytes } model ? Convert.ToHexStringLower(model.Bytes.Span) : string.Empty,
            Conditions =
            [
                .. token.Claims.Get(EatClaim.OemBoot) is { Boolean: false } ? [EvidenceCondition.SecureBootOff] : Array.Empty<string>(),
                .. token.Claims.Get(EatClaim.DebugStatus) is null ? [EvidenceCondition.DebugNotStated] : Array.Empty<string>(),
            ],

            // There is no certificate that could be revoked: who no longer trusts a key takes it out of the root set.
            RevocationChecked = true,
            NotChecked = [.. NotChecked()],
        };
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(claims, claims.Debug ? AuthenticationResult.ValidDebug : AuthenticationResult.Valid, []));
    }

    private IEnumerable<string> NotChecked()
    {
        yield return "what protects the program: the token says what its key holder claims";
        if (token.Claims.Get(EatClaim.DebugStatus) is null)
        {
            yield return "debug mode: the token does not say";
        }

        foreach (var submodule in token.Submodules.Where(submodule => submodule.DigestAlgorithm is not null && !token.Detached.ContainsKey(submodule.Name)))
        {
            yield return $"submodule {submodule.Name}: only its digest came along";
        }
    }
}
