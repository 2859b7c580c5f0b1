using System.Security.Cryptography;
using PrivChain.Attestation;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Tests;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Sdk.Evidence;
using PrivChain.Tests.Shared;

namespace PrivChain.Sdk.Tests.Evidence;

/// <summary>A genuine quote of real hardware, shown by somebody it was not made for. All of it is as it should be but the keys it binds, and that is what every client says.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class RealEvidenceTests
{
    private static readonly Account _account = Account.Generate();
    private static readonly HpkePublicKey _key = HpkePrivateKey.Generate(HpkeKem.XWing).PublicKey;

    [TestMethod]
    public void Appraise_RealQuoteOfAnotherKey_IsRefusedAsNotBound()
    {
        foreach (var quote in RealQuote.All())
        {
            var bytes = new EndorsedEvidence(quote.Envelope, quote.Collateral).ToArray();
            foreach (var nonce in new[] { [], RandomNumberGenerator.GetBytes(32) })
            {
                AssertRefused(RefusalReason.EvidenceNotBound, quote, Appraise(quote, bytes, nonce: nonce));
            }

            // It is the keys and nothing else: asked for what it binds, the same quote passes the same strict policy.
            var authentic = quote.Authentic;
            var policy = AppraisalPolicy.Strict(quote.Kind, authentic.Claims.Measurement.Span) with { RequireNonce = false, RequireSessionBinding = false };
            Assert.IsTrue(EvidenceVerifier.Appraise(authentic, policy, ExpectedBinding.ReportData(authentic.Claims.ReportData)).Accepted, quote.Name);
        }
    }

    [TestMethod]
    public void Appraise_RealQuoteWithCollateralOfTheClient_IsJudgedByIt()
    {
        foreach (var quote in RealQuote.All())
        {
            AssertRefused(RefusalReason.MissingCollateral, quote, Appraise(quote, quote.Envelope));
            AssertRefused(RefusalReason.EvidenceNotBound, quote, Appraise(quote, quote.Envelope, own: quote.Collateral));
        }
    }

    [TestMethod]
    public void Appraise_RealQuote_LedgerDoesNotNameTheRootOrTheMeasurement_IsRefused()
    {
        foreach (var quote in RealQuote.All())
        {
            var bytes = new EndorsedEvidence(quote.Envelope, quote.Collateral).ToArray();
            AssertRefused(RefusalReason.MeasurementNotAccepted, quote, Appraise(quote, bytes, enrolled: false));
            AssertRefused(RefusalReason.UntrustedRoot, quote, Appraise(quote, bytes, root: "intel:0x" + new string('1', 64)));
        }
    }

    private static void AssertRefused(RefusalReason wanted, RealQuote quote, Verdict<AttestedEnclave> verdict) => Assert.AreEqual(wanted, verdict.Reason, $"{quote.Name}: {verdict.Refusal}");

    private static Verdict<AttestedEnclave> Appraise(RealQuote quote, byte[] evidence, byte[]? nonce = null, CollateralSet? own = null, bool enrolled = true, string? root = null)
    {
        var measurement = EnclaveMeasurement.DigestOf(quote.Authentic.Claims.Program.Span);

        // Intel's formats have no security version of the program: a ledger for them has no floor.
        var genesis = new LedgerFixture(evidenceRoots: [root ?? RealQuote.Root]).Genesis with { MinimumSvn = 0 };
        return new EnclaveAppraisal(genesis, acceptSimulated: false, own).Appraise(
            digest => enrolled && digest == measurement, SessionBinding.Broker, _key, _account.Address, nonce, evidence, (ulong)quote.At.ToUnixTimeMilliseconds(), EnclaveAppraisal.FreshSeconds);
    }
}
