using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Policies;

/// <summary>Each rule of a policy, just inside and just outside, over claims that differ from accepted ones in one thing.</summary>
[TestClass]
public sealed class AppraisalTests
{
    private static readonly DateTimeOffset _at = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] _measurement = [.. Enumerable.Repeat((byte)0xaa, 48)];
    private static readonly byte[] _signer = [.. Enumerable.Repeat((byte)0xbb, 32)];
    private static readonly byte[] _reportData = [.. Enumerable.Repeat((byte)0xcc, 64)];
    private static readonly ExpectedBinding _binding = ExpectedBinding.ReportData(_reportData, madeOfNonce: true);

    private static AppraisalPolicy Policy => AppraisalPolicy.Strict(EvidenceKind.Sgx, _measurement);

    [TestMethod]
    public void FirstFault_StrictPolicyAndCleanClaims_AcceptsThem() => Assert.IsNull(Fault(Claims(), Policy));

    [TestMethod]
    public void FirstFault_Status_DownToTheMinimumAndNoFurther()
    {
        var order = Enum.GetValues<TcbStatus>().Where(status => status is not (TcbStatus.NotApplicable or TcbStatus.NotChecked or TcbStatus.Revoked)).ToList();
        foreach (var minimum in order)
        {
            foreach (var status in order)
            {
                Assert.AreEqual(
                    status <= minimum ? null : AttestationRefusal.TcbStatusNotAccepted, Fault(Claims(status), Policy with { MinimumTcb = minimum }), $"{status} under {minimum}");
            }

            Assert.AreEqual(AttestationRefusal.MissingCollateral, Fault(Claims(TcbStatus.NotChecked), Policy with { MinimumTcb = minimum }));
            Assert.AreEqual(AttestationRefusal.TcbStatusNotAccepted, Fault(Claims(TcbStatus.Revoked), Policy with { MinimumTcb = minimum }));
            Assert.IsNull(Fault(Claims(TcbStatus.NotApplicable), Policy with { MinimumTcb = minimum }));
        }
    }

    [TestMethod]
    public void FirstFault_OpenAdvisory_NeedsAnExceptionInForce()
    {
        var hardening = Policy with { MinimumTcb = TcbStatus.SWHardeningNeeded };
        var claims = Claims(TcbStatus.SWHardeningNeeded, "INTEL-SA-00615");
        Assert.AreEqual(AttestationRefusal.AdvisoryNotAccepted, Fault(claims, hardening));
        Assert.IsNull(Fault(claims, hardening with { AdvisoryExceptions = [new AdvisoryException("INTEL-SA-00615", _at)] }));
        Assert.AreEqual(AttestationRefusal.AdvisoryNotAccepted, Fault(claims, hardening with { AdvisoryExceptions = [new AdvisoryException("INTEL-SA-00615", _at.AddTicks(-1))] }));
        Assert.AreEqual(AttestationRefusal.AdvisoryNotAccepted, Fault(claims, hardening with { AdvisoryExceptions = [new AdvisoryException("INTEL-SA-00616", _at)] }));
    }

    [TestMethod]
    public void FirstFault_Program_ByMeasurementOrBySigner()
    {
        var bySigner = Policy with { Measurements = new HashSet<string>(), Signers = [new SignerRule(AppraisalPolicy.Hex(_signer), 7, 3)] };
        Assert.IsNull(Fault(Claims(), bySigner));
        Assert.AreEqual(AttestationRefusal.MeasurementNotAccepted, Fault(Claims(), bySigner with { Signers = [] }), "empty lists allow nothing");
        Assert.AreEqual(AttestationRefusal.MeasurementNotAccepted, Fault(Claims(), bySigner with { Signers = [new SignerRule(AppraisalPolicy.Hex(_signer), 8, 3)] }), "another product");
        Assert.AreEqual(AttestationRefusal.TcbTooOld, Fault(Claims(), bySigner with { Signers = [new SignerRule(AppraisalPolicy.Hex(_signer), 7, 4)] }));
        Assert.IsNull(Fault(Claims(), Policy with { MinimumSvn = 3 }));
        Assert.AreEqual(AttestationRefusal.TcbTooOld, Fault(Claims(), Policy with { MinimumSvn = 4 }));
        Assert.AreEqual(AttestationRefusal.TcbTooOld, Fault(Claims(svn: null), Policy with { MinimumSvn = 1 }), "a format without a version has none to show");
    }

    [TestMethod]
    public void FirstFault_ModeAndPlace()
    {
        Assert.AreEqual(AttestationRefusal.DebugEnclave, Fault(Claims(debug: true), Policy));
        Assert.IsNull(Fault(Claims(debug: true), Policy with { AllowDebug = true }));
        foreach (var condition in EvidenceCondition.All)
        {
            Assert.AreEqual(AttestationRefusal.ConditionNotAccepted, Fault(Claims(condition: condition), Policy), condition);
            Assert.IsNull(Fault(Claims(condition: condition), Policy with { AcceptedConditions = new HashSet<string> { condition } }), condition);
        }

        Assert.AreEqual(AttestationRefusal.PlatformNotAccepted, Fault(Claims(family: "Milan"), Policy));
        Assert.IsNull(Fault(Claims(family: "Milan"), Policy with { DeniedChipFamilies = new HashSet<string>() }));
        Assert.AreEqual(AttestationRefusal.PlatformNotAccepted, Fault(Claims(), Policy with { HardwareIds = new HashSet<string>() }), "an empty list allows nothing");
        Assert.IsNull(Fault(Claims(), Policy with { HardwareIds = new HashSet<string> { "0x0102" } }));
        Assert.AreEqual(AttestationRefusal.MissingCollateral, Fault(Claims(revocation: false), Policy));
        Assert.IsNull(Fault(Claims(revocation: false), Policy with { RequireCrl = false }));
        Assert.AreEqual(AttestationRefusal.EvidenceNotAccepted, Fault(Claims(), Policy with { AcceptedKinds = new HashSet<string> { EvidenceKind.Tdx } }));
    }

    [TestMethod]
    public void FirstFault_CollateralAge_ToTheSecond()
    {
        var claims = Claims(issued: _at.AddSeconds(-3600));
        Assert.IsNull(Fault(claims, Policy with { MaxCollateralAgeSeconds = 3600 }));
        Assert.AreEqual(AttestationRefusal.CollateralTooOld, Fault(claims, Policy with { MaxCollateralAgeSeconds = 3599 }));
        Assert.IsNull(Fault(Claims(), Policy with { MinimumTcbEvaluation = 17 }));
        Assert.AreEqual(AttestationRefusal.CollateralTooOld, Fault(Claims(), Policy with { MinimumTcbEvaluation = 18 }), "an older file that is still valid");
    }

    [TestMethod]
    public void FirstFault_Binding_InFullAndInTheFormatsPlace()
    {
        Assert.AreEqual(AttestationRefusal.EvidenceNotFresh, Fault(Claims(), Policy, ExpectedBinding.Nothing), "nobody asked for a nonce");
        Assert.AreEqual(AttestationRefusal.EvidenceNotBound, Fault(Claims(), Policy with { RequireNonce = false }, ExpectedBinding.Nothing));
        var unbound = Policy with { RequireNonce = false, RequireSessionBinding = false };
        Assert.IsNull(Fault(Claims(), unbound, ExpectedBinding.Nothing));
        Assert.AreEqual(AttestationRefusal.EvidenceNotFresh, Fault(Claims(), Policy, ExpectedBinding.ReportData(_reportData)), "the same report data each time show no age");
        var recorded = Policy with { RequireNonce = false };
        Assert.AreEqual(AttestationRefusal.EvidenceNotBound, Fault(Claims(), recorded, ExpectedBinding.ReportData(_reportData.AsMemory(0, 63))), "the rest is not zero");
        Assert.IsNull(Fault(Claims(reportData: [1, 2, 0, 0]), recorded, ExpectedBinding.ReportData(new byte[] { 1, 2 })));

        Assert.IsNull(Fault(Claims(reportData: [1, 2, 0, 0]), unbound, ExpectedBinding.Nonce(new byte[] { 1, 2 })), "at the head of report data");
        Assert.AreEqual(AttestationRefusal.NonceMismatch, Fault(Claims(reportData: [1, 2, 0, 3]), unbound, ExpectedBinding.Nonce(new byte[] { 1, 2 })));
        Assert.IsNull(Fault(Claims(nonce: [1, 2]), unbound, ExpectedBinding.Nonce(new byte[] { 1, 2 })));
        Assert.AreEqual(AttestationRefusal.NonceMismatch, Fault(Claims(nonce: [1, 2, 0]), unbound, ExpectedBinding.Nonce(new byte[] { 1, 2 })), "a place of its own is compared whole");
    }

    /// <summary>No bytes are the head of all report data: evidence that binds nothing, which is all zeros, would pass for bound and fresh.</summary>
    [TestMethod]
    public void ExpectedBinding_OfNothing_CannotBeMade()
    {
        Assert.ThrowsExactly<ArgumentException>(() => ExpectedBinding.ReportData(default));
        Assert.ThrowsExactly<ArgumentException>(() => ExpectedBinding.ReportData(Array.Empty<byte>(), madeOfNonce: true));
        Assert.ThrowsExactly<ArgumentException>(() => ExpectedBinding.Nonce(default));
    }

    /// <summary>A JSON token has its nonce as text; what a session binds are bytes, which it may be base64 of, and it may answer several askers.</summary>
    [TestMethod]
    public void FirstFault_Session_IsAmongAllNoncesOfAToken()
    {
        var session = new SessionBinding(new byte[32], SessionBinding.Worker, [1], new byte[20], [9]);
        foreach (var size in new[] { 32, 48, 64 })
        {
            var value = session.Value(size)!;
            var claims = Claims(reportData: [], nonce: System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(value)), otherNonces: [value]);
            Assert.IsNull(Fault(claims, Policy, ExpectedBinding.Session(session)), $"{size}");
            Assert.IsNull(Fault(claims, Policy, ExpectedBinding.ReportData(value, madeOfNonce: true)), $"{size}");
            value[0] ^= 1;
            Assert.AreEqual(AttestationRefusal.EvidenceNotBound, Fault(claims, Policy, ExpectedBinding.Session(session)));
            Assert.AreEqual(AttestationRefusal.EvidenceNotBound, Fault(Claims(nonce: [1], otherNonces: [session.Value(size)!]), Policy, ExpectedBinding.Session(session)), "where there is report data, it is the place");
        }
    }

    /// <summary>Evidence without a measurement names no program: a policy made of it would take every token of that kind, and could not be read back.</summary>
    [TestMethod]
    public void Strict_WithoutAMeasurement_CannotBeMade()
    {
        foreach (var length in new[] { 0, 32, 47, 49, 64 })
        {
            Assert.ThrowsExactly<ArgumentException>(() => AppraisalPolicy.Strict(EvidenceKind.Eat, new byte[length]), $"{length} bytes");
        }

        var named = Policy with { Measurements = new HashSet<string> { "0x" }, Signers = [] };
        Assert.AreEqual(AttestationRefusal.MeasurementNotAccepted, Fault(Claims(measurement: []), named));
    }

    [TestMethod]
    public void FirstFault_Session_EachSizeThatFormatsHave()
    {
        var session = new SessionBinding(new byte[32], SessionBinding.Worker, [1], new byte[20], [9]);
        var other = new SessionBinding(new byte[32], SessionBinding.Worker, [1], new byte[20], [8]);
        foreach (var size in new[] { 32, 48, 64 })
        {
            Assert.IsNull(Fault(Claims(reportData: session.Value(size)), Policy, ExpectedBinding.Session(session)), $"{size}");
            Assert.IsNull(Fault(Claims(reportData: [], nonce: session.Value(size)), Policy, ExpectedBinding.Session(session)), $"{size} in the place of the nonce");
            Assert.AreEqual(AttestationRefusal.EvidenceNotBound, Fault(Claims(reportData: other.Value(size)), Policy, ExpectedBinding.Session(session)));
        }

        Assert.IsNull(session.Value(20));
        Assert.AreEqual(AttestationRefusal.EvidenceNotBound, Fault(Claims(reportData: new byte[20]), Policy, ExpectedBinding.Session(session)));
        Assert.AreEqual(AttestationRefusal.EvidenceNotBound, Fault(Claims(reportData: []), Policy, ExpectedBinding.Session(session)));
        var recorded = new SessionBinding(new byte[32], SessionBinding.Worker, [1], new byte[20], []);
        Assert.AreEqual(AttestationRefusal.EvidenceNotFresh, Fault(Claims(reportData: recorded.Value(64)), Policy, ExpectedBinding.Session(recorded)), "without a nonce it may be old");
    }

    [TestMethod]
    public void FirstFault_Registers_EachNamedOneIsThereWithAnAcceptedValue()
    {
        MeasuredValue[] measured = [new("rtmr1", "sha-384", new byte[] { 1 }), new("rtmr2", "sha-384", new byte[] { 2 }), new("part", "sha-256", new byte[] { 3 }), new("part", "sha-256", new byte[] { 4 })];
        Assert.IsNull(Refused(("rtmr1", ["0x01", "0x09"])));
        Assert.IsNull(Refused(("rtmr1", ["0x01"]), ("rtmr2", ["0x02"])));
        Assert.AreEqual(AttestationRefusal.MeasurementNotAccepted, Refused(("rtmr1", ["0x01"]), ("rtmr2", ["0x03"])));
        Assert.AreEqual(AttestationRefusal.MeasurementNotAccepted, Refused(("rtmr3", ["0x01"])), "no such register");
        Assert.AreEqual(AttestationRefusal.MeasurementNotAccepted, Refused(("part", ["0x03"])), "two of one name: both");
        Assert.IsNull(Refused(("part", ["0x03", "0x04"])));

        AttestationRefusal? Refused(params (string Name, string[] Values)[] registers) => Fault(
            Claims(measured: measured),
            Policy with { Registers = registers.ToDictionary(register => register.Name, register => (IReadOnlySet<string>)register.Values.ToHashSet()) });
    }

    [TestMethod]
    public void FirstFault_PlatformVersions_FloorOfTheFamilyAlone()
    {
        var claims = Claims(TcbStatus.NotApplicable, family: "Genoa", versions: new() { ["microcode"] = 84, ["snp"] = 0 });
        Assert.IsNull(Fault(claims, Policy with { MinimumPlatformVersions = [new("genoa", "microcode", 84), new("Milan", "microcode", 255)] }));
        Assert.AreEqual(AttestationRefusal.TcbTooOld, Fault(claims, Policy with { MinimumPlatformVersions = [new("Genoa", "microcode", 85)] }));
        Assert.AreEqual(AttestationRefusal.TcbTooOld, Fault(claims, Policy with { MinimumPlatformVersions = [new("Genoa", "fmc", 0)] }), "a part that the evidence does not have");
    }

    // A root's list of half a year is the newest that there is; Intel's word on a platform of that age is not.
    [TestMethod]
    [DataRow(EvidenceKind.SevSnp, null)]
    [DataRow(EvidenceKind.FpgaDice, null)]
    [DataRow(EvidenceKind.Sgx, AttestationRefusal.CollateralTooOld)]
    [DataRow(EvidenceKind.AzureTdx, AttestationRefusal.CollateralTooOld)]
    public void FirstFault_CollateralOfHalfAYear_UnderTheStrictestPolicyOfItsKind(string kind, AttestationRefusal? wanted) =>
        Assert.AreEqual(wanted, Fault(Claims(issued: _at.AddDays(-180), kind: kind), AppraisalPolicy.Strict(kind, _measurement)));

    // A token about SEV-SNP does not say whose chip it was.
    [TestMethod]
    public void FirstFault_FamilyNotStated_IsRefusedWhereSomeAreDenied()
    {
        Assert.AreEqual(AttestationRefusal.PlatformNotAccepted, Fault(Claims(family: "", tee: "sev-snp"), Policy));
        Assert.IsNull(Fault(Claims(family: "", tee: "sev-snp"), Policy with { DeniedChipFamilies = new HashSet<string>() }));
        Assert.IsNull(Fault(Claims(family: "", tee: "nitro"), Policy));
    }

    [TestMethod]
    public void CountOwners_IsTheFewestWhoseFailureLeavesNothing()
    {
        Assert.AreEqual(0, EvidenceVerifier.CountOwners([]));
        Assert.AreEqual(1, EvidenceVerifier.CountOwners([["intel"], ["intel"]]));
        Assert.AreEqual(2, EvidenceVerifier.CountOwners([["intel"], ["amd"]]));
        Assert.AreEqual(1, EvidenceVerifier.CountOwners([["intel"], ["maa", "intel"]]), "a token about Intel's hardware falls with Intel");
        Assert.AreEqual(1, EvidenceVerifier.CountOwners([["maa", "amd"], ["maa", "intel"]]), "two tokens fall with their service");
        Assert.AreEqual(2, EvidenceVerifier.CountOwners([["amd"], ["intel"], ["maa", "amd"]]));
        Assert.AreEqual(1, EvidenceVerifier.CountOwners([["maa", "amd"], ["amd"]]), "the owner that both have, whichever is named first");
        Assert.AreEqual(3, EvidenceVerifier.CountOwners([["amd"], ["intel"], ["dice:0x01"], ["maa", "amd"]]));
    }

    [TestMethod]
    public void Owner_TwoKeysOfOneVendor_AreOneRoot()
    {
        var (milan, genoa, intel) = (Root(RootKind.Amd, 1), Root(RootKind.Amd, 2), Root(RootKind.Intel, 3));
        Assert.AreEqual(milan.Owner, genoa.Owner);
        Assert.AreNotEqual(milan.Owner, intel.Owner);
        Assert.AreNotEqual(Root(RootKind.Dice, 1).Owner, Root(RootKind.Dice, 2).Owner, "members' roots have owners of their own");
        Assert.AreNotEqual(Root(RootKind.Dice, 1).Owner, Root(RootKind.Tpm, 1).Owner);
        Assert.AreEqual(Root(RootKind.Maa, 1).Owner, Root(RootKind.Maa, 2).Owner, "all regions of a token service are one operator's");

        static RootIdentity Root(string kind, byte key) => new(kind, new[] { key }, "root");
    }

    private static AttestationRefusal? Fault(EnclaveClaims claims, AppraisalPolicy policy, ExpectedBinding? binding = null) => Appraisal.FirstFault(claims, _at, policy, binding ?? _binding)?.Reason;

    private static EnclaveClaims Claims(
        TcbStatus status = TcbStatus.UpToDate,
        string? advisory = null,
        uint? svn = 3,
        bool debug = false,
        string? condition = null,
        string family = "00906ed50000",
        bool revocation = true,
        DateTimeOffset? issued = null,
        byte[]? reportData = null,
        byte[]? nonce = null,
        byte[][]? otherNonces = null,
        byte[]? measurement = null,
        string tee = "sgx",
        string kind = EvidenceKind.Sgx,
        MeasuredValue[]? measured = null,
        Dictionary<string, uint>? versions = null) => new()
        {
            Kind = kind,
            Tee = tee,
            Measurements = measured ?? [],
            PlatformVersions = versions ?? [],
            Root = new RootIdentity(RootKind.Intel, new byte[32], "root"),
            Measurement = measurement ?? _measurement,
            Signer = _signer,
            ProductId = 7,
            Svn = svn,
            Tcb = new TcbClaim(status, null, advisory is null ? [] : [advisory], 17, issued ?? _at),
            Debug = debug,
            ReportData = reportData ?? _reportData,
            Nonce = nonce is null ? default(ReadOnlyMemory<byte>?) : nonce,
            OtherNonces = [.. (otherNonces ?? []).Select(other => (ReadOnlyMemory<byte>)other)],
            IssuedAt = null,
            HardwareId = new byte[] { 1, 2 },
            ChipFamily = family,
            Conditions = condition is null ? [] : [condition],
            RevocationChecked = revocation,
            NotChecked = [],
        };
}
