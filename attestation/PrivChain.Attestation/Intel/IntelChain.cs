using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Intel;

/// <summary>Chains of Intel's provisioning service (PCK Certificate and CRL Profile Specification): PCK certificate, PCK CA, root; and TCB signing certificate, root.</summary>
internal static class IntelChain
{
    private const string PckName = "SGX PCK Certificate";
    private const string TcbName = "SGX TCB Signing";
    private const string CaName = "CA";

    /// <summary>The chain of a PCK certificate.</summary>
    public static AttestationVerdict<VerifiedChain> VerifyPck(PckCertificates pck, AuthenticationContext context) =>
        Verify(pck.Leaf, pck.All, Rules("pckChain", context), length: 3, PckName);

    /// <summary>The chain of the certificate that signs TCB info and identities.</summary>
    public static AttestationVerdict<VerifiedChain> VerifyTcbSigning(IReadOnlyList<Certificate> certificates, AuthenticationContext context) =>
        Verify(certificates[0], certificates, Rules("tcbSigningChain", context), length: 2, TcbName);

    /// <summary>The chain of the authority that issues PCK certificates and their revocation list.</summary>
    public static AttestationVerdict<VerifiedChain> VerifyCrlIssuer(IReadOnlyList<Certificate> certificates, AuthenticationContext context) =>
        Verify(certificates[0], certificates, Rules("pckCrlIssuerChain", context), length: 2, CaName);

    /// <summary>The rules of a chain.</summary>
    public static ChainRules Rules(string field, AuthenticationContext context) =>
        new() { Field = field, Root = RootKind.Intel, Roots = context.Roots, At = context.At, Verified = context.Verified };

    private static AttestationVerdict<VerifiedChain> Verify(Certificate leaf, IReadOnlyList<Certificate> certificates, ChainRules rules, int length, string name)
    {
        var chain = ChainBuilder.Verify(leaf, certificates, rules);
        if (!chain.Accepted)
        {
            return chain;
        }

        // Under one root stand keys for two uses. The names keep a platform's key from signing TCB info, and the other way round.
        var path = chain.Value.Path;
        if (path.Count != length || !leaf.Subject.CommonName.Contains(name, StringComparison.Ordinal))
        {
            return Refuse(AttestationRefusal.InvalidChain, rules.Field, $"{length} certificates, the first one a {name}", $"{path.Count}, {leaf.Subject}");
        }

        // Where the caller names a root by its key alone, its certificate came along, and only its own signature vouches for what else it says.
        var root = path[^1];
        return chain.Value.Anchor.Certificate is null && !root.IsSignedBy(root.Key, rules.Verified)
            ? Refuse(AttestationRefusal.BadSignature, rules.Field, $"{root.Subject} signed by itself", "another signature")
            : chain;
    }

    private static AttestationVerdict<VerifiedChain> Refuse(AttestationRefusal reason, string field, string wanted, string given) =>
        new(AttestationFault.Authenticate(reason, field, wanted, given));
}
