using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.OpenEnclave;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.OpenEnclave;

/// <summary>The calls into a C library: layouts, ownership and what is refused, against a counterpart of our own with the same interface.</summary>
[TestClass]
public sealed class OpenEnclaveHostVerifierTests
{
    private static string _folder = string.Empty;
    private static string _path = string.Empty;

    [ClassInitialize]
    public static void Compile(TestContext context)
    {
        _folder = Directory.CreateTempSubdirectory("privchain-host-verify-").FullName;
        _path = HostVerifyCounterpart.Compile(_folder);
    }

    // Loaded libraries stay mapped; their files can go.
    [ClassCleanup]
    public static void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Verify_GenuineEvidence_GivesTypedClaims()
    {
        var claims = Claims("plain");
        Assert.AreEqual(AuthenticationResult.Valid, claims.Result);
        Assert.AreEqual(OpenEnclaveId.SgxEcdsa, claims.Format);
        Assert.AreEqual(TcbStatus.UpToDate, claims.TcbStatus);
        Assert.IsFalse(claims.Debug);
        Assert.AreEqual(new string('1', 64), Convert.ToHexString(claims.Measurement.Span));
        Assert.AreEqual(0x1234, (ushort)Field(claims, "isv_prod_id")!);
        Assert.AreEqual(7u, (uint)Field(claims, "isv_svn")!);
        Assert.AreEqual(new string('2', 64), (string?)Field(claims, "mrsigner"));
        Assert.AreEqual("2024-02-29T23:59:58Z", (string?)Field(claims, "tcb_date"));
        Assert.AreEqual("UpToDate", (string?)Field(claims, "tcb_status"));
        Assert.AreEqual(0, HostVerifyCounterpart.Lists(_path));
    }

    [TestMethod]
    public void Verify_EndorsementsFormatAndTime_ArriveAsTheyWereGiven()
    {
        using var verifier = OpenEnclaveHostVerifier.Open(_path);
        var answer = verifier.Verify("plain"u8, [9, 8, 7], OpenEnclaveId.LegacyReport, new DateTimeOffset(2024, 12, 31, 23, 59, 58, TimeSpan.FromHours(-1)));
        Assert.IsTrue(answer.Genuine);
        Assert.AreEqual(OpenEnclaveId.LegacyReport, answer.Claims.Format);
        Assert.AreEqual("090807", (string?)Field(answer.Claims, "got_endorsements"));
        Assert.AreEqual("01000000", (string?)Field(answer.Claims, "got_policy_type"));

        // oe_datetime_t in UTC: 2025-01-01 00:59:58.
        Assert.AreEqual("e9070000" + "01000000" + "01000000" + "00000000" + "3b000000" + "3a000000", (string?)Field(answer.Claims, "got_policy"));
    }

    [TestMethod]
    public void Verify_NoEndorsementsAndNoTime_AreNullPointers()
    {
        // The counterpart refuses a pointer without a size and a size without a pointer, as the library does.
        var claims = Claims("plain");
        Assert.IsNull(Field(claims, "got_endorsements"));
        Assert.IsNull(Field(claims, "got_policy"));
    }

    [TestMethod]
    [DataRow("debug", AuthenticationResult.ValidDebug, TcbStatus.UpToDate)]
    [DataRow("outdated", AuthenticationResult.ValidTcbNotUpToDate, TcbStatus.OutOfDate)]
    [DataRow("tdx", AuthenticationResult.Valid, TcbStatus.UpToDate)]
    [DataRow("tdxdebug", AuthenticationResult.ValidDebug, TcbStatus.UpToDate)]
    public void Verify_GenuineWithReserve_SaysWhich(string evidence, AuthenticationResult result, TcbStatus status)
    {
        var claims = Claims(evidence);
        Assert.AreEqual(result, claims.Result);
        Assert.AreEqual(status, claims.TcbStatus);
    }

    [TestMethod]
    public void Verify_TrustDomain_IsMeasuredByItsOwnRegistersAlone()
    {
        var claims = Claims("tdx");
        Assert.AreEqual(new string('3', 96), Convert.ToHexString(claims.Measurement.Span));
        Assert.AreEqual(64, claims.ReportData.Length);
        Assert.IsNull(Field(claims, "mrenclave"), "zeros of SGX are no measurement");
    }

    [TestMethod]
    public void Verify_CustomClaims_ReportDataIsTheirHash()
    {
        var claims = Claims("custom");
        Assert.AreEqual("hello", Encoding.ASCII.GetString(claims.CustomClaims.Span));
        CollectionAssert.AreEqual((byte[])[.. SHA256.HashData("hello"u8), .. new byte[32]], claims.ReportData.ToArray());
    }

    [TestMethod]
    public void Verify_ClaimWithoutBytes_IsEmpty() => Assert.AreEqual(string.Empty, (string?)Field(Claims("empty"), "tdx_sa_list"));

