using System.Security.Cryptography.X509Certificates;

namespace PrivChain.Attestation.Azure;

/// <summary>
/// A certificate that may sign an instance's policies, or may no longer, as the service takes it: a JWS around <c>{"policyCertificate": JWK with x5c}</c>, signed by one of those that may today. Only instances of the isolated model have
/// such certificates.
/// </summary>
public sealed class SignedPolicyCertificate
{
    private SignedPolicyCertificate(string token) => Token = token;

    /// <summary>The JWS in its compact form.</summary>
    public string Token { get; }

    /// <summary>Names a certificate to add or to remove.</summary>
    /// <param name="certificate">The certificate, RSA or P-256; a private key in it stays where it is.</param>
    /// <param name="signer">One that may sign policies today, with its private key: RS256, or ES256 for a key on P-256.</param>
    /// <exception cref="ArgumentException">A key of another kind, or a signer without private key.</exception>
    public static SignedPolicyCertificate Sign(X509Certificate2 certificate, X509Certificate2 signer)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var ecdsa = rsa is null ? certificate.GetECDsaPublicKey() : null;
        var type = rsa is not null ? "\"kty\":\"RSA\",\"alg\":\"RS256\""
            : ecdsa is { KeySize: 256 } ? "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\""
            : throw new ArgumentException("wanted a certificate with a key of RSA or P-256", nameof(certificate));
        var payload = $"{{\"policyCertificate\":{{{type},\"use\":\"sig\",\"x5c\":[\"{Convert.ToBase64String(certificate.RawData)}\"]}}}}";
        return new SignedPolicyCertificate(SignerToken.Sign(SignerToken.Encode(payload), signer));
    }
}
