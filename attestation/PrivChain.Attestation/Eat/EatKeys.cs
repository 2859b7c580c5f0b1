using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Eat;

/// <summary>
/// Signatures of tokens under keys given out of band (<see cref="RootKind.Eat"/>). A key id in a header chooses nothing: every key of the set is trusted for the whole family, so whichever signed will do.
/// </summary>
internal static class EatKeys
{
    /// <summary>The root that signed a COSE message, or the fault.</summary>
    public static AttestationVerdict<TrustAnchor> Verify(CoseSign1 message, AuthenticationContext context, string field) =>
        Verify(message.Algorithm, $"{message.AlgorithmNumber}", key => message.IsSignedBy(key), context, field);

    /// <summary>The root that signed a JWS, or the fault. PKCS #1 v1.5 is for token services; attesters that sign themselves have better.</summary>
    public static AttestationVerdict<TrustAnchor> Verify(JsonWebSignature message, AuthenticationContext context, string field) =>
        Verify(message.AlgorithmName.StartsWith("RS", StringComparison.Ordinal) ? SignatureAlgorithm.Unknown : message.Algorithm, message.AlgorithmName, message.IsSignedBy, context, field);

    private static AttestationVerdict<TrustAnchor> Verify(SignatureAlgorithm algorithm, string name, Func<PublicKey, bool> isSignedBy, AuthenticationContext context, string field)
    {
        if (algorithm == SignatureAlgorithm.Unknown)
        {
            return Refuse(AttestationRefusal.AlgorithmNotAllowed, field + ".alg", "ES256, ES384, ES512, PS256, PS384, PS512 or EdDSA, in the protected header", name);
        }

        var anchors = context.Roots.Of(RootKind.Eat).Where(anchor => anchor.Key is not null).ToList();
        if (anchors.Count == 0)
        {
            // A certificate comes along with other evidence, and its fingerprint is enough there; a token brings no key.
            return Refuse(AttestationRefusal.UntrustedRoot, field, $"a key that is trusted for {RootKind.Eat}", context.Roots.Of(RootKind.Eat).Any() ? "fingerprints alone, and no token brings the key itself" : "none");
        }

        var fitting = anchors.FindAll(anchor => KeyFit.Fits(algorithm, anchor.Key!));
        if (fitting.Count == 0)
        {
            return Refuse(AttestationRefusal.AlgorithmNotAllowed, field + ".alg", "the algorithm of a trusted key", name);
        }

        return fitting.Find(anchor => isSignedBy(anchor.Key!)) is { } signer
            ? new AttestationVerdict<TrustAnchor>(signer)
            : Refuse(AttestationRefusal.BadSignature, field + ".signature", "a signature by a trusted key", "another");
    }

    private static AttestationVerdict<TrustAnchor> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
