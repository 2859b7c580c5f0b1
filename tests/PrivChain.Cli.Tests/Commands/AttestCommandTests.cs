using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Simulated;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Tests.Commands;

/// <summary><c>attest</c> over evidence that anybody can make: what is said, and the exit code of each refusal.</summary>
[TestClass]
public sealed class AttestCommandTests
{
    private const string At = "2026-11-24T12:00:00Z";

    private static readonly byte[] _measurement = [.. Enumerable.Repeat((byte)0x5a, 48)];
    private static readonly byte[] _reportData = [.. Enumerable.Range(1, 64).Select(value => (byte)value)];

    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-attest-").FullName;
    private readonly SimulatedRoot _root = SimulatedRoot.Generate();

    [TestCleanup]
    public void Clean()
    {
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task Verify_WithoutAPolicy_SaysPlainlyThatOnlyAuthenticityWasAsked()
    {
        var (code, document) = await Cli.JsonAsync("attest", "verify", "--evidence", Evidence(), "--root", _root.Name, "--at", At);
        Assert.AreEqual(0, code);
        Assert.AreEqual("valid", (string?)document["verdict"]);
        Assert.IsTrue(document.ContainsKey("accepted") && document["accepted"] is null, "genuine is not accepted");
        Assert.AreEqual("0x" + Convert.ToHexStringLower(_measurement), (string?)document["claims"]!["measurement"]);
        Assert.IsFalse((bool)document["rootsByDefault"]!);
        var (_, output) = await Cli.RunAsync("attest", "verify", "--evidence", Evidence(), "--root", _root.Name, "--at", At, "--lang", "zh");
        Assert.Contains("NO POLICY WAS ASKED", output);
        Assert.Contains("simulated", output);
        Assert.Contains("演练", output);
    }

    [TestMethod]
    public async Task Verify_NoRootNamed_TakesVendorsForALookAndRefusesTestRoots()
    {
        var (code, document) = await Cli.JsonAsync("attest", "verify", "--evidence", Evidence(), "--at", At);
        Assert.AreEqual((int)RefusalReason.UntrustedRoot, code);
        Assert.AreEqual("untrusted_root", (string?)document["verdict"]);
        Assert.IsTrue((bool)document["rootsByDefault"]!);
        Assert.AreEqual("UntrustedRoot", (string?)document["fault"]!["reason"]);
        Assert.AreEqual("Authenticate", (string?)document["fault"]!["step"]);
        Assert.IsFalse((bool)document["accepted"]!);
    }

    [TestMethod]
    public async Task Verify_WithAPolicy_AcceptsAndRefusesWithTheReasonsNumber()
    {
        var policy = Policy(AppraisalPolicy.Strict(EvidenceKind.Simulated, _measurement) with { AcceptSimulated = true });
        var data = Convert.ToHexStringLower(_reportData);
        var (code, document) = await VerifyAsync(policy, "--report-data", data, "--made-of-nonce");
        Assert.AreEqual(0, code);
        Assert.IsTrue((bool)document["accepted"]!);
        Assert.IsTrue(((string)document["explanation"]!["en"]!).Contains("rehearsal", StringComparison.Ordinal));

        Assert.AreEqual((int)RefusalReason.EvidenceNotBound, (await VerifyAsync(policy, "--report-data", "00" + data[2..], "--made-of-nonce")).Code);
        Assert.AreEqual((int)RefusalReason.EvidenceNotFresh, (await VerifyAsync(policy, "--report-data", data)).Code, "report data that may be the same each time show no age");
        Assert.AreEqual((int)RefusalReason.EvidenceNotFresh, (await VerifyAsync(policy)).Code, "a nonce is wanted");
        Assert.AreEqual((int)RefusalReason.EvidenceNotFresh, (await VerifyAsync(policy, "--report-data", data, "--made-of-nonce", "--at", "2026-11-25")).Code);
        Assert.AreEqual((int)RefusalReason.EvidenceNotAccepted, (await VerifyAsync(Policy(AppraisalPolicy.Strict(EvidenceKind.Simulated, _measurement)), "--report-data", data)).Code);
        var (other, refused) = await VerifyAsync(Policy(AppraisalPolicy.Strict(EvidenceKind.Simulated, new byte[48]) with { AcceptSimulated = true }), "--report-data", data, "--made-of-nonce");
        Assert.AreEqual((int)RefusalReason.MeasurementNotAccepted, other);
        Assert.AreEqual("measurement_not_accepted", (string?)refused["verdict"]);
        Assert.AreEqual(EvidenceKind.Simulated, (string?)refused["claims"]!["kind"], "what was refused is shown");
    }

    [TestMethod]
    public async Task Verify_PolicyWithoutRoots_IsBadSettings()
    {
        var policy = Policy(AppraisalPolicy.Strict(EvidenceKind.Simulated, _measurement));
        Assert.AreEqual((int)RefusalReason.BadSettings, (await Cli.JsonAsync("attest", "verify", "--evidence", Evidence(), "--policy", policy)).Code);
        Assert.AreEqual((int)RefusalReason.UntrustedRoot, (await Cli.JsonAsync("attest", "verify", "--evidence", Evidence(), "--policy", policy, "--vendor-roots", "--at", At)).Code);
    }

    [TestMethod]
    public async Task Verify_BindingWithoutAPolicy_IsCheckedToo()
    {
        var data = Convert.ToHexStringLower(_reportData);
        Assert.AreEqual(0, (await LookAsync("--report-data", "0x" + data)).Code);
        Assert.AreEqual((int)RefusalReason.EvidenceNotBound, (await LookAsync("--report-data", "00" + data[2..])).Code);
        Assert.AreEqual((int)RefusalReason.NonceMismatch, (await LookAsync("--nonce", "aabb")).Code);
        Assert.AreEqual((int)RefusalReason.BadSettings, (await LookAsync("--nonce", "aabb", "--report-data", data)).Code);
        Assert.AreEqual((int)RefusalReason.BadSettings, (await LookAsync("--made-of-nonce")).Code);
    }

    [TestMethod]
    [DataRow("--root", "nobody")]
    [DataRow("--root", "simulated:0xAA")]
    [DataRow("--root", "nobody:0xaa")]
    [DataRow("--root", "nobody=file")]
    [DataRow("--part", "signature=none")]
    public async Task Verify_SettingsThatMakeNoSense_AreBadSettings(string option, string value) => Assert.AreEqual((int)RefusalReason.BadSettings, (await LookAsync(option, value)).Code);

    [TestMethod]
    [DataRow("--at", "yesterday")]
    [DataRow("--nonce", "xyz")]
    [DataRow("--nonce", "")]
    [DataRow("--kind", "anything")]
    public void Verify_OptionsThatDoNotParse_AreErrors(string option, string value) =>
        Assert.IsNotEmpty(PrivChain.Cli.Commands.CommandTree.Make().Parse(["attest", "verify", "--evidence", "f", option, value]).Errors);

    [TestMethod]
    public async Task Verify_RootFromAFileThatIsNone_IsBadSettings()
    {
        Assert.AreEqual((int)RefusalReason.BadSettings, (await LookAsync("--root", "tpm=" + Write("root.pem", "nothing"))).Code);
        Assert.AreEqual((int)RefusalReason.NotFound, (await LookAsync("--root", "tpm=" + Path.Combine(_folder, "none"))).Code);
    }

    [TestMethod]
    public async Task Verify_CollateralThatDoesNotRead_IsRefusedByName()
    {
        Assert.AreEqual((int)RefusalReason.MalformedCollateral, (await LookAsync("--collateral", Write("bundle.json", "{}"))).Code);
        Assert.AreEqual((int)RefusalReason.NotFound, (await LookAsync("--collateral", Path.Combine(_folder, "none"))).Code);
        Assert.AreEqual(0, (await LookAsync("--collateral", _folder)).Code, "a folder without items is no collateral");
    }

    [TestMethod]
    public async Task Verify_EvidenceWithItsCollateral_UsesWhatCameAlong()
    {
        var envelope = await File.ReadAllBytesAsync(Evidence());
        var set = new CollateralSet([new(CollateralName.Jwks, "{}"u8.ToArray())]);
        var path = Write("endorsed.bin", new EndorsedEvidence(envelope, set).ToArray());
        var (code, document) = await Cli.JsonAsync("attest", "verify", "--evidence", path, "--root", _root.Name, "--at", At);
        Assert.AreEqual(0, code);
        Assert.AreEqual("0x" + Convert.ToHexStringLower(set.Digest.Span), (string?)document["collateral"]);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("not evidence")]
    [DataRow("PCEV")]
    [DataRow("PCEE")]
    [DataRow("PCEV\u0009simulated")]
    public async Task ShowAndVerify_Garbage_ExitWithAReason(string text)
    {
        var path = Write("garbage.bin", text);
        foreach (var arguments in new[] { new[] { "attest", "show", path }, ["attest", "verify", "--evidence", path], ["attest", "policy", "new", "--from-evidence", path] })
        {
            var (code, document) = await Cli.JsonAsync(arguments);
            Assert.IsTrue(code is (int)RefusalReason.Malformed or (int)RefusalReason.UnsupportedFormat, $"{string.Join(' ', arguments)}: {code}");
            Assert.AreEqual(code, (int)document["code"]!);
        }
    }

    [TestMethod]
    public async Task Show_EveryField_AndSaysThatNothingIsVerified()
    {
        var (code, document) = await Cli.JsonAsync("attest", "show", Evidence());
        Assert.AreEqual(0, code);
        Assert.IsFalse((bool)document["verified"]!);
        Assert.IsTrue(document["fields"]!.AsArray().Any(field => (string?)field!["value"] == Convert.ToHexStringLower(_measurement)));
        Assert.IsTrue(document["fields"]!.AsArray().All(field => ((string)field!["meaning"]!).Length > 0));
        Assert.Contains("NOTHING HERE IS VERIFIED", (await Cli.RunAsync("attest", "show", Evidence())).Output);
    }

    // From a first look to a policy that is used: each step takes what the one before wrote.
    [TestMethod]
    public async Task PolicyNew_ThenCheck_ThenVerify_IsOneStory()
    {
        var path = Path.Combine(_folder, "policy.json");
        var (made, document) = await Cli.JsonAsync("attest", "policy", "new", "--from-evidence", Evidence(), "--root", _root.Name, "--at", At, "--out", path);
        Assert.AreEqual(0, made);
        Assert.Contains("EvidenceNotAccepted", (string)document["stillRefused"]!, "simulated evidence is never accepted unless somebody says so");

        var (checkedCode, findings) = await Cli.JsonAsync("attest", "policy", "check", path);
        Assert.AreEqual((int)RefusalReason.BadPolicy, checkedCode, "it names only what it refuses");
        Assert.IsTrue(findings["findings"]!.AsArray().Any(finding => (string?)finding!["severity"] == "error" && (string?)finding["field"] == "acceptedKinds"));

        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("\"acceptSimulated\": false", "\"acceptSimulated\": true", StringComparison.Ordinal));
        Assert.AreEqual(0, (await Cli.JsonAsync("attest", "policy", "check", path)).Code);
        Assert.AreEqual(0, (await VerifyAsync(path, "--report-data", Convert.ToHexStringLower(_reportData), "--made-of-nonce")).Code);
    }

