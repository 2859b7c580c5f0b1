using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tests.Certificates;

[TestClass]
public sealed class ChainBuilderTests
{
    private readonly TestAuthority _root = TestAuthority.Root("root");
    private readonly TestAuthority _middle;
    private readonly TestAuthority _leaf;

    public ChainBuilderTests()
    {
        _middle = _root.Issue("middle", isAuthority: true);
        _leaf = _middle.Issue("leaf");
    }

    [TestCleanup]
    public void Clean()
    {
        _root.Dispose();
        _middle.Dispose();
        _leaf.Dispose();
    }

    [TestMethod]
    public void Verify_WholeChain_LeadsToTheRootHoweverItIsGiven()
    {
        foreach (var anchor in new[] { Anchor(_root), TrustAnchor.FromFingerprint(RootKind.Dice, _root.Certificate.Key.Fingerprint) })
        {
            var chain = Verify(_leaf, [_root, _middle], Rules(anchor)).Value;
            Assert.IsNotNull(chain);
            CollectionAssert.AreEqual(new[] { "CN=leaf", "CN=middle", "CN=root" }, chain.Path.Select(certificate => certificate.Subject.ToString()).ToArray());
            Assert.AreEqual(TestAuthority.At.AddMonths(1), chain.HoldsUntil);
        }

        Assert.IsTrue(Verify(_leaf, [_middle], Rules(Anchor(_root))).Accepted, "the caller's root need not come along");
        Assert.IsTrue(Verify(_leaf, [], Rules(Anchor(_middle))).Accepted, "any certificate may be the anchor");
        Assert.IsTrue(Verify(_leaf, [], Rules(Anchor(_leaf))).Accepted, "the leaf too");
    }

