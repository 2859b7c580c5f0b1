using System.Security.Cryptography;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Maa;

/// <summary>
/// Verification of an Azure Attestation token: the algorithm is one that the key is for; the key is found by its id in the key set that the caller brought (never through the token's own <c>jku</c>, <c>jwk</c> or
/// <c>x5c</c>); the caller's roots name that key, or the root of its certificate, together with the issuer; times; and the data held by an SGX enclave hash to its report data.
/// </summary>
internal sealed class MaaBody(JsonWebSignature signature, MaaClaims claims) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields => MaaFields.Of(signature, claims);

    public CollateralRequest? Request => new CollateralRequest.Maa(claims.Issuer);

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        if (signature.Algorithm is SignatureAlgorithm.Unknown or SignatureAlgorithm.Ed25519)
        {
            return Refuse(AttestationRefusal.AlgorithmNotAllowed, "alg", "RS256, PS256, ES256 or their longer kin", signature.AlgorithmName);
        }

        var key = FindKey(context);
        if (!key.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(key.Fault);
        }

        if (!signature.IsSignedBy(key.Value.Key))
        {
            return Refuse(AttestationRefusal.BadSignature, "signature", $"a signature by key {key.Value.KeyId}", "another");
        }

        var root = MaaTrust.FindRoot(key.Value, claims, context, out var chain);
        if (!root.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(root.Fault);
        }

        if (context.At >= claims.Expires)
        {
            return Refuse(AttestationRefusal.Expired, "exp", $"after {context.At:u}", $"{claims.Expires:u}");
        }

        if (claims.NotBefore is { } begins && context.At < begins)
        {
            return Refuse(AttestationRefusal.NotYetValid, "nbf", $"at most {context.At:u}", $"{begins:u}");
        }

        if (HeldDataFault() is { } fault)
        {
            return new AttestationVerdict<AuthenticClaims>(fault);
        }

        var authentic = Claims(root.Value, chain);
        var result = authentic.Debug ? AuthenticationResult.ValidDebug
            : claims.Tee.Status is { } status and not TcbStatus.UpToDate ? AuthenticationResult.ValidTcbNotUpToDate
            : AuthenticationResult.Valid;
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(authentic, result, []));
    }

    private AttestationVerdict<JsonWebKey> FindKey(AuthenticationContext context)
    {
        if (!context.Collateral.TryGet(CollateralName.Jwks, out var bytes))
        {
            return RefuseKey(AttestationRefusal.MissingCollateral, CollateralName.Jwks, "the instance's key set", "none");
        }

        if (!JsonWebKeySet.TryParse(bytes, out var set))
        {
            return RefuseKey(AttestationRefusal.MalformedCollateral, CollateralName.Jwks, "a set of public keys, no id twice", "something else");
        }

        if (set.Find(signature.KeyId) is not { } key)
        {
            return RefuseKey(AttestationRefusal.UnknownKey, "kid", "a key of the set", signature.KeyId ?? "none");
        }

        return key.IsFor(signature.AlgorithmName)
            ? new AttestationVerdict<JsonWebKey>(key)
            : RefuseKey(AttestationRefusal.AlgorithmNotAllowed, "alg", $"the algorithm of key {key.KeyId}, {key.AlgorithmName ?? key.Key.Name}", signature.AlgorithmName);
    }

    // The service did this before it signed; it costs one hash to see that the data are those of this report.
    private AttestationFault? HeldDataFault()
    {
        var tee = claims.Tee;
        if (tee.Name != "sgx" || StrictJson.Text(tee.Level, "x-ms-sgx-ehd") is not { } text)
        {
            return null;
        }

        return Base64Text.TryDecodeUrl(text, out var data) && tee.ReportData.Span.StartsWith(SHA256.HashData(data)) && !tee.ReportData.Span[SHA256.HashSizeInBytes..].ContainsAnyExcept((byte)0)
            ? null
            : AttestationFault.Authenticate(AttestationRefusal.BindingMismatch, "x-ms-sgx-ehd", "data whose SHA-256 is the report data", "others");
    }

    private EnclaveClaims Claims(TrustAnchor root, VerifiedChain? chain)
    {
        var tee = claims.Tee;
        var nonces = claims.Nonces;
        return new EnclaveClaims
        {
            Kind = EvidenceKind.Maa,
            Tee = tee.Name,
            Root = new RootIdentity(RootKind.Maa, root.Fingerprint, root.Name),

            // Who breaks the hardware gets the token, too.
            Owners = tee.Vendor is { } vendor ? [RootKind.Maa, vendor] : [RootKind.Maa],
            Measurement = tee.Measurement,
            Measurements = tee.Measurements,
            Program = tee.Program,
            Signer = tee.Signer,
            ProductId = tee.ProductId,
            Svn = tee.Svn,
            Tcb = tee.Status is { } status ? new TcbClaim(status, null, [], null, null) : TcbClaim.NotApplicable,
            Debug = claims.IsDebug,

            // Of a guest with a paravisor the report binds the paravisor's keys; what binds the caller is the nonce that the vTPM signed.
            ReportData = claims.IsNested ? ReadOnlyMemory<byte>.Empty : tee.ReportData,
            Nonce = nonces.Count > 0 ? nonces[0] : claims.IsNested ? ReadOnlyMemory<byte>.Empty : default(ReadOnlyMemory<byte>?),
            OtherNonces = [.. nonces.Skip(1)],
            IssuedAt = claims.IssuedAt,
            HoldsUntil = chain is { } path && path.HoldsUntil < claims.Expires ? path.HoldsUntil : claims.Expires,
            Conditions = tee.Conditions,

            // A key that the roots name has no certificate that could be revoked.
            RevocationChecked = chain is null,
            NotChecked =
            [
                "the hardware's own evidence: the service saw it, and says so",
                "hardware id and chip family: the token does not carry them",
                .. tee.Status is null ? ["TCB status: the service judged it by its own policy, " + (claims.PolicyHash ?? "which the token does not name")] : Array.Empty<string>(),
                .. root.PolicyHash is null ? ["the instance's policy: none was pinned"] : Array.Empty<string>(),
                .. tee.Measurement.IsEmpty ? ["code: a virtual machine without isolation has no measurement of it"] : Array.Empty<string>(),
            ],
        };
    }

    private static AttestationVerdict<JsonWebKey> RefuseKey(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationRefusal reason, string field, string wanted, string given) =>
        new(AttestationFault.Authenticate(reason, field, wanted, given));
}