    [TestMethod]
    public async Task PolicyNew_EvidenceNotGenuine_WritesNothing()
    {
        var path = Path.Combine(_folder, "policy.json");
        var (code, _) = await Cli.JsonAsync("attest", "policy", "new", "--from-evidence", Evidence(), "--at", At, "--out", path);
        Assert.AreEqual((int)RefusalReason.UntrustedRoot, code);
        Assert.IsFalse(File.Exists(path));
    }

    [TestMethod]
    public async Task PolicyCheck_FaultyFile_NamesEveryFieldAndTheRemedy()
    {
        var (code, document) = await Cli.JsonAsync("attest", "policy", "check", Write("policy.json", "{\"acceptedKinds\":[],\"extra\":1}"));
        Assert.AreEqual((int)RefusalReason.BadPolicy, code);
        var findings = document["findings"]!.AsArray();
        Assert.IsTrue(findings.Any(finding => (string?)finding!["field"] == "extra") && findings.Any(finding => (string?)finding!["field"] == "requireCrl"));
        Assert.IsTrue(findings.All(finding => ((string)finding!["remedy"]!).Length > 0));
        Assert.AreEqual((int)RefusalReason.BadPolicy, (await VerifyAsync(Write("policy.json", "{}"))).Code);
    }

    [TestMethod]
    public async Task CollateralFetch_EvidenceThatNeedsNone_AsksNobody()
    {
        var (code, document) = await Cli.JsonAsync("attest", "collateral", "fetch", "--evidence", Evidence(), "--out", Path.Combine(_folder, "out"));
        Assert.AreEqual(0, code);
        Assert.AreEqual("none", (string?)document["wanted"]);
        Assert.IsFalse(Directory.Exists(Path.Combine(_folder, "out")));
    }

    private async Task<(int Code, JsonObject Document)> VerifyAsync(string policy, params string[] more) =>
        await Cli.JsonAsync(["attest", "verify", "--evidence", Evidence(), "--root", _root.Name, "--policy", policy, .. more.Contains("--at") ? [] : new[] { "--at", At }, .. more]);

    private async Task<(int Code, JsonObject Document)> LookAsync(params string[] more) =>
        await Cli.JsonAsync(["attest", "verify", "--evidence", Evidence(), "--at", At, .. more.Contains("--root") ? [] : new[] { "--root", _root.Name }, .. more]);

    private string Evidence() => Write("evidence.bin", _root.Issue(_measurement, 1, false, _reportData, (ulong)DateTimeOffset.Parse(At, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds()));

    private string Policy(AppraisalPolicy policy) => Write("policy.json", policy.ToJson());

    private string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
