using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PrivChain.Attestation.Azure;

/// <summary>A JWS in compact form by one of an instance's policy signers, whose certificate goes along: RS256, or ES256 for a key on P-256.</summary>
internal static class SignerToken
{
    /// <param name="payload">The payload, in base64url already.</param>
    /// <param name="signer">A certificate with its private key.</param>
    /// <exception cref="ArgumentException">No private key, or one of another kind.</exception>
    public static string Sign(string payload, X509Certificate2 signer)
    {
        using var rsa = signer.GetRSAPrivateKey();
        using var ecdsa = rsa is null ? signer.GetECDsaPrivateKey() : null;
        if (rsa is null && ecdsa is not { KeySize: 256 })
        {
            throw new ArgumentException("wanted a certificate with its private key, RSA or P-256", nameof(signer));
        }

        var algorithm = rsa is null ? "ES256" : "RS256";
        var signed = $"{Encode($"{{\"alg\":\"{algorithm}\",\"x5c\":[\"{Convert.ToBase64String(signer.RawData)}\"]}}")}.{payload}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = rsa?.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? ecdsa!.SignData(bytes, HashAlgorithmName.SHA256);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
