using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Maa;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tests.Certificates;

namespace PrivChain.Attestation.Tests.Maa;

[TestClass]
public sealed class MaaTests
{
    private const string Issuer = "https://members.example";

    private static readonly DateTimeOffset _at = TestAuthority.At;
    private static readonly long _now = _at.ToUnixTimeSeconds();
    private static readonly string _enclave = Digits(32, 'e');

    private readonly TestSigner _signer = TestSigner.P256();

    [TestCleanup]
    public void Clean() => _signer.Dispose();

    private static string Digits(int bytes, char digit) => new(digit, 2 * bytes);

    private byte[] KeySet(string more = ",\"kid\":\"test\"") => Encoding.UTF8.GetBytes($$"""{"keys":[{{_signer.Jwk(more)}}]}""");

    private AuthenticationContext Context(byte[]? keySet = null, params TrustAnchor[] anchors) =>
        new(new RootSet(anchors.Length > 0 ? anchors : [_signer.Anchor(RootKind.Maa).ForIssuer(Issuer)]), TokenTrial.Collateral((CollateralName.Jwks, keySet ?? KeySet())), _at);

    private TokenTrial Try(byte[] token, AuthenticationContext? context = null, string? nonce = null) =>
        TokenTrial.Of(EvidenceKind.Maa, token, context ?? Context(), nonce is null ? null : Encoding.UTF8.GetBytes(nonce));

    private static string Outer(string claims, string more = "") => $$"""{"iss":"{{Issuer}}","iat":{{_now - 10}},"nbf":{{_now - 10}},"exp":{{_now + 60}},"x-ms-ver":"1.0"{{more}},{{claims}}}""";

    private static string Sgx(string more = "", bool debug = false, string? reportData = null) =>
        $$"""
        "x-ms-attestation-type":"sgx","x-ms-sgx-mrenclave":"{{_enclave}}","x-ms-sgx-mrsigner":"{{Digits(32, 'a')}}","x-ms-sgx-product-id":7,"x-ms-sgx-svn":3,
        "x-ms-sgx-is-debuggable":{{(debug ? "true" : "false")}},"x-ms-sgx-report-data":"{{reportData ?? Digits(64, '1')}}"{{more}}
        """;

    private static string Snp(int vmpl = 0, bool migration = false, bool smt = false, bool debug = false) =>
        $$"""
        "x-ms-attestation-type":"sevsnpvm","x-ms-sevsnpvm-launchmeasurement":"{{Digits(48, 'b')}}","x-ms-sevsnpvm-idkeydigest":"{{Digits(48, 'c')}}","x-ms-sevsnpvm-guestsvn":4,
        "x-ms-sevsnpvm-is-debuggable":{{Json(debug)}},"x-ms-sevsnpvm-reportdata":"{{Digits(64, '2')}}","x-ms-sevsnpvm-vmpl":{{vmpl}},"x-ms-sevsnpvm-migration-allowed":{{Json(migration)}},"x-ms-sevsnpvm-smt-allowed":{{Json(smt)}}
        """;

    private static string Tdx(string status = "UpToDate", bool septVeDisable = true, bool debug = false, bool perfmon = false) =>
        $$"""
        "x-ms-attestation-type":"tdxvm","tdx_mrtd":"{{Digits(48, 'd')}}","tdx_rtmr0":"{{Digits(48, '0')}}","tdx_rtmr1":"{{Digits(48, '1')}}","tdx_rtmr2":"{{Digits(48, '2')}}","tdx_rtmr3":"{{Digits(48, '3')}}",
        "tdx_report_data":"{{Digits(64, '4')}}","tdx_td_attributes_debug":{{Json(debug)}},"tdx_td_attributes_septve_disable":{{Json(septVeDisable)}},"tdx_td_attributes_perfmon":{{Json(perfmon)}},
        "tdx_td_attributes_key_locker":false,"tdx_td_attributes_protection_keys":false,"attester_tcb_status":"{{status}}"
        """;

    private static string Nested(string inner, string more = "") => $$""" "x-ms-attestation-type":"azurevm","secureboot":true,"x-ms-isolation-tee":{ {{inner}} }{{more}} """;

    private static string Json(bool flag) => flag ? "true" : "false";