    [TestMethod]
    public void Verify_RootOnlyInTheEvidence_IsUntrusted()
    {
        using var other = TestAuthority.Root("root");
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Reason(_leaf, [_middle, _root], Rules(Anchor(other))));
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Reason(_leaf, [_middle, _root], Rules(RootSet.Empty)));
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Reason(_root, [], Rules(RootSet.Empty)));
        Assert.AreEqual(
            AttestationRefusal.UntrustedRoot,
            Reason(_leaf, [_middle, _root], Rules(new RootSet([TrustAnchor.FromFingerprint(RootKind.Intel, _root.Certificate.Key.Fingerprint)]))),
            "one family does not vouch for another");
    }

    // Anybody can write a certificate around a root's key: its dates, path length and usages are nobody's word.
    [TestMethod]
    public void Verify_RootsKeyInAnothersCertificate_IsNotTheRoot()
    {
        using var ended = TestAuthority.Root("ended", notAfter: TestAuthority.At.AddDays(-1));
        using var child = ended.Issue("child");
        using var mallory = TestAuthority.Root("mallory");
        using var copy = mallory.CopyOf(ended, TestAuthority.At.AddYears(5));
        var byKey = Rules(new RootSet([TrustAnchor.FromFingerprint(RootKind.Dice, ended.Certificate.Key.Fingerprint)]));
        Assert.AreEqual(AttestationRefusal.Expired, Reason(child, [ended], byKey));
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Reason(child, [copy], byKey));
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Reason(child, [copy, mallory], byKey));
        Assert.AreEqual(AttestationRefusal.Expired, Reason(child, [copy], Rules(Anchor(ended))), "the caller's own certificate says when it ends");
    }

    // A root that is a key and a name, as of a request, has lists like any other.
    [TestMethod]
    public void CheckRevocation_RootWithoutCertificate_IsAskedToo()
    {
        var (early, late) = (TestAuthority.At.AddDays(-1), TestAuthority.At.AddDays(1));
        Assert.IsTrue(TrustAnchor.TryFromCertificationRequest(RootKind.Dice, _root.Request(), out var request));
        var rules = Rules(new RootSet([request]));
        var chain = Verify(_leaf, [_middle], rules).Value!;
        CollectionAssert.AreEqual(new[] { "CN=leaf", "CN=middle" }, chain.Path.Select(certificate => certificate.Subject.ToString()).ToArray());
        RevocationList middle = List(_middle.RevocationList(early, late)), whole = List(_root.RevocationList(early, late)), revoking = List(_root.RevocationList(early, late, _middle));
        Assert.IsNull(chain.CheckRevocation([middle, whole], rules, out _));
        Assert.AreEqual(AttestationRefusal.MissingCollateral, chain.CheckRevocation([middle], rules, out _)?.Reason);
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, chain.CheckRevocation([middle, revoking], rules, out _)?.Reason);

        Assert.AreEqual(AttestationRefusal.CertificateRevoked, Device(_middle.RevocationList(early, late), _root.RevocationList(early, late, _middle), out _));
        Assert.IsNull(Device(_middle.RevocationList(early, late), _root.RevocationList(early, late), out var outcome));
        Assert.IsTrue(outcome.Checked);
        Assert.AreEqual(early, outcome.Tcb.IssuedAt);

        AttestationRefusal? Device(byte[] first, byte[] second, out DeviceRevocation found) =>
            DeviceRevocation.Check(chain, rules, new CollateralSet([new(CollateralName.Crls, Pem(first, second))]), out found)?.Reason;
    }

    [TestMethod]
    public void Verify_LinkMissingOrSwapped_SaysWhich()
    {
        using var stranger = _root.Issue("middle", isAuthority: true);
        using var renamed = _root.Issue("renamed", isAuthority: true, issuerName: "somebody");
        Assert.AreEqual(AttestationRefusal.IncompleteChain, Reason(_leaf, [_root], Rules(Anchor(_root))));
        Assert.AreEqual(AttestationRefusal.BadSignature, Reason(_leaf, [stranger], Rules(Anchor(_root))), "the right name with another key");
        Assert.IsTrue(Verify(_leaf, [stranger, _middle], Rules(Anchor(_root))).Accepted, "two of one name: the one whose key fits");
        Assert.AreEqual(AttestationRefusal.ChainNameMismatch, Reason(renamed, [_root], Rules(Anchor(_root))), "signed by the root, which has another name");
    }

    [TestMethod]
    public void Verify_PathRules_JustInsideAndJustOutside()
    {
        using var narrow = TestAuthority.Root("narrow", pathLength: 0);
        using var direct = narrow.Issue("direct");
        using var below = narrow.Issue("below", isAuthority: true);
        using var tooDeep = below.Issue("too deep");
        Assert.IsTrue(Verify(direct, [], Rules(Anchor(narrow))).Accepted);
        Assert.AreEqual(AttestationRefusal.InvalidChain, Reason(tooDeep, [below], Rules(Anchor(narrow))), "path length");

        using var noAuthority = _leaf.Issue("by a leaf");
        Assert.AreEqual(AttestationRefusal.InvalidChain, Reason(noAuthority, [_leaf, _middle], Rules(Anchor(_root))), "not an authority");

        using var unread = _middle.Issue("unread", change: request => request.CertificateExtensions.Add(new X509Extension("1.2.3.4", [5, 0], critical: true)));
        Assert.AreEqual(AttestationRefusal.InvalidChain, Reason(unread, [_middle], Rules(Anchor(_root))), "critical extension that nobody read");
        Assert.IsTrue(Verify(unread, [_middle], Rules(Anchor(_root)) with { HandledExtensions = new HashSet<string> { "1.2.3.4" } }).Accepted);
    }

    [TestMethod]
    public void Verify_Times_ToTheSecond()
    {
        var rules = Rules(Anchor(_root));
        Assert.IsTrue(Verify(_leaf, [_middle], rules with { At = TestAuthority.At.AddMonths(1) }).Accepted);
        Assert.AreEqual(AttestationRefusal.Expired, Reason(_leaf, [_middle], rules with { At = TestAuthority.At.AddMonths(1).AddSeconds(1) }));
        Assert.IsTrue(Verify(_leaf, [_middle], rules with { At = TestAuthority.At.AddMonths(-1) }).Accepted);
        Assert.AreEqual(AttestationRefusal.NotYetValid, Reason(_leaf, [_middle], rules with { At = TestAuthority.At.AddMonths(-1).AddSeconds(-1) }));

        using var ended = TestAuthority.Root("ended", notAfter: TestAuthority.At.AddDays(-1));
        using var child = ended.Issue("child");
        Assert.AreEqual(AttestationRefusal.Expired, Reason(child, [], Rules(Anchor(ended))), "a root ends too");
    }

    [TestMethod]
    public void CheckRevocation_EachIssuer_MustHaveItsList()
    {
        var rules = Rules(Anchor(_root));
        var chain = Verify(_leaf, [_middle], rules).Value!;
        var (early, late) = (TestAuthority.At.AddDays(-1), TestAuthority.At.AddDays(1));
        RevocationList rootList = List(_root.RevocationList(early, late)), middleList = List(_middle.RevocationList(early, late));
        Assert.IsNull(chain.CheckRevocation([middleList, rootList], rules, out var times));
        Assert.AreEqual(new ListTimes(late, early), times);

        Revoked(AttestationRefusal.MissingCollateral, [middleList]);
        Revoked(AttestationRefusal.CertificateRevoked, [List(_middle.RevocationList(early, late, _leaf)), rootList]);
        Revoked(AttestationRefusal.CertificateRevoked, [middleList, List(_root.RevocationList(early, late, _middle))]);
        Revoked(AttestationRefusal.Expired, [List(_middle.RevocationList(early, TestAuthority.At.AddSeconds(-1))), rootList]);
        Revoked(AttestationRefusal.NotYetValid, [List(_middle.RevocationList(TestAuthority.At.AddSeconds(1), late)), rootList]);

        using var impostor = TestAuthority.Root("middle");
        Revoked(AttestationRefusal.BadCollateralSignature, [List(impostor.RevocationList(early, late)), rootList]);

        void Revoked(AttestationRefusal wanted, RevocationList[] lists) => Assert.AreEqual(wanted, chain.CheckRevocation(lists, rules, out _)?.Reason);
    }

    [TestMethod]
    public void VerifiedSignatures_RememberOnlyWhatWasRight()
    {
        var verified = new VerifiedSignatures(capacity: 2);
        var rules = Rules(Anchor(_root)) with { Verified = verified };
        using var impostor = TestAuthority.Root("root");
        using var forged = impostor.Issue("middle", isAuthority: true);
        Assert.AreEqual(AttestationRefusal.BadSignature, Reason(_leaf, [forged], rules));
        Assert.AreEqual(0, verified.Count);
        Assert.IsTrue(Verify(_leaf, [_middle], rules).Accepted);
        Assert.AreEqual(2, verified.Count);
        Assert.AreEqual(AttestationRefusal.BadSignature, Reason(_leaf, [forged], rules), "a remembered signature is not another one's");
        using var more = _middle.Issue("more");
        Assert.IsTrue(Verify(more, [_middle], rules).Accepted);
        Assert.IsLessThanOrEqualTo(2, verified.Count, "it forgets rather than grows");
    }

    private static TrustAnchor Anchor(TestAuthority authority) => TrustAnchor.TryFromCertificate(RootKind.Dice, authority.Der, out var anchor) ? anchor : throw new InvalidOperationException();

    private static byte[] Pem(params byte[][] lists) =>
        System.Text.Encoding.ASCII.GetBytes(string.Join('\n', lists.Select(list => System.Security.Cryptography.PemEncoding.WriteString("X509 CRL", list))));

    private static RevocationList List(byte[] der) => RevocationList.TryParse(der, out var list) ? list : throw new InvalidOperationException("the builder's list does not parse");

    private static ChainRules Rules(TrustAnchor anchor) => Rules(new RootSet([anchor]));

    private static ChainRules Rules(RootSet roots) => new() { Field = "chain", Root = RootKind.Dice, Roots = roots, At = TestAuthority.At };

    private static AttestationVerdict<VerifiedChain> Verify(TestAuthority leaf, TestAuthority[] others, ChainRules rules) =>
        ChainBuilder.Verify(leaf.Certificate, others.Select(other => other.Certificate), rules);

    private static AttestationRefusal? Reason(TestAuthority leaf, TestAuthority[] others, ChainRules rules) => Verify(leaf, others, rules).Fault?.Reason;
}
