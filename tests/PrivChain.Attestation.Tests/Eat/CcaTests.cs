using System.Security.Cryptography;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Eat;

[TestClass]
public sealed class CcaTests
{
    private static readonly byte[] _challenge = [.. Enumerable.Range(0, 64).Select(value => (byte)value)];

    private readonly TestSigner _platform = TestSigner.P384();
    private readonly TestSigner _realm = TestSigner.P384();

    private AuthenticationContext Context => new(new RootSet([_platform.Anchor()]), DateTimeOffset.UnixEpoch);

    [TestCleanup]
    public void Clean()
    {
        _platform.Dispose();
        _realm.Dispose();
    }

    private TokenTrial Try(byte[] token, byte[]? nonce = null) => TokenTrial.Of(EvidenceKind.Cca, token, Context, nonce);

    private byte[] Platform(byte[] key, Func<byte[], byte[]>? hash = null, int lifecycle = 0x3000, TestSigner? signer = null) => (signer ?? _platform).Sign1(TestSigner.Map(
        (265, "tag:arm.com,2023:cca_platform#1.0.0"),
        (10, (hash ?? SHA256.HashData)(key)),
        (2396, new byte[32]),
        (256, (byte[])[1, .. new byte[32]]),
        (2401, new byte[] { 1 }),
        (2395, lifecycle),
        (2399, TestSigner.Raw(TestSigner.Array(TestSigner.Raw(TestSigner.Map((1, "RMM"), (2, new byte[32]), (5, new byte[32])))))),
        (2402, "sha-256")));

    private byte[] Realm(byte[] key, byte[]? challenge = null, string hash = "sha-256", bool profile = true, int initial = 32, TestSigner? signer = null) => (signer ?? _realm).Sign1(TestSigner.Map([
        .. profile ? [(265, "tag:arm.com,2023:realm#1.0.0")] : Array.Empty<(object, object?)>(),
        (10, challenge ?? _challenge),
        (44235, new byte[64]),
        (44236, "sha-256"),
        (44237, key),
        (44238, Enumerable.Repeat((byte)5, initial).ToArray()),
        (44239, TestSigner.Raw(TestSigner.Array(new byte[32], new byte[32], new byte[32], new byte[32]))),
        (44240, hash),
    ]));

    private static byte[] Collection(byte[] platform, byte[] realm) => TestSigner.Tag(399, TestSigner.Map((44234, platform), (44241, realm)));

    [TestMethod]
    public void Authenticate_OwnToken_GivesTheClaims()
    {
        var key = _realm.CoseKey();
        var trial = Try(Collection(Platform(key), Realm(key)), _challenge);
        Assert.AreEqual("valid_signature_only", trial.Verdict, trial.Fault?.ToString());
        var claims = trial.Authentic!.Claims;
        Assert.IsTrue(claims.Measurement.Span.SequenceEqual((byte[])[.. Enumerable.Repeat((byte)5, 32), .. new byte[16]]), "the realm's initial measurement, padded");
        Assert.IsTrue(claims.ReportData.Span.SequenceEqual(_challenge));
        CollectionAssert.AreEqual(new[] { "rim", "rem0", "rem1", "rem2", "rem3", "platform.RMM" }, claims.Measurements.Select(value => value.Name).ToArray());
        Assert.AreEqual("nonce_mismatch", Try(Collection(Platform(key), Realm(key)), new byte[64]).Verdict);
        Assert.AreEqual("valid_debug", Try(Collection(Platform(key, lifecycle: 0x5000), Realm(key))).Verdict);
        var large = Try(Collection(Platform(key), Realm(key, initial: 64))).Authentic!.Claims;
        Assert.IsTrue(large.Measurement.Span.SequenceEqual(SHA384.HashData([.. Enumerable.Repeat((byte)5, 64)])), "64 bytes do not fit: their SHA-384");
    }

    [TestMethod]
    public void Authenticate_RealmKey_IsBelievedOnlyByThePlatformsChallenge()
    {
        using var stranger = TestSigner.P384();
        var key = _realm.CoseKey();
        Assert.AreEqual("valid_signature_only", Try(Collection(Platform(key, SHA512.HashData), Realm(key, hash: "sha-512"))).Verdict);
        Assert.AreEqual("binding_mismatch", Try(Collection(Platform(key, SHA512.HashData), Realm(key, hash: "sha-256"))).Verdict, "another hash than the realm names");
        Assert.AreEqual("binding_mismatch", Try(Collection(Platform(key), Realm(stranger.CoseKey(), signer: stranger))).Verdict, "a realm of one's own below a genuine platform");
        Assert.AreEqual("invalid_signature", Try(Collection(Platform(key), Realm(key, signer: stranger))).Verdict, "a realm token signed by another");
        Assert.AreEqual("invalid_signature", Try(Collection(Platform(key, signer: stranger), Realm(key))).Verdict, "a platform that is not trusted");
        Assert.AreEqual("malformed", Try(Collection(Platform(key), Realm(key, hash: "sha-1"))).Verdict, "a hash that can be forged");
    }

