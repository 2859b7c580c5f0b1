using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Explanations;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Simulated;

namespace PrivChain.Attestation.Tests.Explanations;

/// <summary>Each verdict is told in two sentences, in both languages, in words that somebody outside of the trade knows.</summary>
[TestClass]
public sealed class VerdictExplanationTests
{
    private static readonly string[] _jargon =
    [
        "tcb", "crl", "nonce", "hash", "svn", "mrenclave", "der", "json", "pck", "collateral", "attest", "parse", "x.509", "jwt", "digest", "quote", "certificate", "revocation", "enclave", "measurement", "vmpl", "policy",
        "hexadecimal", "byte", "algorithm", "token", "appraise",
    ];

    private static readonly DateTimeOffset _at = new(2026, 11, 4, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] _measurement = [0x1a, 0x2b, 0x3c, 0x4d, 0x5e, 0x6f, 0x70, 0x81, .. new byte[40]];

    [TestMethod]
    public void OfRefusal_EveryReason_IsTwoSentencesOfItsOwnWithoutJargon()
    {
        foreach (var language in Enum.GetValues<ExplanationLanguage>())
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var reason in Enum.GetValues<AttestationRefusal>().Where(reason => reason != AttestationRefusal.None))
            {
                var explanation = VerdictExplanation.OfRefusal(reason, language);
                AssertTwoSentences(explanation, reason.ToString());
                Assert.IsTrue(seen.Add(explanation.What), $"{reason}: the same words as another reason");
                Assert.Contains(language == ExplanationLanguage.Chinese ? "请不要" : "do not send it anything", explanation.Meaning, StringComparison.OrdinalIgnoreCase, $"{reason}: says what to do");
            }
        }
    }

    [TestMethod]
    public void OfRefusal_None_Throws() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => VerdictExplanation.OfRefusal(AttestationRefusal.None, ExplanationLanguage.English));

    [TestMethod]
    public void Of_SimulatedEvidence_SaysThatItIsARehearsal()
    {
        using var root = SimulatedRoot.Generate();
        var context = new AuthenticationContext(new RootSet([root.Name]), _at);
        var policy = AppraisalPolicy.Strict(EvidenceKind.Simulated, _measurement) with { AcceptSimulated = true };
        var data = RandomNumberGenerator.GetBytes(64);
        var evidence = root.Issue(_measurement, 1, false, data, (ulong)_at.ToUnixTimeMilliseconds());
        var result = EvidenceVerifier.Verify(evidence, context, policy, ExpectedBinding.ReportData(data, madeOfNonce: true));
        Assert.IsTrue(result.Accepted, result.Fault?.ToString());
        var english = VerdictExplanation.Of(result, ExplanationLanguage.English);
        Assert.Contains("rehearsal", english.What);
        Assert.Contains("1a2b 3c4d 5e6f 7081", english.What);
        Assert.Contains("4 November 2026", english.Meaning);
        AssertTwoSentences(english, "simulated");
        var chinese = VerdictExplanation.Of(result, ExplanationLanguage.Chinese);
        Assert.Contains("演练", chinese.What);
        Assert.Contains("2026年11月4日", chinese.Meaning);
        AssertTwoSentences(chinese, "simulated");
        foreach (var language in Enum.GetValues<ExplanationLanguage>())
        {
            AssertTwoSentences(VerdictExplanation.OfAuthentic(result.Authentic!, language), "authentic");
        }

        var refused = EvidenceVerifier.Verify(evidence, context, policy, ExpectedBinding.ReportData(new byte[64], madeOfNonce: true));
        Assert.AreEqual(VerdictExplanation.OfRefusal(AttestationRefusal.EvidenceNotBound, ExplanationLanguage.English), VerdictExplanation.Of(refused, ExplanationLanguage.English));
    }

    // Real hardware of every kind, in every state; no single format has them all.
    [TestMethod]
    public void Accepted_EveryHardwareResultAndWeakness_IsTwoSentences()
    {
        foreach (var language in Enum.GetValues<ExplanationLanguage>())
        {
            foreach (var tee in new[] { "sgx", "tdx", "sev-snp", "nitro", "tpm", "arm-cca", "arm-psa", "dice", "gpu", "none", "another" })
            {
                foreach (var family in RootKind.All)
                {
                    AssertTwoSentences(VerdictExplanation.Accepted(Claims(tee, family, false, TcbStatus.UpToDate, [], null), _at, language), $"{tee}, {family}");
                }
            }

            var plain = Explain(language, false, TcbStatus.UpToDate, [], null);
            var until = Explain(language, false, TcbStatus.UpToDate, [], _at.AddDays(3));
            var debug = Explain(language, true, TcbStatus.OutOfDate, [EvidenceCondition.SmtAllowed], null);
            var old = Explain(language, false, TcbStatus.OutOfDate, [EvidenceCondition.SmtAllowed], null);
            var weak = Explain(language, false, TcbStatus.NotApplicable, [EvidenceCondition.SmtAllowed], null);
            Assert.HasCount(5, new HashSet<string> { plain, until, debug, old, weak }, "each state is told apart");
            Assert.Contains(language == ExplanationLanguage.Chinese ? "2026年11月7日" : "7 November 2026", until);
            foreach (var result in Enum.GetValues<AuthenticationResult>())
            {
                AssertTwoSentences(VerdictExplanation.OfAuthentic(Claims("tdx", RootKind.Intel, false, TcbStatus.UpToDate, [], null), result, language), result.ToString());
            }
        }
    }

    // A virtual machine with trusted launch, or a server's token: genuine, and about no program.
    [TestMethod]
    public void OfAuthentic_NoMeasurement_SaysThatNoProgramIsNamed()
    {
        foreach (var language in Enum.GetValues<ExplanationLanguage>())
        {
            var claims = Claims("none", RootKind.Maa, false, TcbStatus.NotApplicable, [], null, ReadOnlyMemory<byte>.Empty);
            var explanation = VerdictExplanation.OfAuthentic(claims, AuthenticationResult.Valid, language);
            AssertTwoSentences(explanation, "no measurement");
            Assert.Contains(language == ExplanationLanguage.Chinese ? "没有说明运行的是哪个程序" : "does not say which program", explanation.What);
            AssertTwoSentences(VerdictExplanation.Accepted(claims, _at, language), "no measurement");
        }
    }

    private static string Explain(ExplanationLanguage language, bool debug, TcbStatus status, IReadOnlyList<string> conditions, DateTimeOffset? until)
    {
        var explanation = VerdictExplanation.Accepted(Claims("tdx", RootKind.Intel, debug, status, conditions, until), _at, language);
        AssertTwoSentences(explanation, status.ToString());
        return explanation.ToString();
    }

    private static EnclaveClaims Claims(string tee, string family, bool debug, TcbStatus status, IReadOnlyList<string> conditions, DateTimeOffset? until, ReadOnlyMemory<byte>? measurement = null) => new()
    {
        Kind = EvidenceKind.Tdx, Tee = tee, Root = new RootIdentity(family, new byte[32], "CN=a name (with) [markup]. And a sentence!"), Measurement = measurement ?? _measurement, Svn = null, Debug = debug, ReportData = new byte[64],
        IssuedAt = null, NotChecked = [], Tcb = TcbClaim.NotApplicable with { Status = status }, Conditions = conditions, HoldsUntil = until,
    };

    private static void AssertTwoSentences(Explanation explanation, string of)
    {
        var chinese = explanation.Language == ExplanationLanguage.Chinese;
        foreach (var sentence in new[] { explanation.What, explanation.Meaning })
        {
            Assert.IsTrue(sentence.EndsWith(chinese ? '。' : '.'), $"{of}: {sentence}");
            Assert.AreEqual(1, sentence.Count(letter => letter is '.' or '!' or '?' or '。' or '！' or '？'), $"{of}: {sentence}");
            Assert.AreEqual(chinese, sentence.Any(letter => letter is >= '\u4e00' and <= '\u9fff'), $"{of}: {sentence}");
            var words = sentence.Split([' ', ',', '.', ':', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.ToLowerInvariant()).ToHashSet();
            Assert.IsEmpty(_jargon.Where(words.Contains).ToList(), $"{of}: {sentence}");
        }

        Assert.AreEqual(chinese ? explanation.What + explanation.Meaning : explanation.What + " " + explanation.Meaning, explanation.ToString());
    }
}