    [TestMethod]
    public void Authenticate_Sgx_GivesTheClaimsOfNativeEvidence()
    {
        var claims = Try(_signer.Jws(Outer(Sgx()))).Authentic!.Claims;
        Assert.AreEqual("sgx", claims.Tee);
        Assert.AreEqual(EvidenceKind.Maa, claims.Kind);
        Assert.AreEqual(_enclave + Digits(16, '0'), Convert.ToHexStringLower(claims.Measurement.Span), "MRENCLAVE, padded");
        Assert.AreEqual(Digits(32, 'a'), Convert.ToHexStringLower(claims.Signer.Span));
        Assert.AreEqual(7u, claims.ProductId);
        Assert.AreEqual(3u, claims.Svn);
        Assert.AreEqual(Digits(64, '1'), Convert.ToHexStringLower(claims.ReportData.Span));
        Assert.AreEqual(_at.AddSeconds(-10), claims.IssuedAt);
        Assert.AreEqual(_at.AddSeconds(60), claims.HoldsUntil);
        Assert.AreEqual("valid_debug", Try(_signer.Jws(Outer(Sgx(debug: true)))).Verdict);
    }

    [TestMethod]
    public void Appraise_ByPolicy_AcceptsAndTellsOthers()
    {
        var received = ReceivedEvidence.ParseAny(_signer.Jws(Outer(Sgx()))).Value!;
        var measurement = Convert.FromHexString(_enclave + Digits(16, '0'));
        var policy = AppraisalPolicy.Strict(EvidenceKind.Maa, measurement) with { RequireNonce = false };
        var binding = ExpectedBinding.ReportData(Convert.FromHexString(Digits(64, '1')));
        Assert.IsTrue(EvidenceVerifier.Verify(received, Context(), policy, binding).Accepted);
        Assert.AreEqual(AttestationRefusal.EvidenceNotBound, EvidenceVerifier.Verify(received, Context(), policy, ExpectedBinding.ReportData(new byte[64])).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.EvidenceNotAccepted, EvidenceVerifier.Verify(received, Context(), AppraisalPolicy.Strict(EvidenceKind.Sgx, measurement), binding).Fault!.Reason, "a token is not a quote");
    }

    [TestMethod]
    public void Read_ClaimsThatThePolicyWrote_AreNotRead()
    {
        // An instance's owner writes what he likes under names of his own: only the service's claims count.
        var written = $",\"is-debuggable\":false,\"sgx-mrenclave\":\"{Digits(32, 'f')}\",\"x-ms-policy\":{{\"is-debuggable\":false}}";
        var trial = Try(_signer.Jws(Outer(Sgx(debug: true), written)));
        Assert.AreEqual("valid_debug", trial.Verdict);
        Assert.StartsWith(_enclave, Convert.ToHexStringLower(trial.Authentic!.Claims.Measurement.Span));
    }

    [TestMethod]
    public void Authenticate_HeldData_MustHashToTheReportData()
    {
        var data = "runtime"u8.ToArray();
        var bound = Convert.ToHexStringLower(SHA256.HashData(data)) + Digits(32, '0');
        var held = $",\"x-ms-sgx-ehd\":\"{System.Buffers.Text.Base64Url.EncodeToString(data)}\"";
        Assert.AreEqual("valid", Try(_signer.Jws(Outer(Sgx(held, reportData: bound)))).Verdict);
        Assert.AreEqual("binding_mismatch", Try(_signer.Jws(Outer(Sgx(held)))).Verdict);
        Assert.AreEqual("binding_mismatch", Try(_signer.Jws(Outer(Sgx(held, reportData: bound[..^2] + "01")))).Verdict, "and the rest is zero");
    }

    [TestMethod]
    public void Authenticate_Snp_InnerLevelCountsAndConditionsAreNamed()
    {
        (string Token, string[] Wanted)[] cases =
        [
            (Snp(), []), (Snp(vmpl: 1), [EvidenceCondition.VmplNotZero]), (Snp(migration: true), [EvidenceCondition.MigrationAllowed]), (Snp(smt: true), [EvidenceCondition.SmtAllowed]),
        ];
        foreach (var (token, wanted) in cases)
        {
            foreach (var claims in new[] { Outer(token), Outer(Nested(token)) })
            {
                CollectionAssert.AreEqual(wanted, Try(_signer.Jws(claims)).Authentic!.Claims.Conditions.ToArray(), token);
            }
        }

        var nested = Try(_signer.Jws(Outer(Nested(Snp())))).Authentic!.Claims;
        Assert.AreEqual("sev-snp", nested.Tee);
        Assert.AreEqual(Digits(48, 'b'), Convert.ToHexStringLower(nested.Measurement.Span));
        Assert.IsTrue(nested.ReportData.IsEmpty, "the report binds the paravisor's keys, not the caller's");
        Assert.AreEqual(64, Try(_signer.Jws(Outer(Snp()))).Authentic!.Claims.ReportData.Length);
        Assert.AreEqual("valid_debug", Try(_signer.Jws(Outer(Nested(Snp(debug: true))))).Verdict, "debug of the inner level");
        Assert.AreEqual("valid_debug", Try(_signer.Jws(Outer(Nested(Snp(), ",\"x-ms-azurevm-kerneldebug-enabled\":true")))).Verdict, "debug of the guest");
        var off = Outer(Nested(Snp())).Replace("\"secureboot\":true", "\"secureboot\":false", StringComparison.Ordinal);
        CollectionAssert.AreEqual(new[] { EvidenceCondition.SecureBootOff }, Try(_signer.Jws(off)).Authentic!.Claims.Conditions.ToArray());
    }

