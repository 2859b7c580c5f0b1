using System.Text;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;

namespace PrivChain.Attestation.Tests.Policies;

[TestClass]
public sealed class PolicyCheckerTests
{
    private static readonly DateTimeOffset _at = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] _measurement = [.. Enumerable.Repeat((byte)7, 48)];

    private static AppraisalPolicy Strict => AppraisalPolicy.Strict(EvidenceKind.Tdx, _measurement) with { MinimumTcbEvaluation = 17 };

    [TestMethod]
    public void CheckPolicy_Strict_HasNothingButNotes()
    {
        foreach (var kind in EvidenceKind.All.Where(kind => kind != EvidenceKind.Simulated))
        {
            var findings = PolicyChecker.CheckPolicy(AppraisalPolicy.Strict(kind, _measurement), _at);

            // What only the caller knows: which registers cover the program, and which firmware has no known holes.
            Assert.IsTrue(findings.All(finding => finding.Severity == PolicySeverity.Note || finding.Field is "registers" or "minimumPlatformVersions"), $"{kind}: {string.Join("; ", findings)}");
        }
    }

    [TestMethod]
    public void CheckPolicy_AcceptsNothing_IsAnErrorInEachWay()
    {
        Expect(Strict with { AcceptedKinds = Set() }, "acceptedKinds", PolicySeverity.Error);
        Expect(Strict with { Measurements = Set() }, "measurements", PolicySeverity.Error);
        Expect(Strict with { HardwareIds = Set() }, "hardwareIds", PolicySeverity.Error);
        Expect(Strict with { AcceptedKinds = Set(EvidenceKind.Simulated) }, "acceptedKinds", PolicySeverity.Error);
        Expect(Strict with { MinimumTcb = TcbStatus.NotApplicable }, "minimumTcb", PolicySeverity.Error);
        Expect(Strict with { MinimumTcb = TcbStatus.Revoked }, "minimumTcb", PolicySeverity.Error);
        Expect(Strict with { UnlikeRoots = 0 }, "unlikeRoots", PolicySeverity.Error);
        Expect(Strict with { UnlikeRoots = 2 }, "unlikeRoots", PolicySeverity.Error);
        Expect(Strict with { UnlikeRoots = 2, AcceptedKinds = Set(EvidenceKind.Tdx, EvidenceKind.Sgx) }, "unlikeRoots", PolicySeverity.Error);
        Expect(Strict with { UnlikeRoots = 2, AcceptedKinds = Set(EvidenceKind.Tdx, EvidenceKind.AzureTdx) }, "unlikeRoots", PolicySeverity.Error);
        Expect(AppraisalPolicy.Strict(EvidenceKind.Nitro, _measurement) with { RequireCrl = true }, "requireCrl", PolicySeverity.Error);
    }

    // Just inside: the same choices where they can work.
    [TestMethod]
    public void CheckPolicy_JustInside_IsNotFound()
    {
        var signer = new SignerRule("0x" + new string('b', 64), 1, 1);
        Silent(Strict with { Measurements = Set(), Signers = [signer] }, "measurements");
        Silent(Strict with { UnlikeRoots = 2, AcceptedKinds = Set(EvidenceKind.Tdx, EvidenceKind.SevSnp) }, "unlikeRoots");
        Silent(Strict with { UnlikeRoots = 9, AcceptedKinds = Set(EvidenceKind.Tdx, EvidenceKind.FpgaDice) }, "unlikeRoots");
        Silent(Strict with { HardwareIds = Set("0xaa") }, "hardwareIds");
        Silent(Strict with { Registers = new Dictionary<string, IReadOnlySet<string>> { ["rtmr1"] = Set("0xaa") } }, "registers");
        Silent(AppraisalPolicy.Strict(EvidenceKind.SevSnp, _measurement) with { MinimumPlatformVersions = [new("Genoa", "microcode", 84)] }, "minimumPlatformVersions");
        Silent(Strict with { DeniedChipFamilies = Set("milan", "Turin", "00906ED50000") }, "deniedChipFamilies");
        Silent(AppraisalPolicy.Strict(EvidenceKind.Nitro, _measurement), "requireCrl");
        Silent(Strict with { MaxAgeSeconds = 86_400 }, "maxAgeSeconds");
        Silent(Strict with { MaxFutureSeconds = 300 }, "maxFutureSeconds");
        Silent(Strict with { MaxCollateralAgeSeconds = 90 * 86_400 }, "maxCollateralAgeSeconds");
        Silent(AppraisalPolicy.Strict(EvidenceKind.SevSnp, _measurement), "maxCollateralAgeSeconds");
        Silent(Strict with { MinimumTcb = TcbStatus.SWHardeningNeeded, AdvisoryExceptions = [new("INTEL-SA-00615", _at), new("INTEL-SA-00616", _at.AddDays(366))] }, "advisoryExceptions");
    }

    [TestMethod]
    public void CheckPolicy_DubiousChoices_AreWarnings()
    {
        Expect(Strict with { AcceptSimulated = true }, "acceptSimulated", PolicySeverity.Warning);
        Expect(Strict with { AcceptedKinds = Set(EvidenceKind.Tdx, EvidenceKind.Simulated) }, "acceptedKinds", PolicySeverity.Warning);
        Expect(Strict with { AcceptedKinds = Set(EvidenceKind.Tdx, EvidenceKind.Simulated), AcceptSimulated = true }, "acceptedKinds", PolicySeverity.Warning);
        Expect(Strict with { AcceptedKinds = Set(EvidenceKind.Simulated), AcceptSimulated = true }, "acceptSimulated", PolicySeverity.Warning);
        Expect(Strict with { Measurements = Set("0x" + new string('0', 96)) }, "measurements", PolicySeverity.Warning);
        Expect(Strict with { Signers = [new("0x" + new string('b', 64), 1, 0)] }, "signers[0].minimumSvn", PolicySeverity.Warning);
        Expect(Strict with { MinimumTcb = TcbStatus.OutOfDate }, "minimumTcb", PolicySeverity.Warning);
        Expect(Strict with { AllowDebug = true }, "allowDebug", PolicySeverity.Warning);
        Expect(Strict with { AcceptedKinds = Set(EvidenceKind.SevSnp), DeniedChipFamilies = Set() }, "deniedChipFamilies", PolicySeverity.Warning);
        Expect(Strict with { DeniedChipFamilies = Set("Milan!") }, "deniedChipFamilies", PolicySeverity.Warning);
        Expect(Strict, "registers", PolicySeverity.Warning);
        Expect(AppraisalPolicy.Strict(EvidenceKind.AzureSevSnp, _measurement), "minimumPlatformVersions", PolicySeverity.Warning);
        Expect(Strict with { AcceptedKinds = Set(EvidenceKind.Nitro, EvidenceKind.Tdx) }, "requireCrl", PolicySeverity.Warning);
        Expect(Strict with { MaxAgeSeconds = 86_401 }, "maxAgeSeconds", PolicySeverity.Warning);
        Expect(Strict with { MaxFutureSeconds = 301 }, "maxFutureSeconds", PolicySeverity.Warning);
        Expect(Strict with { MaxCollateralAgeSeconds = (90 * 86_400) + 1 }, "maxCollateralAgeSeconds", PolicySeverity.Warning);
        Expect(Strict with { RequireCrl = false }, "requireCrl", PolicySeverity.Warning);
        Expect(Strict with { RequireNonce = false }, "requireNonce", PolicySeverity.Warning);
        Expect(Strict with { RequireSessionBinding = false }, "requireSessionBinding", PolicySeverity.Warning);
        foreach (var condition in EvidenceCondition.All)
        {
            Expect(Strict with { AcceptedConditions = Set(condition) }, "acceptedConditions", condition == EvidenceCondition.SmtAllowed ? PolicySeverity.Note : PolicySeverity.Warning);
        }
    }

    [TestMethod]
    public void CheckPolicy_AdvisoryExceptions_EndedLongTwiceOrUseless_AreWarnings()
    {
        var bears = Strict with { MinimumTcb = TcbStatus.SWHardeningNeeded };
        Expect(bears with { AdvisoryExceptions = [new("INTEL-SA-00615", _at.AddTicks(-1))] }, "advisoryExceptions[0]", PolicySeverity.Warning);
        Expect(bears with { AdvisoryExceptions = [new("INTEL-SA-00615", _at.AddDays(366).AddTicks(1))] }, "advisoryExceptions[0]", PolicySeverity.Warning);
        Expect(bears with { AdvisoryExceptions = [new("INTEL-SA-00615", _at), new("INTEL-SA-00615", _at)] }, "advisoryExceptions[1]", PolicySeverity.Warning);
        Expect(Strict with { AdvisoryExceptions = [new("INTEL-SA-00615", _at)] }, "advisoryExceptions", PolicySeverity.Warning);
    }

    [TestMethod]
    public void CheckPolicy_Everything_IsSaidAtOnceWithARemedyEach()
    {
        var findings = PolicyChecker.CheckPolicy(
            Strict with { AcceptedKinds = Set(), Measurements = Set(), AllowDebug = true, RequireCrl = false, RequireNonce = false, RequireSessionBinding = false, HardwareIds = Set() }, _at);
        Assert.IsGreaterThanOrEqualTo(7, findings.Count, string.Join("; ", findings));
        Assert.IsTrue(findings.All(finding => finding.Field.Length > 0 && finding.What.Length > 0 && finding.Remedy.Length > 0));
    }

    [TestMethod]
    public void CheckText_FaultsOfForm_AreFindingsWithTheirField()
    {
        var text = Encoding.UTF8.GetString(Strict.ToJson());
        var findings = PolicyChecker.CheckText(Encoding.UTF8.GetBytes(text.Replace("\"requireCrl\": true", "\"requireCRL\": true", StringComparison.Ordinal)), _at);
        CollectionAssert.AreEquivalent(new[] { "requireCrl", "requireCRL" }, findings.Select(finding => finding.Field).ToList());
        Assert.IsTrue(findings.All(finding => finding.Severity == PolicySeverity.Error));
        Assert.AreEqual(PolicySeverity.Error, PolicyChecker.CheckText("{"u8.ToArray(), _at).Single().Severity);
        Assert.AreEqual(PolicySeverity.Error, PolicyChecker.CheckText(new byte[AppraisalPolicy.MaxText + 1], _at).Single().Severity);
        CollectionAssert.AreEqual(PolicyChecker.CheckPolicy(Strict, _at).ToList(), PolicyChecker.CheckText(Strict.ToJson(), _at).ToList());
    }

    // What is written is read back as the same policy, and writing it again gives the same bytes.
    [TestMethod]
    public void ToJson_EveryMemberSet_IsReadBackTheSame()
    {
        foreach (var policy in new[]
        {
            Strict,
            Strict with
            {
                AcceptedKinds = Set(EvidenceKind.Tdx, EvidenceKind.Nitro, EvidenceKind.Simulated), AcceptSimulated = true, Signers = [new("0x" + new string('b', 64), uint.MaxValue, 3)], MinimumSvn = 4,
                MinimumTcb = TcbStatus.OutOfDate, AdvisoryExceptions = [new("INTEL-SA-00615", new DateTimeOffset(new DateOnly(2027, 1, 31).ToDateTime(TimeOnly.MaxValue), TimeSpan.Zero))],
                AllowDebug = true, AcceptedConditions = Set([.. EvidenceCondition.All]), DeniedChipFamilies = Set(), HardwareIds = Set("0xaa", "0xbb"), MaxAgeSeconds = 1, MaxFutureSeconds = 0,
                MaxCollateralAgeSeconds = 5, MinimumTcbEvaluation = 9, RequireCrl = false, RequireNonce = false, RequireSessionBinding = false, UnlikeRoots = 3,
            },
        })
        {
            var text = policy.ToJson();
            Assert.IsTrue(AppraisalPolicy.TryParse(text, out var read, out var faults), string.Join("; ", faults));
            CollectionAssert.AreEqual(text, read.ToJson());
            Assert.AreEqual(policy.AdvisoryExceptions.SingleOrDefault(), read.AdvisoryExceptions.SingleOrDefault());
            Assert.AreEqual(policy.Signers.SingleOrDefault(), read.Signers.SingleOrDefault());
            Assert.AreEqual(policy.MinimumTcb, read.MinimumTcb);
            Assert.IsTrue(policy.AcceptedKinds.SetEquals(read.AcceptedKinds) && policy.AcceptedConditions.SetEquals(read.AcceptedConditions));
            Assert.AreEqual(policy.HardwareIds is null, read.HardwareIds is null);
        }
    }

    [TestMethod]
    public void ToJson_ExceptionThatEndsWithinADay_IsNotMadeLonger()
    {
        var policy = Strict with { AdvisoryExceptions = [new("INTEL-SA-00615", new DateTimeOffset(2027, 1, 31, 12, 0, 0, TimeSpan.Zero))] };
        Assert.IsTrue(AppraisalPolicy.TryParse(policy.ToJson(), out var read, out _));
        Assert.IsLessThanOrEqualTo(policy.AdvisoryExceptions[0].Until, read.AdvisoryExceptions[0].Until);
    }

    private static HashSet<string> Set(params string[] items) => new(items, StringComparer.Ordinal);

    private static void Expect(AppraisalPolicy policy, string field, PolicySeverity severity)
    {
        var findings = PolicyChecker.CheckPolicy(policy, _at);
        Assert.IsTrue(findings.Any(finding => finding.Field == field && finding.Severity == severity), $"{field}: {string.Join("; ", findings)}");
    }

    private static void Silent(AppraisalPolicy policy, string field)
    {
        var findings = PolicyChecker.CheckPolicy(policy, _at).Where(finding => finding.Field.StartsWith(field, StringComparison.Ordinal)).ToList();
        Assert.IsEmpty(findings, string.Join("; ", findings));
    }
}
