using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tests.Jose;

[TestClass]
public sealed class JoseTests
{
    private readonly TestSigner _signer = TestSigner.P256();

    [TestCleanup]
    public void Clean() => _signer.Dispose();

    [TestMethod]
    [DataRow("", true)]
    [DataRow("AA", true)]
    [DataRow("AAA", true)]
    [DataRow("AAAA", true)]
    [DataRow("A", false)]
    [DataRow("AAAAA", false)]
    [DataRow("AB", false)]
    [DataRow("AA==", false)]
    [DataRow("AA=", false)]
    [DataRow("A A", false)]
    [DataRow("AA\n", false)]
    [DataRow("+A", false)]
    [DataRow("/w", false)]
    [DataRow("_w", true)]
    public void TryDecodeUrl_OneTextForOneValue(string text, bool wanted) => Assert.AreEqual(wanted, Base64Text.TryDecodeUrl(text, out _));

    [TestMethod]
    [DataRow("""{"a":1,"a":1}""", "a member twice")]
    [DataRow("""{"a":{"b":1,"\u0062":2}}""", "a member twice below, once escaped")]
    [DataRow("""{"a":"\ud800"}""", "half a character")]
    [DataRow("""{"\ud800":1}""", "half a character in a name")]
    [DataRow("""{"a":1,}""", "a comma too many")]
    [DataRow("""{"a":1} """ + "{}", "two objects")]
    [DataRow("""[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]""", "too deep")]
    public void TryRead_WhatIsNotStrictJson_IsRefused(string json, string why) => Assert.IsFalse(StrictJson.TryRead(Encoding.UTF8.GetBytes(json), out _), why);

    [TestMethod]
    public void TryRead_InvalidUtf8_IsRefused() => Assert.IsFalse(StrictJson.TryRead((byte[])[.. "{\"a\":\""u8, 0xff, .. "\"}"u8], out _));

    [TestMethod]
    public void TryParse_HeadersThatAreNotUnderstood_AreRefused()
    {
        Assert.IsTrue(JsonWebSignature.TryParse(_signer.Jws("{}"), out var signature));
        Assert.IsTrue(signature.IsSignedBy(_signer.Key));
        string[] headers =
        [
            """{"kid":"test"}""", """{"alg":7}""", """{"alg":"ES256","crit":["exp"]}""", """{"alg":"ES256","alg":"ES256"}""", "[]", "7", """{"alg":"ES256","crit":[],"b64":false}""",
        ];
        foreach (var header in headers)
        {
            Assert.IsFalse(JsonWebSignature.TryParse(_signer.Jws("{}", header), out _), header);
        }
    }

    [TestMethod]
    public void IsSignedBy_AlgorithmThatIsNotTheKeys_IsRefused()
    {
        foreach (var algorithm in new[] { "none", "None", "HS256", "ES384", "RS256", "PS256", "EdDSA", "es256", "" })
        {
            Assert.IsTrue(JsonWebSignature.TryParse(_signer.Jws("{}", $$"""{"alg":"{{algorithm}}"}"""), out var signature));
            Assert.IsFalse(signature.IsSignedBy(_signer.Key), algorithm);
        }
    }