    [TestMethod]
    public void Authenticate_OuterLevelCannotSpeakForTheHardware()
    {
        // The hardware's claims beside the vTPM's, with a type that says so only outside, are not those of an isolated guest.
        var trial = Try(_signer.Jws(Outer(Snp().Replace("sevsnpvm\"", "azurevm\"", StringComparison.Ordinal))));
        Assert.AreEqual("tpm", trial.Authentic!.Claims.Tee);
        Assert.IsTrue(trial.Authentic.Claims.Measurement.IsEmpty, "no policy can name it");
        Assert.AreEqual("malformed", Try(_signer.Jws(Outer(Nested("\"x-ms-attestation-type\":\"sevsnpvm\"")))).Verdict, "an inner level without its claims");
    }

    [TestMethod]
    public void Authenticate_Tdx_StatusAndAttributes()
    {
        foreach (var wrap in new Func<string, string>[] { claims => claims, claims => Nested(claims) })
        {
            var claims = Try(_signer.Jws(Outer(wrap(Tdx())))).Authentic!.Claims;
            Assert.AreEqual("tdx", claims.Tee);
            Assert.AreEqual(TcbStatus.UpToDate, claims.Tcb.Status);
            Assert.HasCount(5, claims.Measurements);
            Assert.AreEqual("valid", Try(_signer.Jws(Outer(wrap(Tdx())))).Verdict);
            Assert.AreEqual("valid_tcb_not_up_to_date", Try(_signer.Jws(Outer(wrap(Tdx("OutOfDate"))))).Verdict);
            Assert.AreEqual("valid_debug", Try(_signer.Jws(Outer(wrap(Tdx("OutOfDate", debug: true))))).Verdict, "debug comes first");
            Assert.AreEqual("malformed", Try(_signer.Jws(Outer(wrap(Tdx("Fine"))))).Verdict, "a status that nobody knows");
            Assert.AreEqual("malformed", Try(_signer.Jws(Outer(wrap(Tdx("1"))))).Verdict, "a status by number");
            CollectionAssert.AreEqual(new[] { EvidenceCondition.SeptVeEnabled }, Try(_signer.Jws(Outer(wrap(Tdx(septVeDisable: false))))).Authentic!.Claims.Conditions.ToArray());
            CollectionAssert.AreEqual(new[] { EvidenceCondition.UnusualTdAttributes }, Try(_signer.Jws(Outer(wrap(Tdx(perfmon: true))))).Authentic!.Claims.Conditions.ToArray());
        }
    }

    [TestMethod]
    public void Parse_EveryClaimThatAVerdictRestsOn_MustBeThere()
    {
        foreach (var (claims, prefix) in new[] { (Sgx(), "x-ms-sgx-"), (Snp(), "x-ms-sevsnpvm-"), (Tdx(), "tdx_"), (Tdx(), "attester_") })
        {
            var complete = Outer(claims);
            Assert.IsNotNull(Try(_signer.Jws(complete)).Authentic);
            for (var at = complete.IndexOf('"' + prefix, StringComparison.Ordinal); at >= 0; at = complete.IndexOf('"' + prefix, at + 1, StringComparison.Ordinal))
            {
                Assert.AreEqual("malformed", Try(_signer.Jws(complete.Insert(at + 1, "other-"))).Verdict, complete[at..Math.Min(at + 40, complete.Length)]);
            }
        }

        Assert.AreEqual("unsupported_format", Try(_signer.Jws(Outer("\"x-ms-attestation-type\":\"other\""))).Verdict);
        Assert.AreEqual("malformed", Try(_signer.Jws(Outer(Sgx()).Replace("\"exp\"", "\"expires\"", StringComparison.Ordinal))).Verdict, "a token that never ends");
        Assert.AreEqual("malformed", Try(_signer.Jws(Outer(Sgx()).Replace("\"iss\"", "\"issuer\"", StringComparison.Ordinal))).Verdict);
        Assert.AreEqual("malformed", Try(_signer.Jws(Outer(Sgx(), $",\"exp\":{_now + 999_999}"))).Verdict, "a claim twice");
        Assert.AreEqual("malformed", Try(_signer.Jws(Outer(Sgx(), ",\"x-ms-sgx-is-debuggable\":false"))).Verdict, "a claim twice");
    }

