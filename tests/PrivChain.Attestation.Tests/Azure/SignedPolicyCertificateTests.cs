using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Azure;

namespace PrivChain.Attestation.Tests.Azure;

[TestClass]
public sealed class SignedPolicyCertificateTests
{
    private static readonly DateTimeOffset _from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow(true, "RSA", "RS256")]
    [DataRow(false, "EC", "ES256")]
    public void Sign_Certificate_IsInThePayloadAndTheSignerInTheHeader(bool rsa, string type, string algorithm)
    {
        using var added = Make(rsa);
        using var signer = Make(!rsa);
        var parts = SignedPolicyCertificate.Sign(added, signer).Token.Split('.');
        var key = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!["policyCertificate"]!;
        Assert.AreEqual(Convert.ToBase64String(added.RawData), (string?)key["x5c"]![0]);
        Assert.AreEqual(type, (string?)key["kty"]);
        Assert.AreEqual(algorithm, (string?)key["alg"]);
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        Assert.AreEqual(Convert.ToBase64String(signer.RawData), (string?)header["x5c"]![0]);
        var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var signature = Base64Url.DecodeFromChars(parts[2]);
        Assert.IsTrue(rsa
            ? signer.GetECDsaPublicKey()!.VerifyData(signed, signature, HashAlgorithmName.SHA256)
            : signer.GetRSAPublicKey()!.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        signed[^1] ^= 1;
        Assert.IsFalse(rsa
            ? signer.GetECDsaPublicKey()!.VerifyData(signed, signature, HashAlgorithmName.SHA256)
            : signer.GetRSAPublicKey()!.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [TestMethod]
    public void Sign_SignerWithoutPrivateKeyOrOtherCurve_Throws()
    {
        using var certificate = Make(rsa: true);
        using var bare = X509CertificateLoader.LoadCertificate(certificate.RawData);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var other = new CertificateRequest("CN=p384", key, HashAlgorithmName.SHA384).CreateSelfSigned(_from, _from.AddYears(1));
        Assert.ThrowsExactly<ArgumentException>(() => SignedPolicyCertificate.Sign(certificate, bare));
        Assert.ThrowsExactly<ArgumentException>(() => SignedPolicyCertificate.Sign(certificate, other));
        Assert.ThrowsExactly<ArgumentException>(() => SignedPolicyCertificate.Sign(other, certificate));
        Assert.IsNotNull(SignedPolicyCertificate.Sign(bare, certificate).Token, "what is added needs no private key");
    }

    private static X509Certificate2 Make(bool rsa)
    {
        using var rsaKey = RSA.Create(2048);
        using var ecKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = rsa ? new CertificateRequest("CN=rsa", rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : new CertificateRequest("CN=ec", ecKey, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(_from, _from.AddYears(1));
    }
}
