using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Roots;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Certificates;

[TestClass]
public sealed class CertificateTests
{
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void TryParseAny_EveryCertificateOfTheVectors_AgreesWithThePlatform()
    {
        var compared = 0;
        foreach (var path in new[] { "*.pem", "*.der" }.SelectMany(pattern => VectorFolder.Files("attestation", pattern)).Where(path => !path.Contains("derived", StringComparison.Ordinal)))
        {
            if (!PemText.TryReadCertificates(File.ReadAllBytes(path), out var ders))
            {
                continue;
            }

            foreach (var der in ders)
            {
                X509Certificate2 platform;
                try
                {
                    platform = X509CertificateLoader.LoadCertificate(der.Span);
                }
                catch (CryptographicException)
                {
                    // A request, a key or a list.
                    continue;
                }

                using (platform)
                {
                    Assert.IsTrue(Certificate.TryParse(der, out var ours), path);
                    Assert.AreEqual(platform.NotAfter.ToUniversalTime(), ours.NotAfter.UtcDateTime, path);
                    Assert.AreEqual(platform.NotBefore.ToUniversalTime(), ours.NotBefore.UtcDateTime, path);
                    Assert.AreEqual(platform.SerialNumber, Convert.ToHexString(ours.SerialNumber.Span), path);
                    Assert.IsTrue(platform.SubjectName.RawData.AsSpan().SequenceEqual(ours.Subject.Der.Span), path);
                    Assert.IsTrue(platform.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(ours.Key.SubjectPublicKeyInfo.Span), path);
                    Assert.AreEqual(platform.Extensions.Count, ours.Extensions.Count, path);
                    compared++;
                }
            }
        }

        Assert.IsGreaterThan(20, compared);
    }

    [TestMethod]
    public void TryParse_TruncatedExtendedOrFlipped_NeverPassesAsTheSame()
    {
        using var root = TestAuthority.Root("root");
        using var leaf = root.Issue("leaf");
        var valid = leaf.Der;
        var issuer = root.Certificate.Key;
        Assert.IsTrue(leaf.Certificate.IsSignedBy(issuer, null));
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(Certificate.TryParse(valid.AsMemory(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(Certificate.TryParse((byte[])[.. valid, 0], out _));
        for (var i = 0; i < valid.Length; i++)
        {
            var changed = valid.ToArray();
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.IsFalse(Certificate.TryParse(changed, out var parsed) && parsed.IsSignedBy(issuer, null), $"byte {i}");
        }
    }

    [TestMethod]
    public void TryParse_AlgorithmOutsideOtherThanInside_IsRefused()
    {
        using var root = TestAuthority.Root("root");
        var der = root.Der;

        // The outer AlgorithmIdentifier is the last ecdsa-with-SHA256; SHA-384 differs in one byte.
        byte[] sha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
        der[der.AsSpan().LastIndexOf(sha256) + 7] = 3;
        Assert.IsFalse(Certificate.TryParse(der, out _));
    }

    [TestMethod]
    public void TryReadCertificates_BrokenBlock_IsNotAShorterChain()
    {
        using var root = TestAuthority.Root("root");
        var pem = PemEncoding.WriteString("CERTIFICATE", root.Der);
        Assert.IsTrue(Read(pem + "\n" + pem, out var two));
        Assert.AreEqual(2, two);
        Assert.IsTrue(Read("text\n" + pem + "\0\0", out _), "quotes end with zero bytes");
        Assert.IsFalse(Read(pem + "\n-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----", out _));
        Assert.IsFalse(Read(pem + "\n-----BEGIN CERTIFICATE-----\nAAAA", out _));
        Assert.IsFalse(Read(pem + PemEncoding.WriteString("PRIVATE KEY", [1]), out _));
        Assert.IsFalse(Read(string.Concat(Enumerable.Repeat(pem + "\n", 17)), out _), "more than any chain has");
        Assert.IsFalse(Read("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n" + pem, out _), "broken in front");
        Assert.IsFalse(Read(pem + "\n-----BEGIN CERTIFICATE-----\nAAAA\n" + pem, out _), "broken between");
        Assert.IsFalse(Read("text-----BEGIN CERTIFICATE-----\n" + pem, out _), "one that begins in a line, which no reader finds");
        Assert.IsTrue(Read("\ufeff" + pem + "\n" + pem, out two), "editors put a byte order mark in front");
        Assert.AreEqual(2, two);

        static bool Read(string text, out int count)
        {
            var read = PemText.TryReadCertificates(System.Text.Encoding.UTF8.GetBytes(text), out var certificates);
            count = certificates?.Count ?? 0;
            return read;
        }
    }

    /// <summary>Text that begins blocks and ends none: each beginning was looked for its end through the whole text, 3 seconds for this one.</summary>
    [TestMethod]
    public void PemText_ManyBeginnings_AreRefusedAtOnce()
    {
        var text = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("-----BEGIN A-----\n", 512 * 1024 / 18)));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.IsFalse(PemText.TryReadCertificates(text, out _));
        Assert.IsFalse(PemText.TryReadBlocks(text, "X509 CRL", out _));
        Assert.IsFalse(PemText.IsOnlyBlocks(text));
        Assert.IsFalse(RevocationList.TryParse(text, out _));
        Assert.IsLessThan(300, clock.ElapsedMilliseconds);
    }

    /// <summary>DER is never searched for text, whatever a name in it says.</summary>
    [TestMethod]
    public void TryReadCertificates_DerWithPemInAName_IsDer()
    {
        using var root = TestAuthority.Root("-----BEGIN CERTIFICATE-----");
        Assert.IsTrue(Certificate.TryParseAny(root.Der, out _));
    }

    [TestMethod]
    public void VendorRoots_AreThePublishedOnes()
    {
        // SHA-256 of the certificates, as the vendors publish them.
        string[] published =
        [
            "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3", "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b",
            "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd", "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
            "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a", "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48",
        ];
        CollectionAssert.AreEquivalent(published, VendorRoots.All.Select(root => Convert.ToHexStringLower(SHA256.HashData(root.Certificate!.Der.Span))).ToArray());
        foreach (var root in VendorRoots.All)
        {
            Assert.IsTrue(root.Certificate!.IsSelfIssued && root.Certificate.IsSignedBy(root.Key!, null), root.Name);
            var byName = new RootSet([RootSet.Name(root.Kind, root.Fingerprint.Span)]).Anchors.Single();
            Assert.AreSame(root, byName, "a genesis names it by fingerprint");
        }

        Assert.IsEmpty(RootSet.Empty.Anchors, "carrying a root does not make it trusted");
    }

    [TestMethod]
    public void RootSet_NamesOfAnotherForm_NameNothing()
    {
        Assert.IsEmpty(new RootSet(["intel", ":0x00", "intel:0xZZ", "intel:0x0", "intel:0xAB", "intel:00"]).Anchors);
        Assert.HasCount(1, new RootSet(["intel:0x00", "intel:0x00"]).Anchors);
    }
}