    [TestMethod]
    public void Authenticate_Times_JustInsideAndJustOutside()
    {
        var token = _signer.Jws(Outer(Sgx()));
        Assert.AreEqual("valid", Try(token, Context() with { At = _at.AddSeconds(59) }).Verdict);
        Assert.AreEqual("expired", Try(token, Context() with { At = _at.AddSeconds(60) }).Verdict);
        Assert.AreEqual("valid", Try(token, Context() with { At = _at.AddSeconds(-10) }).Verdict);
        Assert.AreEqual("not_yet_valid", Try(token, Context() with { At = _at.AddSeconds(-11) }).Verdict);
    }

    [TestMethod]
    public void Check_Nonce_OfTheServiceOrOfTheClientsPayload()
    {
        Assert.AreEqual("valid", Try(_signer.Jws(Outer(Sgx(), ",\"nonce\":\"12345\"")), nonce: "12345").Verdict);
        Assert.AreEqual("nonce_mismatch", Try(_signer.Jws(Outer(Sgx(), ",\"nonce\":\"12345\"")), nonce: "123456").Verdict);
        string Payload(string nonce) => Outer(Nested(Snp(), $",\"x-ms-runtime\":{{\"client-payload\":{{\"nonce\":\"{nonce}\"}}}}"));
        Assert.AreEqual("valid", Try(_signer.Jws(Payload("QURFMDEwMQ==")), nonce: "ADE0101").Verdict, "the payload writes base64");
        Assert.AreEqual("nonce_mismatch", Try(_signer.Jws(Payload("QURFMDEwMQ==")), nonce: "ADE0102").Verdict);
        Assert.AreEqual("nonce_mismatch", Try(_signer.Jws(Payload(string.Empty)), nonce: "ADE0101").Verdict);
        Assert.AreEqual("nonce_mismatch", Try(_signer.Jws(Outer(Nested(Snp()))), nonce: "ADE0101").Verdict);
    }

    [TestMethod]
    public void Authenticate_KeysOfTheHeader_AreNeverFollowed()
    {
        using var attacker = TestSigner.P256();
        string[] headers =
        [
            $$"""{"alg":"ES256","kid":"test","jwk":{{attacker.Jwk()}}}""",
            """{"alg":"ES256","kid":"test","jku":"https://attacker.example/certs"}""",
            """{"alg":"ES256","kid":"test","x5c":["AAAA"],"x5u":"https://attacker.example"}""",
        ];
        foreach (var header in headers)
        {
            Assert.AreEqual("invalid_signature", Try(attacker.Jws(Outer(Sgx()), header)).Verdict, header);
        }

        Assert.AreEqual("valid", Try(_signer.Jws(Outer(Sgx()), headers[1])).Verdict, "under the right key the header may say what it likes");
        Assert.AreEqual("unknown_key", Try(attacker.Jws(Outer(Sgx()), """{"alg":"ES256","kid":"other"}""")).Verdict);
        Assert.AreEqual("unknown_key", Try(_signer.Jws(Outer(Sgx()), """{"alg":"ES256"}""")).Verdict, "no fallback to the only key");
    }

    [TestMethod]
    public void Authenticate_AlgorithmIsTheKeys()
    {
        foreach (var algorithm in new[] { "none", "HS256", "EdDSA", "ES256K", "" })
        {
            Assert.AreEqual("alg_not_allowed", Try(_signer.Jws(Outer(Sgx()), $$"""{"alg":"{{algorithm}}","kid":"test"}""")).Verdict, algorithm);
        }

        Assert.AreEqual("alg_not_allowed", Try(_signer.Jws(Outer(Sgx()), """{"alg":"RS256","kid":"test"}""")).Verdict, "an algorithm of another key type");
        Assert.AreEqual("alg_not_allowed", Try(_signer.Jws(Outer(Sgx())), Context(KeySet(",\"kid\":\"test\",\"alg\":\"ES384\""))).Verdict, "the key names another");
        Assert.AreEqual("alg_not_allowed", Try(_signer.Jws(Outer(Sgx())), Context(KeySet(",\"kid\":\"test\",\"use\":\"enc\""))).Verdict, "the key is for something else");
        Assert.AreEqual("malformed_collateral", Try(_signer.Jws(Outer(Sgx())), Context("{}"u8.ToArray())).Verdict);
    }

