using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.OpenEnclave;
using PrivChain.Attestation.Roots;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.OpenEnclave;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class OpenEnclaveVectorTests
{
    // Words for people, names of another library's claims, and tables that the TCB info tests compare.
    private static readonly HashSet<string> _elsewhere = ["format", "policy_flags", "binding", "report_data_rule", "oe_claims", "tcb_level_table", "version", "id"];

    [TestMethod]
    public void Verify_EveryCase_GivesTheExpectedVerdictAndValues()
    {
        var compared = 0;
        foreach (var @case in AttestationCase.Load("oe").Where(@case => @case.Has("evidence")))
        {
            var (verdict, authentic, why) = Verify(@case);
            CollectionAssert.Contains(@case.Acceptable.ToList(), verdict, $"{@case.Name}: {why}");
            if (authentic is not null)
            {
                Assert.IsEmpty(@case.Differences(authentic.Fields, _elsewhere), string.Join("\n", @case.Differences(authentic.Fields, _elsewhere)));
                compared++;
            }
        }

        Assert.IsGreaterThanOrEqualTo(6, compared);
    }

    [TestMethod]
    public void Verify_ClaimsThatOpenEnclaveReports_AreOurs()
    {
        foreach (var @case in AttestationCase.Load("oe").Where(@case => @case.Expect["oe_claims"] is not null))
        {
            var claims = Verify(@case).Authentic!.Claims;
            var theirs = @case.Expect["oe_claims"]!.AsObject();
            Assert.AreEqual(theirs["unique_id"]!.GetValue<string>(), Convert.ToHexStringLower(claims.Measurement.Span[..32]), @case.Name);
            Assert.AreEqual(theirs["signer_id"]!.GetValue<string>(), Convert.ToHexStringLower(claims.Signer.Span), @case.Name);
            Assert.AreEqual(theirs["security_version"]!.GetValue<uint>(), claims.Svn, @case.Name);
            Assert.AreEqual((theirs["attributes"]!.GetValue<int>() & 1) != 0, claims.Debug, @case.Name);
            Assert.AreEqual(theirs["tcb_status_name"]!.GetValue<string>(), claims.Tcb.Status.ToString(), @case.Name);
        }
    }

    [TestMethod]
    public void Parse_EveryTcbInfo_AsExpected()
    {
        foreach (var @case in AttestationCase.Load("oe").Where(@case => @case.Has("tcb_info")))
        {
            var parsed = TcbInfo.TryParse(@case.Bytes("tcb_info"), out var info, out _);
            Assert.AreEqual(@case.Result == "parse_only", parsed, @case.Name);
            if (parsed)
            {
                Assert.AreEqual(@case.Expect["id"]!.GetValue<string>(), info!.Value.Id, @case.Name);
                foreach (var row in @case.Expect["tcb_level_table"]!.AsArray())
                {
                    var components = row!["sgx_components"]!.AsArray().Select(component => component!.GetValue<byte>()).ToArray();
                    var level = info.Value.Levels.FirstOrDefault(level => level.IsReachedBy(components, row["pcesvn"]!.GetValue<ushort>()));
                    Assert.AreEqual(row["tcb_status"]?.GetValue<string>(), level?.Status.ToString(), $"{@case.Name}: {row.ToJsonString()}");
                }
            }
        }
    }

    [TestMethod]
    public void Verify_EachByteOfAnAcceptedWrappingFlipped_NeverGivesOtherClaims()
    {
        var @case = AttestationCase.Load("oe").First(@case => @case.Text("format_id") == OpenEnclaveId.SgxEcdsa.ToString() && @case.Result == "valid_debug");
        var parts = OpenEnclaveCase.Parts(@case);
        var valid = parts[EvidenceParts.Main].ToArray();

        var claims = Verify(@case).Authentic!.Claims;

        // A step that is prime to everything in a quote: the whole of it is walked by the tests of quotes.
        for (var i = 0; i < valid.Length; i += 37)
        {
            var changed = valid.ToArray();
            changed[i] ^= 1;
            parts[EvidenceParts.Main] = changed;
            var received = ReceivedEvidence.Parse(EvidenceKind.OpenEnclave, new EvidenceParts(parts));
            if (received.Accepted && AuthenticEvidence.Authenticate(received.Value, OpenEnclaveCase.Context(@case)) is { Accepted: true } authentic)
            {
                // Only what nobody relies on can change: the root's certificate that came along, since the caller has its own.
                Assert.AreEqual(Said(claims), Said(authentic.Value.Claims), $"byte {i}");
            }
        }
    }

    [TestMethod]
    public void Parse_EveryTruncationOfHeadersAndEndorsements_IsRefused()
    {
        var @case = AttestationCase.Load("oe").First(@case => @case.Has("endorsements") && @case.Result == "valid_debug" && @case.Text("format_id").Length == 0);
        var parts = OpenEnclaveCase.Parts(@case);
        Assert.IsTrue(ReceivedEvidence.Parse(EvidenceKind.OpenEnclave, new EvidenceParts(parts)).Accepted);
        foreach (var name in new[] { EvidenceParts.Main, OpenEnclaveFormat.EndorsementsPart })
        {
            var whole = parts[name];
            for (var cut = 1; cut < whole.Length; cut += cut < 100 ? 1 : 97)
            {
                parts[name] = whole[..^cut];
                Assert.IsFalse(ReceivedEvidence.Parse(EvidenceKind.OpenEnclave, new EvidenceParts(parts)).Accepted, $"{name} without its last {cut} bytes");
            }

            parts[name] = (byte[])[.. whole.Span, 0];
            Assert.IsFalse(ReceivedEvidence.Parse(EvidenceKind.OpenEnclave, new EvidenceParts(parts)).Accepted, $"{name} and a byte");
            parts[name] = whole;
        }
    }

    private static (string Verdict, AuthenticEvidence? Authentic, string Why) Verify(AttestationCase @case)
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.OpenEnclave, new EvidenceParts(OpenEnclaveCase.Parts(@case)));
        if (!received.Accepted)
        {
            return (VerdictName.Of(received.Fault.Reason), null, received.Fault.ToString());
        }

        var authentic = AuthenticEvidence.Authenticate(received.Value, OpenEnclaveCase.Context(@case));
        return (authentic.Accepted ? VerdictName.Of(authentic.Value.Result) : VerdictName.Of(authentic.Fault.Reason), authentic.Value, authentic.Fault?.ToString() ?? string.Empty);
    }

    private static string Said(Claims.EnclaveClaims claims) =>
        string.Join(' ', Convert.ToHexString([.. claims.Measurement.Span, .. claims.Signer.Span, .. claims.ReportData.Span, .. claims.HardwareId.Span]), claims.Debug, claims.Tcb.Status, claims.Svn, claims.ProductId, claims.ChipFamily);
}