    [TestMethod]
    public void TryParse_KeySets()
    {
        using var other = TestSigner.P256();
        (string Set, bool Wanted, string Why)[] cases =
        [
            ($$"""{"keys":[{{_signer.Jwk(",\"kid\":\"a\"")}},{{other.Jwk(",\"kid\":\"b\"")}}]}""", true, "two keys"),
            ($$"""{"keys":[{{_signer.Jwk(",\"kid\":\"a\"")}},{{other.Jwk(",\"kid\":\"a\"")}}]}""", false, "one id for two keys"),
            ($$"""{"keys":[{{_signer.Jwk(",\"d\":\"AA\"")}}]}""", false, "a private key"),
            ($$"""{"keys":[{"kty":"oct","k":"AAAA"}]}""", false, "a symmetric key"),
            ("""{"keys":[]}""", true, "no key"),
            ("""{"keys":{}}""", false, "no list"),
            ("""{}""", false, "no keys"),
            ($$"""{"keys":[{{_signer.Jwk()}}],"keys":[{{other.Jwk()}}]}""", false, "keys twice"),
            ($$"""{"keys":[{{_signer.Jwk().Replace("P-256", "P-384", StringComparison.Ordinal)}}]}""", false, "a point of another curve"),
        ];
        foreach (var (set, wanted, why) in cases)
        {
            Assert.AreEqual(wanted, JsonWebKeySet.TryParse(Encoding.UTF8.GetBytes(set), out _), why);
        }

        Assert.IsTrue(JsonWebKeySet.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{{_signer.Jwk()}}]}"""), out var single));
        Assert.IsNull(single.Find(null), "the only key is not the one that was not named");
        Assert.IsNull(single.Find(""), "nor the one named by nothing");
    }

    [TestMethod]
    public void IsFor_UseOperationsAndAlgorithmAgree()
    {
        (string More, bool Wanted)[] cases =
        [
            ("", true), (",\"use\":\"sig\"", true), (",\"use\":\"enc\"", false), (",\"alg\":\"ES256\"", true), (",\"alg\":\"ES384\"", false), (",\"key_ops\":[\"verify\"]", true), (",\"key_ops\":[\"sign\"]", false),
            (",\"key_ops\":\"verify\"", false),
        ];
        foreach (var (more, wanted) in cases)
        {
            Assert.IsTrue(JsonWebKey.TryParse(Encoding.UTF8.GetBytes(_signer.Jwk(more)), out var key));
            Assert.AreEqual(wanted, key.IsFor("ES256"), more);
        }
    }

    [TestMethod]
    public void TryFromJwkAndPem_GiveTheSameRoot()
    {
        Assert.IsTrue(TrustAnchor.TryFromJwk(RootKind.Eat, Encoding.UTF8.GetBytes(_signer.Jwk()), "key", out var jwk));
        Assert.IsTrue(TrustAnchor.TryFromPublicKey(RootKind.Eat, Encoding.ASCII.GetBytes(_signer.Platform.ExportSubjectPublicKeyInfoPem()), "key", out var pem));
        Assert.IsTrue(TrustAnchor.TryFromPublicKey(RootKind.Eat, _signer.SubjectPublicKeyInfo, "key", out var der));
        Assert.IsTrue(jwk.Fingerprint.Span.SequenceEqual(pem.Fingerprint.Span) && jwk.Fingerprint.Span.SequenceEqual(der.Fingerprint.Span));
        Assert.IsFalse(TrustAnchor.TryFromJwk(RootKind.Eat, Encoding.UTF8.GetBytes(_signer.Jwk(",\"use\":\"enc\"")), "key", out _));
    }

    [TestMethod]
    public void Matches_KeysOfRoca_AreToldFromOthers()
    {
        // A modulus that is a power of 65537 modulo the product of the primes is one modulo each of them.
        var product = new[] { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167 }
            .Aggregate(System.Numerics.BigInteger.One, (left, right) => left * right);
        var weak = System.Numerics.BigInteger.ModPow(65537, 1234567, product) + (product * 99);
        Assert.IsTrue(RocaFingerprint.Matches(weak.ToByteArray(isUnsigned: true, isBigEndian: true)));
        using var rsa = RSA.Create(2048);
        Assert.IsFalse(RocaFingerprint.Matches(rsa.ExportParameters(false).Modulus));
    }

    [TestMethod]
    public void Fits_EachAlgorithmHasItsKeys()
    {
        using var p384 = TestSigner.P384();
        using var rsa = RSA.Create(2048);
        Assert.IsTrue(PublicKey.TryParse(rsa.ExportSubjectPublicKeyInfo(), out var rsaKey));
        foreach (var algorithm in Enum.GetValues<SignatureAlgorithm>())
        {
            Assert.AreEqual(algorithm == SignatureAlgorithm.EcdsaSha256, KeyFit.Fits(algorithm, _signer.Key), $"{algorithm}");
            Assert.AreEqual(algorithm == SignatureAlgorithm.EcdsaSha384, KeyFit.Fits(algorithm, p384.Key), $"{algorithm}");
            Assert.AreEqual(algorithm is >= SignatureAlgorithm.RsaPkcs1Sha256 and <= SignatureAlgorithm.RsaPssSha512, KeyFit.Fits(algorithm, rsaKey), $"{algorithm}");
        }
    }
}
