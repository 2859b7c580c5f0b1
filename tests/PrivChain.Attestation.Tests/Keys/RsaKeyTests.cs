using System.Security.Cryptography;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tests.Keys;

/// <summary>Our reading of opened RSA signatures against the platform's signing.</summary>
[TestClass]
public sealed class RsaKeyTests
{
    private static readonly byte[] _data = "evidence"u8.ToArray();

    private static readonly (SignatureAlgorithm Algorithm, HashAlgorithmName Hash, RSASignaturePadding Padding)[] _algorithms =
    [
        (SignatureAlgorithm.RsaPkcs1Sha1, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1),
        (SignatureAlgorithm.RsaPkcs1Sha256, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        (SignatureAlgorithm.RsaPkcs1Sha384, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        (SignatureAlgorithm.RsaPkcs1Sha512, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        (SignatureAlgorithm.RsaPssSha256, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        (SignatureAlgorithm.RsaPssSha384, HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        (SignatureAlgorithm.RsaPssSha512, HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
    ];

    // The lengths differ in how many bits of the first byte PSS leaves unused.
    [TestMethod]
    [DataRow(2048)]
    [DataRow(2056)]
    [DataRow(3072)]
    public void Verify_EveryAlgorithm_TakesItsOwnSignaturesAndNoOthers(int bits)
    {
        using var rsa = RSA.Create(bits);
        var key = Key(rsa);
        foreach (var (algorithm, hash, padding) in _algorithms)
        {
            var signature = rsa.SignData(_data, hash, padding);
            foreach (var other in _algorithms)
            {
                Assert.AreEqual(other.Algorithm == algorithm, key.Verify(other.Algorithm, _data, signature), $"{algorithm} as {other.Algorithm}, {bits} bits");
            }

            Assert.IsFalse(key.Verify(algorithm, "evidencf"u8, signature), $"{algorithm}: other data");
            Assert.IsFalse(key.Verify(algorithm, _data, signature.AsSpan(1)), $"{algorithm}: shorter");
            Assert.IsFalse(key.Verify(algorithm, _data, (byte[])[0, .. signature]), $"{algorithm}: longer");
            for (var i = 0; i < signature.Length; i += 5)
            {
                signature[i] ^= 1;
                Assert.IsFalse(key.Verify(algorithm, _data, signature), $"{algorithm}: byte {i}");
                signature[i] ^= 1;
            }
        }
    }

    /// <summary>The signature and the signature plus the modulus open to the same number: only the smaller one is a signature.</summary>
    [TestMethod]
    public void Verify_NumberNotBelowTheModulus_IsRefused()
    {
        using var rsa = RSA.Create(2048);
        var modulus = Number(rsa.ExportParameters(false).Modulus!);

        // One in a few signatures leaves room for the sum in 2048 bits.
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            byte[] data = [.. _data, (byte)attempt, (byte)(attempt >> 8)];
            var signature = rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var sum = (Number(signature) + modulus).ToByteArray(isUnsigned: true, isBigEndian: true);
            if (sum.Length == signature.Length)
            {
                Assert.IsTrue(Key(rsa).Verify(SignatureAlgorithm.RsaPkcs1Sha256, data, signature));
                Assert.IsFalse(Key(rsa).Verify(SignatureAlgorithm.RsaPkcs1Sha256, data, sum));
                return;
            }
        }

        Assert.Fail("no signature was small enough");
    }

    /// <summary>Bleichenbacher's forgeries leave something behind the digest or shorten the padding.</summary>
    [TestMethod]
    public void IsPkcs1_AnythingButTheOneEncoding_IsRefused()
    {
        var digest = SHA256.HashData(_data);
        using var rsa = RSA.Create(2048);
        var p = rsa.ExportParameters(false);
        var encoded = System.Numerics.BigInteger.ModPow(Number(rsa.SignData(_data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), Number(p.Exponent!), Number(p.Modulus!)).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] valid = [.. new byte[256 - encoded.Length], .. encoded];
        Assert.IsTrue(RsaEncoding.IsPkcs1(valid, HashAlgorithmName.SHA256, digest));
        var start = valid.AsSpan(2).IndexOf((byte)0) + 2;
        byte[] shorter = [.. valid[..10], .. valid[start..]];
        Assert.IsFalse(RsaEncoding.IsPkcs1([.. shorter, .. new byte[256 - shorter.Length]], HashAlgorithmName.SHA256, digest), "what is left over behind the digest");
        Assert.IsFalse(RsaEncoding.IsPkcs1(shorter.AsSpan(1), HashAlgorithmName.SHA256, digest), "padding of seven bytes");
        for (var i = 0; i < valid.Length; i++)
        {
            valid[i] ^= 1;
            Assert.IsFalse(RsaEncoding.IsPkcs1(valid, HashAlgorithmName.SHA256, digest), $"byte {i}");
            valid[i] ^= 1;
        }
    }

    private static RsaKey Key(RSA rsa) => PublicKey.TryParse(rsa.ExportSubjectPublicKeyInfo(), out var key) ? (RsaKey)key : throw new InvalidOperationException("no key");

    private static System.Numerics.BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
