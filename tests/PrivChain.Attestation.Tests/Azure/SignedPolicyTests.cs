using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Azure;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Azure;

[TestClass]
public sealed class SignedPolicyTests
{
    private const string Text = "version= 1.0; authorizationrules { => permit(); };";

    [TestMethod]
    public void Sign_RsaAndEcdsa_VerifyUnderTheCertificateInTheHeader()
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var (algorithm, request) in new[]
        {
            ("RS256", new CertificateRequest("CN=signer", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), ("ES256", new CertificateRequest("CN=signer", ecdsa, HashAlgorithmName.SHA256)),
        })
        {
            using var signer = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
            var policy = SignedPolicy.Sign(Text, signer);
            var parts = policy.Token.Split('.');
            var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
            Assert.AreEqual(algorithm, (string?)header["alg"]);
            Assert.AreEqual(Convert.ToBase64String(signer.RawData), (string?)header["x5c"]![0]);
            var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
            var signature = Base64Url.DecodeFromChars(parts[2]);
            Assert.IsTrue(algorithm == "RS256" ? rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256));
            Assert.AreEqual(Text, SignedPolicy.ReadWithoutVerifying(Wrap(policy.Token)));
            Assert.AreEqual(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(policy.Token))), policy.TokenHash);
        }
    }

    [TestMethod]
    public void Sign_WithoutAKeyThatMaySign_Throws()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var other = new CertificateRequest("CN=signer", p384, HashAlgorithmName.SHA384).CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.ThrowsExactly<ArgumentException>(() => SignedPolicy.Sign(Text, other));
        using var noKey = X509CertificateLoader.LoadCertificate(other.RawData);
        Assert.ThrowsExactly<ArgumentException>(() => SignedPolicy.Sign(Text, noKey));
    }

    [TestMethod]
    public void Unsigned_HasNoSignature_AndNoPayloadForAReset()
    {
        Assert.IsTrue(SignedPolicy.Unsigned(Text).Token.EndsWith('.'));
        Assert.AreEqual(Text, SignedPolicy.ReadWithoutVerifying(Wrap(SignedPolicy.Unsigned(Text).Token)));
        Assert.AreEqual("eyJhbGciOiJub25lIn0..", SignedPolicy.Unsigned(null).Token);
    }

    // Policies that Azure's own tools signed are read like ours.
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void ReadWithoutVerifying_PublishedPolicies_GiveText()
    {
        foreach (var path in VectorFolder.Files("attestation/maa", "*.jws"))
        {
            var text = SignedPolicy.ReadWithoutVerifying(Wrap(File.ReadAllText(path).Trim()));
            Assert.IsNotNull(text, path);
            Assert.Contains("version", text, path);
        }
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("a.b")]
    [DataRow("a.!.c")]
    [DataRow("a.e30.c")]
    [DataRow("a.W10.c")]
    [DataRow("a.eyJ4LW1zLXBvbGljeSI6MX0.c")]
    public void ReadWithoutVerifying_OtherTokens_GiveNothing(string token) => Assert.IsNull(SignedPolicy.ReadWithoutVerifying(Encoding.ASCII.GetBytes(token)));

    private static byte[] Wrap(string policy) =>
        Encoding.ASCII.GetBytes($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(new JsonObject { ["x-ms-policy"] = policy }.ToJsonString()))}.c2ln");
}