    [TestMethod]
    public void Authenticate_Issuer_IsPartOfTrust()
    {
        var token = _signer.Jws(Outer(Sgx(), ",\"x-ms-policy-hash\":\"hash\""));
        var key = _signer.Anchor(RootKind.Maa);
        Assert.AreEqual("issuer_mismatch", Try(token, Context(null, key.ForIssuer("https://others.example"))).Verdict, "another customer under the same key");
        Assert.AreEqual("issuer_mismatch", Try(token, Context(null, key)).Verdict, "no issuer is not any issuer");
        Assert.AreEqual("issuer_mismatch", Try(token, Context(null, key.ForIssuer(Issuer + "/"))).Verdict, "compared as it is");
        Assert.AreEqual("valid", Try(token, Context(null, key.ForIssuer("https://others.example"), key.ForIssuer(Issuer))).Verdict);
        Assert.AreEqual("valid", Try(token, Context(null, key.ForIssuer(Issuer, "hash"))).Verdict);
        Assert.AreEqual("issuer_mismatch", Try(token, Context(null, key.ForIssuer(Issuer, "another"))).Verdict, "a policy that was changed since");
        Assert.AreEqual("valid", Try(token, Context() with { Roots = new RootSet([key.ForIssuer(Issuer).SetName]) }).Verdict, "by name");
        Assert.AreEqual("issuer_mismatch", Try(token, Context() with { Roots = new RootSet([key.ForIssuer(Issuer, "another").SetName]) }).Verdict);
        Assert.AreEqual("untrusted_root", Try(token, Context() with { Roots = new RootSet([key.ForIssuer(Issuer).SetName + "#a#b"]) }).Verdict, "a name of another form is the name of no root");
        Assert.AreEqual("untrusted_root", Try(token, Context(null, _signer.Anchor(RootKind.Eat).ForIssuer(Issuer))).Verdict, "another family's key");
    }

    [TestMethod]
    public void Authenticate_KeyUnderACertificatesRoot_IsTrustedForTheIssuer()
    {
        using var root = TestAuthority.Root("service root");
        using var other = TestAuthority.Root("other root");
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=signing", _signer.Platform, HashAlgorithmName.SHA256);
        using var leaf = root.Certify(request);
        var set = KeySet($",\"kid\":\"test\",\"x5c\":[\"{Convert.ToBase64String(leaf.RawData)}\",\"{Convert.ToBase64String(root.Der)}\"]");
        Assert.IsTrue(TrustAnchor.TryFromCertificate(RootKind.Maa, root.Der, out var anchor));
        Assert.IsTrue(TrustAnchor.TryFromCertificate(RootKind.Maa, other.Der, out var stranger));
        var token = _signer.Jws(Outer(Sgx()));
        var trial = Try(token, Context(set, anchor.ForIssuer(Issuer)));
        Assert.AreEqual("valid", trial.Verdict, trial.Fault?.ToString());
        Assert.IsFalse(trial.Authentic!.Claims.RevocationChecked);
        Assert.AreEqual("issuer_mismatch", Try(token, Context(set, anchor.ForIssuer("https://others.example"))).Verdict);
        Assert.AreEqual("untrusted_root", Try(token, Context(set, stranger.ForIssuer(Issuer))).Verdict);
        Assert.AreEqual("malformed_collateral", Try(token, Context(KeySet($",\"kid\":\"test\",\"x5c\":[\"{Convert.ToBase64String(root.Der)}\"]"), anchor.ForIssuer(Issuer))).Verdict, "a certificate of another key");
    }

    [TestMethod]
    public void AuthenticateQuote_KeysWithoutOne_AreRefused()
    {
        Assert.IsTrue(MaaKeySet.TryParse(KeySet(), out var set));
        var key = set.Keys.Single();
        Assert.IsFalse(key.IsBoundToQuote);
        Assert.AreEqual(AttestationRefusal.MissingEvidence, key.AuthenticateQuote(Context()).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.IncompleteChain, key.VerifyChain(RootSet.Empty, _at)!.Reason);
        Assert.AreEqual("test", key.KeyId);
    }

    [TestMethod]
    public void Authenticate_FlippedBitsAndOtherLengths_AreRefused()
    {
        var token = _signer.Jws(Outer(Sgx()));
        Assert.IsEmpty(TokenTrial.Flip(EvidenceKind.Maa, token, Context(), step: 5));
        TokenTrial.RefusesOtherLengths(EvidenceKind.Maa, token, Context());
    }
}