    [TestMethod]
    [DataRow("result 3", AttestationRefusal.Malformed, "OE_INVALID_PARAMETER (3)")]
    [DataRow("result 8", AttestationRefusal.BadSignature, "OE_OTHER (8)")]
    [DataRow("result 9", AttestationRefusal.UnsupportedFormat, "OE_OTHER (9)")]
    [DataRow("result 27", AttestationRefusal.IncompleteChain, "OE_OTHER (27)")]
    [DataRow("result 40", AttestationRefusal.MalformedCollateral, "OE_OTHER (40)")]
    [DataRow("result 42", AttestationRefusal.Expired, "OE_OTHER (42)")]
    [DataRow("result 43", AttestationRefusal.MissingCollateral, "OE_OTHER (43)")]
    [DataRow("result 45", AttestationRefusal.TcbStatusNotAccepted, "OE_OTHER (45)")]
    [DataRow("result 44", AttestationRefusal.CertificateRevoked, "OE_OTHER (44)")]
    [DataRow("result 49", AttestationRefusal.QeIdentityMismatch, "OE_OTHER (49)")]
    [DataRow("result 58", AttestationRefusal.BindingMismatch, "OE_OTHER (58)")]
    [DataRow("result 77", AttestationRefusal.BadSignature, "oe_result_t 77")]
    [DataRow("result -1", AttestationRefusal.BadSignature, "OE_OTHER (-1)")]
    [DataRow("refused", AttestationRefusal.BadSignature, "OE_OTHER (8)")]
    public void Verify_RefusedByTheLibrary_NamesTheReason(string evidence, AttestationRefusal reason, string name)
    {
        using var verifier = OpenEnclaveHostVerifier.Open(_path);
        var answer = verifier.Verify(Encoding.ASCII.GetBytes(evidence), []);
        Assert.IsFalse(answer.Genuine);
        Assert.IsNull(answer.Claims, "claims beside a refusal are nobody's word");
        Assert.AreEqual(reason, answer.Fault.Reason);
        Assert.AreEqual(name, answer.ResultName);
        Assert.AreEqual(0, HostVerifyCounterpart.Lists(_path));
    }

    [TestMethod]
    [DataRow("nothing")]
    [DataRow("many")]
    [DataRow("noname")]
    [DataRow("longname")]
    [DataRow("novalue")]
    [DataRow("huge")]
    [DataRow("twice")]
    [DataRow("short")]
    [DataRow("product")]
    [DataRow("date")]
    [DataRow("status")]
    [DataRow("nostatus")]
    public void Verify_AnswerThatTheInterfaceRulesOut_IsRefusedAndFreed(string evidence)
    {
        using var verifier = OpenEnclaveHostVerifier.Open(_path);
        var thrown = Assert.ThrowsExactly<HostVerifyException>(() => verifier.Verify(Encoding.ASCII.GetBytes(evidence), []));
        Assert.AreEqual(HostVerifyFault.BadAnswer, thrown.Fault);
        Assert.AreEqual(0, HostVerifyCounterpart.Lists(_path));
    }

    [TestMethod]
    [DataRow("result 5")]
    [DataRow("result 18")]
    [DataRow("result 21")]
    [DataRow("result 35")]
    [DataRow("result 36")]
    [DataRow("result 61")]
    public void Verify_MachineLacksSomething_SaysNothingOfTheEvidence(string evidence)
    {
        using var verifier = OpenEnclaveHostVerifier.Open(_path);
        Assert.AreEqual(HostVerifyFault.Unavailable, Assert.ThrowsExactly<HostVerifyException>(() => verifier.Verify(Encoding.ASCII.GetBytes(evidence), [])).Fault);
    }