    [TestMethod]
    public void Authenticate_RealmKeyAsPoint_IsTheFormOfTokensWithoutProfile()
    {
        var point = _realm.Point;
        Assert.AreEqual("valid_signature_only", Try(Collection(Platform(point), Realm(point, profile: false))).Verdict);
        Assert.AreEqual("malformed", Try(Collection(Platform(point), Realm(point, profile: true))).Verdict, "with a profile it is COSE_Key");
        Assert.AreEqual("malformed", Try(Collection(Platform(_realm.CoseKey()), Realm(_realm.CoseKey(), profile: false))).Verdict);
        point[^1] ^= 1;
        Assert.AreEqual("malformed", Try(Collection(Platform(point), Realm(point, profile: false))).Verdict, "not on the curve");
    }

    [TestMethod]
    public void Parse_CollectionsOfOtherForms_AreRefused()
    {
        var key = _realm.CoseKey();
        byte[] platform = Platform(key), realm = Realm(key);
        ReadOnlyMemory<byte> Entry(int format, byte[] token) => TestSigner.Raw(TestSigner.Array(format, token));
        Assert.AreEqual("valid_signature_only", Try(TestSigner.Tag(907, TestSigner.Map((44234, Entry(263, platform)), (44241, Entry(263, realm))))).Verdict, "the collection of conceptual messages");
        (string Why, byte[] Token)[] cases =
        [
            ("no tag", TestSigner.Map((44234, platform), (44241, realm))),
            ("another tag", TestSigner.Tag(400, TestSigner.Map((44234, platform), (44241, realm)))),
            ("no realm", TestSigner.Tag(399, TestSigner.Map((44234, platform)))),
            ("no platform", TestSigner.Tag(399, TestSigner.Map((44241, realm)))),
            ("swapped", Collection(realm, platform)),
            ("a third token", TestSigner.Tag(399, TestSigner.Map((44234, platform), (44241, realm), (44242, realm)))),
            ("another content format", TestSigner.Tag(907, TestSigner.Map((44234, Entry(60, platform)), (44241, Entry(263, realm))))),
            ("bare bytes under the new tag", TestSigner.Tag(907, TestSigner.Map((44234, platform), (44241, realm)))),
        ];
        foreach (var (why, token) in cases)
        {
            Assert.AreEqual("malformed", Try(token).Verdict, why);
        }
    }

    [TestMethod]
    public void Authenticate_ParsecKey_IsBelievedOnlyByTheRealmsChallenge()
    {
        using var application = TestSigner.P256();
        byte[] nonce = [1, 2, 3, 4, 5, 6, 7, 8];
        var kat = TestSigner.Tag(601, TestSigner.Map((10, nonce), (8, TestSigner.Raw(TestSigner.Map((1, TestSigner.Raw(application.CoseKey())))))));
        var key = _realm.CoseKey();
        var pat = Collection(Platform(key), Realm(key, SHA512.HashData(kat)));
        foreach (var (why, token) in new[]
        {
            ("in place", TestSigner.Map(("kat", TestSigner.Raw(kat)), ("pat", TestSigner.Raw(pat)))),
            ("as bytes", TestSigner.Map(("kat", kat), ("pat", pat))),
        })
        {
            var trial = Try(token, nonce);
            Assert.AreEqual("valid_signature_only", trial.Verdict, $"{why}: {trial.Fault}");
            Assert.AreEqual(Convert.ToHexStringLower(application.SubjectPublicKeyInfo), trial.Fields["application_key"]!.GetValue<string>());
            Assert.AreEqual("nonce_mismatch", Try(token, new byte[8]).Verdict, why);
            Assert.AreEqual(EvidenceKind.Cca, ReceivedEvidence.ParseAny(TestSigner.Array("application/vnd.parallaxsecond.key-attestation.cca", token)).Value!.Kind, "in a conceptual message");
        }

        using var other = TestSigner.P256();
        var forged = TestSigner.Tag(601, TestSigner.Map((10, nonce), (8, TestSigner.Raw(TestSigner.Map((1, TestSigner.Raw(other.CoseKey())))))));
        Assert.AreEqual("binding_mismatch", Try(TestSigner.Map(("kat", TestSigner.Raw(forged)), ("pat", TestSigner.Raw(pat)))).Verdict, "another key");
        var untagged = TestSigner.Map((10, nonce), (8, TestSigner.Raw(TestSigner.Map((1, TestSigner.Raw(application.CoseKey()))))));
        Assert.AreEqual("malformed", Try(TestSigner.Map(("kat", TestSigner.Raw(untagged)), ("pat", TestSigner.Raw(pat)))).Verdict, "no tag");
    }

    [TestMethod]
    public void Authenticate_FlippedBitsAndOtherLengths_AreRefused()
    {
        var key = _realm.CoseKey();
        var token = Collection(Platform(key), Realm(key));
        Assert.IsEmpty(TokenTrial.Flip(EvidenceKind.Cca, token, Context, step: 11));
        TokenTrial.RefusesOtherLengths(EvidenceKind.Cca, token, Context);
    }
}
