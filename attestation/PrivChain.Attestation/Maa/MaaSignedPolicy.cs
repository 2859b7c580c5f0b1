using System.Text;
using System.Text.Json;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Maa;

/// <summary>
/// An attestation policy that a customer signed (Microsoft, "Author and sign an attestation policy"): a JWS over <c>AttestationPolicy</c>, with the signer's certificate in <c>x5c</c>. The certificate there only says which of
/// the instance's policy-management certificates it is; one that is not among them signs nothing.
/// </summary>
public sealed class MaaSignedPolicy
{
    private const string PolicyMember = "AttestationPolicy";

    private MaaSignedPolicy(string policy, string signer, string algorithm)
    {
        Policy = policy;
        Signer = signer;
        Algorithm = algorithm;
    }

    /// <summary>The policy's text.</summary>
    public string Policy { get; }

    /// <summary>Subject of the certificate that signed it.</summary>
    public string Signer { get; }

    /// <summary>JWS name of the signature algorithm.</summary>
    public string Algorithm { get; }

    /// <summary>Verifies a signed policy.</summary>
    /// <param name="jws">Compact serialisation.</param>
    /// <param name="managementCertificates">The instance's policy-management certificates, each DER or PEM.</param>
    /// <param name="at">The time at which the certificate must be valid.</param>
    public static AttestationVerdict<MaaSignedPolicy> Verify(ReadOnlyMemory<byte> jws, IReadOnlyList<ReadOnlyMemory<byte>> managementCertificates, DateTimeOffset at)
    {
        if (!JsonWebSignature.TryParse(jws.Span, out var signature)
            || !StrictJson.TryReadObject(signature.Payload, out var payload) || !Base64Text.TryDecodeUrl(StrictJson.Text(payload, PolicyMember) ?? "=", out var policy)
            || !System.Text.Unicode.Utf8.IsValid(policy) || SignerOf(signature.Header) is not { } signer)
        {
            return new AttestationVerdict<MaaSignedPolicy>(AttestationFault.Parse("policy", "a JWS over AttestationPolicy with its signer's certificate", "something else"));
        }

        if (!managementCertificates.Any(bytes => Certificate.TryParseAny(bytes, out var trusted) && trusted.Der.Span.SequenceEqual(signer.Der.Span)))
        {
            return Refuse(AttestationRefusal.UntrustedRoot, "x5c", "a policy-management certificate of the instance", signer.Subject.ToString());
        }

        if (signature.Algorithm == Signatures.SignatureAlgorithm.Unknown || !Signatures.KeyFit.Fits(signature.Algorithm, signer.Key))
        {
            return Refuse(AttestationRefusal.AlgorithmNotAllowed, "alg", $"an algorithm of {signer.Key.Name}", signature.AlgorithmName);
        }

        if (!signature.IsSignedBy(signer.Key))
        {
            return Refuse(AttestationRefusal.BadSignature, "signature", $"a signature by {signer.Subject}", "another");
        }

        return at < signer.NotBefore ? Refuse(AttestationRefusal.NotYetValid, "x5c", $"valid at {at:u}", $"from {signer.NotBefore:u}")
            : at > signer.NotAfter ? Refuse(AttestationRefusal.Expired, "x5c", $"valid at {at:u}", $"until {signer.NotAfter:u}")
            : new AttestationVerdict<MaaSignedPolicy>(new MaaSignedPolicy(Encoding.UTF8.GetString(policy), signer.Subject.ToString(), signature.AlgorithmName));
    }

    private static Certificate? SignerOf(JsonElement header) =>
        header.TryGetProperty("x5c", out var chain) && chain.ValueKind == JsonValueKind.Array && chain.GetArrayLength() > 0 && chain[0].ValueKind == JsonValueKind.String
        && Base64Text.TryDecode(chain[0].GetString()!, out var der) && Certificate.TryParse(der, out var certificate)
            ? certificate
            : null;

    private static AttestationVerdict<MaaSignedPolicy> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