    [TestMethod]
    public void Verify_SizesAtTheLimit_AreAskedAndBeyondItRefused()
    {
        using var verifier = OpenEnclaveHostVerifier.Open(_path);
        var whole = new byte[OpenEnclaveHostVerifier.MaxSize];
        "plain"u8.CopyTo(whole);
        Assert.IsTrue(verifier.Verify(whole, whole).Genuine);
        Assert.AreEqual(AttestationRefusal.TooLarge, verifier.Verify(new byte[whole.Length + 1], []).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.TooLarge, verifier.Verify("plain"u8, new byte[whole.Length + 1]).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.Malformed, verifier.Verify([], []).Fault!.Reason);
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Verify_QuotesOfTheVectors_FieldsAreThoseOfTheManagedReader()
    {
        using var verifier = OpenEnclaveHostVerifier.Open(_path);
        var compared = 0;
        foreach (var @case in AttestationCase.Load("sgx").Where(@case => @case.Has("evidence")))
        {
            var quote = @case.Bytes("evidence");
            var received = ReceivedEvidence.Parse(EvidenceKind.Sgx, new EvidenceParts(new Dictionary<string, ReadOnlyMemory<byte>> { [EvidenceParts.Main] = quote }));
            if (!received.Accepted || quote[0] != 3)
            {
                continue;
            }

            var managed = received.Value.Fields.ToDictionary(field => field.Name, field => field.Value);
            var claims = verifier.Verify(quote, [], OpenEnclaveId.RawSgxQuote).Claims!;
            Assert.AreEqual((bool)managed["debug"]!, claims.Debug, @case.Name);
            string[] names = ["mrenclave", "mrsigner", "isv_prod_id", "isv_svn", "cpu_svn", "isv_ext_prod_id", "config_id", "config_svn", "isv_family_id", "report_data", "pce_svn"];
            foreach (var name in names)
            {
                Assert.AreEqual(managed[name]!.ToJsonString(), Field(claims, name)!.ToJsonString(), $"{@case.Name}: {name}");
                compared++;
            }
        }

        Assert.IsGreaterThan(0, compared);
    }

    [TestMethod]
    public void Open_TwiceAndDisposed_LastOneShutsTheLibraryDown()
    {
        var path = HostVerifyCounterpart.Compile(Path.Combine(_folder, "shared"));
        var first = OpenEnclaveHostVerifier.Open(path);
        var second = OpenEnclaveHostVerifier.Open(Path.GetDirectoryName(path));
        first.Dispose();
        first.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => first.Verify("plain"u8, []));
        Assert.IsTrue(second.Verify("plain"u8, []).Genuine);
        second.Dispose();
        Assert.AreEqual(0, HostVerifyCounterpart.Initialized(path));
        using var again = OpenEnclaveHostVerifier.Open(path);
        Assert.IsTrue(again.Verify("plain"u8, []).Genuine);
    }

    [TestMethod]
    public void Open_LibraryKnowsTdx_SaysSo()
    {
        using var without = OpenEnclaveHostVerifier.Open(_path);
        using var with = OpenEnclaveHostVerifier.Open(HostVerifyCounterpart.Compile(Path.Combine(_folder, "tdx"), "WITH_TDX"));
        Assert.IsFalse(without.KnowsTdx);
        Assert.IsTrue(with.KnowsTdx);
    }

    [TestMethod]
    public void Open_NotInstalled_SaysWhatWasLookedForWhereAndHowToInstallIt()
    {
        var place = Path.Combine(_folder, "nowhere", HostVerifyLibrary.FileName);
        var thrown = Assert.ThrowsExactly<HostVerifyException>(() => OpenEnclaveHostVerifier.Open(place));
        Assert.AreEqual(HostVerifyFault.LibraryMissing, thrown.Fault);
        Assert.Contains(place, thrown.Message);
        Assert.Contains("open-enclave-hostverify", thrown.Message);
    }

    [TestMethod]
    public void Open_NotALibrary_IsUnusable()
    {
        var path = Path.Combine(_folder, "text.so");
        File.WriteAllText(path, "no library");
        Assert.AreEqual(HostVerifyFault.LibraryUnusable, Assert.ThrowsExactly<HostVerifyException>(() => OpenEnclaveHostVerifier.Open(path)).Fault);
    }

    [TestMethod]
    public void Open_FunctionMissing_NamesIt()
    {
        var path = HostVerifyCounterpart.Compile(Path.Combine(_folder, "partial"), "WITHOUT_FREE");
        var thrown = Assert.ThrowsExactly<HostVerifyException>(() => OpenEnclaveHostVerifier.Open(path));
        Assert.AreEqual(HostVerifyFault.FunctionMissing, thrown.Fault);
        Assert.Contains("oe_free_claims", thrown.Message);
    }

    [TestMethod]
    public void Open_QuoteProviderMissing_SaysWhatToInstall()
    {
        var path = HostVerifyCounterpart.Compile(Path.Combine(_folder, "bare"), "INITIALIZES=OE_QUOTE_PROVIDER_LOAD_ERROR");
        var thrown = Assert.ThrowsExactly<HostVerifyException>(() => OpenEnclaveHostVerifier.Open(path));
        Assert.AreEqual(HostVerifyFault.NotInitialized, thrown.Fault);
        Assert.Contains("OE_QUOTE_PROVIDER_LOAD_ERROR", thrown.Message);
        Assert.Contains("libdcap_quoteprov.so", thrown.Message);
    }

    private static HostVerifiedClaims Claims(string evidence)
    {
        using var verifier = OpenEnclaveHostVerifier.Open(_path);
        var answer = verifier.Verify(Encoding.ASCII.GetBytes(evidence), []);
        Assert.IsTrue(answer.Genuine, answer.ResultName);
        return answer.Claims;
    }

    private static JsonNode? Field(HostVerifiedClaims claims, string name) => claims.Fields.SingleOrDefault(field => field.Name == name)?.Value;
}
