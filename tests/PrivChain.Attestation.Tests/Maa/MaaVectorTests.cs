using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Maa;
using PrivChain.Attestation.Roots;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Maa;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class MaaVectorTests
{
    private static readonly HashSet<string> _elsewhere = new(StringComparer.Ordinal);

    private static IEnumerable<AttestationCase> Cases => AttestationCase.Load("maa");

    private static IEnumerable<AttestationCase> Tokens => Cases.Where(item => !MaaCase.IsKeySet(item) && !MaaCase.IsPolicy(item));

    [TestMethod]
    public void Authenticate_EveryToken_GivesTheExpectedVerdictAndValues()
    {
        var cases = Tokens.ToList();
        Assert.IsNotEmpty(cases);
        var failures = new List<string>();
        foreach (var item in cases)
        {
            var trial = TokenTrial.Of(EvidenceKind.Maa, item.Bytes("evidence"), MaaCase.Context(item), Nonce(item));
            if (!item.Acceptable.Contains(trial.Verdict))
            {
                failures.Add($"{item}: wanted {item.Result}, given {trial.Verdict}: {trial.Fault}");
            }

            if (trial.Received is { } received)
            {
                failures.AddRange(item.Differences(trial.Authentic?.Fields ?? received.Fields, _elsewhere));
                Assert.AreEqual(EvidenceKind.Maa, ReceivedEvidence.ParseAny(item.Bytes("evidence")).Value?.Kind, item.Name);
            }
        }

        Assert.IsEmpty(failures, string.Join('\n', failures));
    }

    [TestMethod]
    public void Authenticate_GenuineTokensUnderOtherTrust_AreRefused()
    {
        foreach (var item in Tokens.Where(item => item.Result == "valid"))
        {
            var context = MaaCase.Context(item);
            var bytes = item.Bytes("evidence");
            var anchors = context.Roots.Anchors.ToList();
            Assert.AreEqual("untrusted_root", TokenTrial.Of(EvidenceKind.Maa, bytes, context with { Roots = RootSet.Empty }).Verdict, "a key set alone is no trust");
            Assert.AreEqual("missing_collateral", TokenTrial.Of(EvidenceKind.Maa, bytes, context with { Collateral = CollateralSet.Empty }).Verdict);
            Assert.AreEqual("issuer_mismatch", TokenTrial.Of(EvidenceKind.Maa, bytes, context with { Roots = new RootSet(anchors.Select(anchor => anchor.WithoutIssuer())) }).Verdict, "no issuer is not any issuer");
            var hash = item.Expect["policy_hash"]!.GetValue<string>();
            var issuer = item.Expect["iss"]!.GetValue<string>();
            Assert.AreEqual("valid", TokenTrial.Of(EvidenceKind.Maa, bytes, context with { Roots = new RootSet(anchors.Select(anchor => anchor.ForIssuer(issuer, hash))) }).Verdict);
            Assert.AreEqual("issuer_mismatch", TokenTrial.Of(EvidenceKind.Maa, bytes, context with { Roots = new RootSet(anchors.Select(anchor => anchor.ForIssuer(issuer, hash + "A"))) }).Verdict);
            Assert.AreEqual("valid", TokenTrial.Of(EvidenceKind.Maa, bytes, context with { Roots = new RootSet(anchors.Select(anchor => anchor.SetName)) }).Verdict, "roots by name, as a genesis lists them");
        }
    }

    [TestMethod]
    public void Authenticate_EveryFlippedBitAndOtherLength_IsRefused()
    {
        foreach (var item in Tokens.Where(item => item.Result == "valid"))
        {
            Assert.IsEmpty(TokenTrial.Flip(EvidenceKind.Maa, item.Bytes("evidence"), MaaCase.Context(item), step: 41), item.Name);
        }

        var first = Tokens.First(item => item.Result == "valid");
        TokenTrial.RefusesOtherLengths(EvidenceKind.Maa, first.Bytes("evidence"), MaaCase.Context(first));
    }

    [TestMethod]
    public void TryParse_EveryKeySet_GivesKeysChainsAndQuotes()
    {
        var cases = Cases.Where(MaaCase.IsKeySet).ToList();
        Assert.IsNotEmpty(cases);
        foreach (var item in cases)
        {
            Assert.IsTrue(MaaKeySet.TryParse(item.Bytes("evidence"), out var set), item.Name);
            foreach (var key in set.Keys.Where(key => !key.Quote.IsEmpty))
            {
                Assert.AreEqual(item.Expect["tee_kid"]!.GetValue<string>(), key.KeyId, item.Name);
                Assert.AreEqual(item.Expect["quote_mrenclave"]!.GetValue<string>(), Convert.ToHexStringLower(key.QuotedMrEnclave.Span), item.Name);
                Assert.AreEqual(MaaSigningKey.QuoteExtension, item.Expect["quote_extension_oid"]!.GetValue<string>());
                Assert.AreEqual($"RSA {item.Expect["tee_certificate_key_bits"]}", key.Algorithm);
                Assert.IsTrue(key.IsBoundToQuote, item.Name);
            }

            var chains = item.Expect["service_chains"]!.AsArray();
            Assert.HasCount(set.Keys.Count - chains.Count, set.Keys.Where(key => !key.Quote.IsEmpty));
            foreach (var wanted in chains)
            {
                var key = set.Keys.Single(key => key.KeyId == wanted!["kid"]!.GetValue<string>());

                // The vectors write names from the most special part, as RFC 4514 does.
                CollectionAssert.AreEqual(
                    wanted!["subjects"]!.AsArray().Select(name => name!.GetValue<string>()).ToList(), key.Subjects.Select(name => string.Join(',', name.Split(',').Reverse())).ToList(), item.Name);
                Assert.AreEqual(DateTimeOffset.Parse(wanted["leaf_not_after"]!.GetValue<string>(), CultureInfo.InvariantCulture), key.NotAfter);
                Assert.IsTrue(TrustAnchor.TryFromCertificate(RootKind.Maa, key.Certificates[^1], out var root));
                Assert.AreEqual(wanted["chain_ok"]!.GetValue<bool>(), key.VerifyChain(new RootSet([root]), item.At) is null, item.Name);
                Assert.AreEqual(AttestationRefusal.UntrustedRoot, key.VerifyChain(RootSet.Empty, item.At)!.Reason);
                Assert.AreEqual(AttestationRefusal.Expired, key.VerifyChain(new RootSet([root]), key.NotAfter!.Value.AddSeconds(1))!.Reason);
            }
        }
    }

    [TestMethod]
    public void Verify_EverySignedPolicy_OnlyUnderAManagementCertificate()
    {
        var cases = Cases.Where(MaaCase.IsPolicy).ToList();
        Assert.IsNotEmpty(cases);
        foreach (var item in cases)
        {
            var jws = item.Bytes("evidence");
            var signer = MaaCase.PolicySigner(item);
            var policy = MaaSignedPolicy.Verify(jws, [signer], item.At);
            Assert.IsTrue(policy.Accepted, policy.Fault?.ToString());
            Assert.AreEqual(item.Expect["policy"]!.GetValue<string>(), policy.Value.Policy);
            Assert.AreEqual(item.Expect["signer"]!.GetValue<string>(), policy.Value.Signer);
            Assert.AreEqual(item.Expect["alg"]!.GetValue<string>(), policy.Value.Algorithm);
            Assert.AreEqual(AttestationRefusal.UntrustedRoot, MaaSignedPolicy.Verify(jws, [], item.At).Fault!.Reason, "a certificate in the header is not trust");
            Assert.IsTrue(Certificate.TryParse(signer, out var certificate));
            Assert.AreEqual(AttestationRefusal.NotYetValid, MaaSignedPolicy.Verify(jws, [signer], certificate.NotBefore.AddSeconds(-1)).Fault!.Reason);
            Assert.AreEqual(AttestationRefusal.Expired, MaaSignedPolicy.Verify(jws, [signer], certificate.NotAfter.AddSeconds(1)).Fault!.Reason);
            for (var i = 0; i < jws.Length; i += 13)
            {
                jws[i] ^= 1;
                Assert.IsFalse(MaaSignedPolicy.Verify(jws, [signer], item.At).Accepted, $"byte {i}");
                jws[i] ^= 1;
            }
        }
    }

    private static byte[]? Nonce(AttestationCase item) =>
        item.Text("challenge_text") is { Length: > 0 } text ? System.Text.Encoding.UTF8.GetBytes(text) : item.Text("challenge") is { Length: > 0 } hex ? Convert.FromHexString(hex) : null;
}
