using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tests.Cose;

[TestClass]
public sealed class CoseSign1Tests
{
    private readonly TestSigner _signer = TestSigner.P256();

    [TestCleanup]
    public void Clean() => _signer.Dispose();

    [TestMethod]
    public void IsSignedBy_OwnKeyOnly()
    {
        using var other = TestSigner.P256();
        Assert.IsTrue(CoseSign1.TryParse(_signer.Sign1([1, 2, 3]), out var message));
        Assert.IsTrue(message.IsTagged);
        Assert.IsTrue(message.IsSignedBy(_signer.Key));
        Assert.IsFalse(message.IsSignedBy(other.Key));
        Assert.IsFalse(message.IsSignedBy(_signer.Key, [0]), "external data are signed too");
    }

    [TestMethod]
    [DataRow("43a10126", "a0", true, "as it should be")]
    [DataRow("43a10126", "a10441aa", true, "a key id that nobody signed")]
    [DataRow("43a10126", "f6", false, "null for a header")]
    [DataRow("43a10126", "a10126", false, "algorithm in both headers")]
    [DataRow("40", "a10126", false, "algorithm only where nobody signs it")]
    [DataRow("46a20126024104", "a0", false, "a critical header that is not well-formed")]
    [DataRow("47a2012602810404", "a0", false, "a critical header with bytes after it")]
    [DataRow("46a20126028104", "a0", false, "a critical header")]
    [DataRow("46a201260441aa", "a10441bb", false, "a label in both headers")]
    [DataRow("47a20126616141aa", "a1616141bb", false, "a text label in both headers")]
    [DataRow("47a20126616141aa", "a1616241bb", true, "another text label")]
    [DataRow("45a201260126", "a0", false, "a label twice")]
    [DataRow("44a1012600", "a0", false, "bytes after the protected header")]
    [DataRow("a10126", "a0", false, "a protected header that is not wrapped")]
    public void TryParse_Headers(string protectedHeader, string unprotected, bool wanted, string why) =>
        Assert.AreEqual(wanted, CoseSign1.TryParse(Convert.FromHexString($"84{protectedHeader}{unprotected}4101" + "42aabb"), out _), why);

    /// <summary>Each label of one header was looked for in the other one by one: 2 seconds for this message of 180 KiB.</summary>
    [TestMethod]
    public void TryParse_ThousandsOfLabels_AreComparedInOneGo()
    {
        var header = TestSigner.Map([.. Enumerable.Range(100, 15_000).Select(label => ((object)label, (object?)0))]);
        var other = TestSigner.Map([.. Enumerable.Range(100_000, 15_000).Select(label => ((object)label, (object?)0))]);
        var message = TestSigner.Array(header, TestSigner.Raw(other), new byte[1], new byte[2]);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.IsTrue(CoseSign1.TryParse(message, out _));
        Assert.IsLessThan(700, clock.ElapsedMilliseconds);
    }

    [TestMethod]
    [DataRow("d284", true, "tag 18")]
    [DataRow("84", true, "no tag")]
    [DataRow("d284d284", false, "tags inside")]
    [DataRow("d2d284", false, "tag 18 twice")]
    [DataRow("d184", false, "tag 17")]
    [DataRow("d83d84", false, "tag 61 alone")]
    [DataRow("85", false, "five elements")]
    public void TryParse_Tags(string head, bool wanted, string why) =>
        Assert.AreEqual(wanted, CoseSign1.TryParse(Convert.FromHexString(head + "43a10126a0410142aabb"), out _), why);

    [TestMethod]
    public void TryParse_PayloadThatIsElsewhere_IsRefused() => Assert.IsFalse(CoseSign1.TryParse(Convert.FromHexString("d28443a10126a0f642aabb"), out _));

    [TestMethod]
    public void IsSignedBy_AlgorithmOfAnotherKeyType_IsRefused()
    {
        foreach (var algorithm in new[] { -35, -36, -37, -8, -257, -7000, 5, 0, -1 })
        {
            Assert.IsTrue(CoseSign1.TryParse(_signer.Sign1([1], algorithm), out var message));
            Assert.IsFalse(message.IsSignedBy(_signer.Key), $"alg {algorithm}");
        }
    }

    [TestMethod]
    public void Read_CoseKey_GivesTheKeyOrNull()
    {
        Assert.IsTrue(Read(_signer.CoseKey())!.Fingerprint.Span.SequenceEqual(_signer.Key.Fingerprint.Span));
        Assert.IsTrue(Read(_signer.CoseKey(compressed: true))!.Fingerprint.Span.SequenceEqual(_signer.Key.Fingerprint.Span), "the sign of y instead of y");
        Assert.IsNotNull(Read(_signer.CoseKey(extra: (3, -7))));
        Assert.IsNull(Read(_signer.CoseKey(extra: (3, -35))), "a key for another algorithm");
        Assert.IsNull(Read(_signer.CoseKey(extra: (-4, 1))), "a private part");
        Assert.IsNotNull(Read("a301012006215820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), "Ed25519 of RFC 8032");
        Assert.IsNull(Read("a301012004215820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), "another curve");
    }

    private static PublicKey? Read(string hex) => Read(Convert.FromHexString(hex));

    private static PublicKey? Read(byte[] bytes)
    {
        Assert.IsTrue(CborValue.TryParse(bytes, out var map));
        return CoseKey.Read(map);
    }
}
