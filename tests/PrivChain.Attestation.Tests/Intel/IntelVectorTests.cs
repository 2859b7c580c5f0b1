using System.Text.Json.Nodes;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Signatures;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Intel;

/// <summary>Real and derived quotes with their collateral, each at its time.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class IntelVectorTests
{
    // What other members say in other words, checked below or about the case itself.
    private static readonly HashSet<string> _elsewhere = new(StringComparer.Ordinal) { "policy_flags", "report_data_is" };

    // What only authentication can say, for cases that are refused before.
    private static readonly HashSet<string> _authenticated = new(_elsewhere, StringComparer.Ordinal)
    {
        "tcb_status", "tcb_date", "advisory_ids", "qe_tcb_status", "tdx_module", "tcb_status_intel_rules", "tcb_evaluation_data_number", "collateral_valid_from", "collateral_valid_to",
    };

    [TestMethod]
    [DataRow(EvidenceKind.Sgx)]
    [DataRow(EvidenceKind.Tdx)]
    public void Verify_EveryCase_GivesTheVerdictAndTheValues(string kind)
    {
        var differences = new List<string>();
        foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Has("evidence")))
        {
            var received = IntelCase.Parse(@case, kind);
            var authentic = received.Accepted ? AuthenticEvidence.Authenticate(received.Value, IntelCase.Context(@case)) : null;
            var fault = received.Fault ?? authentic!.Fault;
            var verdict = fault is null ? VerdictName.Of(authentic!.Value!.Result) : VerdictName.Of(fault.Reason);
            if (!@case.Acceptable.Contains(verdict))
            {
                differences.Add($"{@case.Name}: wanted {@case.Result}, given {verdict}: {fault}");
            }

            if (received.Accepted)
            {
                differences.AddRange(@case.Differences(authentic!.Value?.Fields ?? received.Value.Fields, authentic.Accepted ? _elsewhere : _authenticated));
            }
        }

        Assert.IsEmpty(differences, string.Join('\n', differences));
    }

    [TestMethod]
    public void Appraise_EveryGenuineCase_StrictPolicyAcceptsWhatTheCaseSays()
    {
        foreach (var kind in new[] { EvidenceKind.Sgx, EvidenceKind.Tdx })
        {
            foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal) && @case.Expect["strict_policy"] is not null))
            {
                var authentic = AuthenticEvidence.Authenticate(IntelCase.Parse(@case, kind).Value!, IntelCase.Context(@case)).Value!;
                var policy = AppraisalPolicy.Strict(kind, authentic.Claims.Measurement.Span) with { RequireNonce = false, RequireSessionBinding = false };
                var verdict = EvidenceVerifier.Appraise(authentic, policy, ExpectedBinding.Nothing);
                Assert.AreEqual(@case.Expect["strict_policy"]!.GetValue<string>() == "accept", verdict.Accepted, $"{@case.Name}: {verdict.Fault}");
                var veEnabled = @case.Expect["policy_flags"]?.AsArray().Any(flag => flag!.GetValue<string>() == "sept_ve_disable_clear") ?? false;
                Assert.AreEqual(veEnabled, authentic.Claims.Conditions.Contains(EvidenceCondition.SeptVeEnabled), @case.Name);
            }
        }
    }

    [TestMethod]
    public void ParseAny_EveryQuote_IsRecognisedAsItsKindOrNone()
    {
        foreach (var kind in new[] { EvidenceKind.Sgx, EvidenceKind.Tdx })
        {
            foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal)))
            {
                Assert.AreEqual(kind, ReceivedEvidence.ParseAny(@case.Bytes("evidence")).Value?.Kind, @case.Name);
            }
        }
    }

    [TestMethod]
    [DataRow(EvidenceKind.Sgx)]
    [DataRow(EvidenceKind.Tdx)]
    public void Verify_EveryGenuineCaseWithoutCollateral_SaysOnlyTheSignature(string kind)
    {
        foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal)))
        {
            var context = IntelCase.Context(@case) with { Collateral = CollateralSet.Empty };
            var authentic = AuthenticEvidence.Authenticate(IntelCase.Parse(@case, kind).Value!, context).Value!;
            Assert.AreEqual(AuthenticationResult.ValidSignatureOnly, authentic.Result, @case.Name);
            Assert.AreEqual(TcbStatus.NotChecked, authentic.Claims.Tcb.Status);
            Assert.IsFalse(authentic.Claims.RevocationChecked);
        }
    }

    [TestMethod]
    [DataRow(EvidenceKind.Sgx)]
    [DataRow(EvidenceKind.Tdx)]
    public void Verify_AnyByteOfGenuineEvidenceChanged_IsRefusedOrReported(string kind)
    {
        foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal)))
        {
            QuoteMutations.AssertEachFlip(@case.Name, @case.Bytes("evidence"), step: 61, evidence => IntelCase.Parse(@case, kind, evidence), IntelCase.Context(@case, new VerifiedSignatures()));
        }
    }

    [TestMethod]
    [TestCategory("Slow")]
    [DataRow(EvidenceKind.Sgx)]
    [DataRow(EvidenceKind.Tdx)]
    public void Verify_EveryByteOfGenuineEvidenceChanged_IsRefusedOrReported(string kind)
    {
        foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal)))
        {
            QuoteMutations.AssertEachFlip(@case.Name, @case.Bytes("evidence"), step: 1, evidence => IntelCase.Parse(@case, kind, evidence), IntelCase.Context(@case, new VerifiedSignatures()));
        }
    }

    [TestMethod]
    [DataRow(EvidenceKind.Sgx)]
    [DataRow(EvidenceKind.Tdx)]
    public void Parse_EveryTruncationOfGenuineEvidence_IsRefused(string kind)
    {
        foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal)))
        {
            var evidence = @case.Bytes("evidence");
            QuoteMutations.AssertEachTruncation(@case.Name, evidence, IntelQuote.Parse(evidence, kind == EvidenceKind.Tdx).Value!.Length, kind);
        }
    }

    [TestMethod]
    public void TcbInfo_EveryFileOfItsOwn_ParsesOrIsRefusedAsTheCaseSays()
    {
        var seen = 0;
        foreach (var @case in AttestationCase.Load("oe").Where(@case => @case.Has("tcb_info") && !@case.Has("evidence")))
        {
            seen++;
            Assert.AreEqual(@case.Result == "parse_only", TcbInfo.TryParse(@case.Bytes("tcb_info"), out var info, out var fault), $"{@case.Name}: {fault}");
            foreach (var row in @case.Expect["tcb_level_table"]?.AsArray() ?? [])
            {
                byte[] components = [.. row!["sgx_components"]!.AsArray().Select(value => (byte)value!.GetValue<int>())];
                var level = info!.Value.Levels.FirstOrDefault(level => level.IsReachedBy(components, (ushort)row["pcesvn"]!.GetValue<int>()));
                Assert.AreEqual(row["tcb_status"]?.GetValue<string>(), level?.Status.ToString(), $"{@case.Name}: {row.ToJsonString()}");
            }
        }

        Assert.IsGreaterThan(0, seen);
    }

    [TestMethod]
    public void Verify_EventLogOfAGenuineTd_AnyDigestChanged_IsAMismatch()
    {
        var seen = 0;
        foreach (var @case in AttestationCase.Load(EvidenceKind.Tdx).Where(@case => @case.Has("ccel") && @case.Result.StartsWith("valid", StringComparison.Ordinal)))
        {
            seen++;
            var log = @case.Bytes("ccel");
            var first = log.AsSpan().IndexOf("Spec ID Event03\0"u8) + 33;

            // register (4), type (4), count (4), algorithm (2), then the digest.
            log[first + 14] ^= 1;
            var parts = new EvidenceParts([new(EvidenceParts.Main, @case.Bytes("evidence")), new(TdxFormat.EventLogPart, log)]);
            var authentic = AuthenticEvidence.Authenticate(ReceivedEvidence.Parse(EvidenceKind.Tdx, parts).Value!, IntelCase.Context(@case));
            Assert.AreEqual(AttestationRefusal.EventLogMismatch, authentic.Fault?.Reason, @case.Name);
        }

        Assert.IsGreaterThan(0, seen);
    }

    [TestMethod]
    public void Fields_OfEveryCase_HaveEachNameOnce()
    {
        foreach (var @case in AttestationCase.Load(EvidenceKind.Tdx).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal)))
        {
            var fields = AuthenticEvidence.Authenticate(IntelCase.Parse(@case, EvidenceKind.Tdx).Value!, IntelCase.Context(@case)).Value!.Fields;
            Assert.HasCount(fields.Count, fields.Select(field => field.Name).Distinct(StringComparer.Ordinal).ToList());
            Assert.IsTrue(fields.All(field => field.Value is JsonValue or JsonArray or JsonObject));
        }
    }
}
