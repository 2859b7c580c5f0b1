using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Tests;
using PrivChain.Attestation.Tests.Collateral;
using PrivChain.Core.Refusals;
using PrivChain.Tests.Shared;

namespace PrivChain.Cli.Tests.Commands;

/// <summary>Published evidence through the command line: the same verdicts as the library gives, from files as people have them.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class AttestVectorTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-attest-vectors-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Verify_EveryCaseOfEveryFormat_GivesTheVerdictAndTheExitCode()
    {
        var differences = new List<string>();
        var folders = new HashSet<string>();
        foreach (var folder in VectorFolder.Files("attestation", "cases.json").Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)))
        {
            foreach (var @case in AttestationCase.Load(folder).Where(AttestLine.IsEvidence))
            {
                var line = new AttestLine(folder, @case, Directory.CreateDirectory(Path.Combine(_folder, folder, @case.Name)).FullName);
                var (code, output) = await Cli.RunAsync([.. line.Arguments(), "--json"]);
                var verdict = output.StartsWith('{') ? (string?)JsonNode.Parse(output)!["verdict"] ?? "none" : "no answer";
                folders.Add(folder);
                if (!@case.Acceptable.Contains(verdict) || (code == 0) != verdict.StartsWith("valid", StringComparison.Ordinal))
                {
                    differences.Add($"{folder} {@case.Name}: wanted {@case.Result}, given {verdict}, exit code {code}: {output}");
                }
            }
        }

        Assert.IsEmpty(differences, string.Join('\n', differences));
        Assert.IsGreaterThan(1, folders.Count);
    }

    [TestMethod]
    [DataRow(EvidenceKind.Sgx)]
    [DataRow(EvidenceKind.Tdx)]
    public async Task Show_EveryCaseThatParses_NamesWhatIsExpected(string kind)
    {
        foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal) && @case.Expect["report_data"] is not null))
        {
            var (code, document) = await Cli.JsonAsync("attest", "show", Write("evidence.bin", @case.Bytes("evidence")), "--kind", kind);
            Assert.AreEqual(0, code, @case.Name);
            var shown = document["fields"]!.AsArray().Single(field => (string?)field!["name"] == "report_data");
            Assert.AreEqual((string?)@case.Expect["report_data"], (string?)shown!["value"], @case.Name);
            Assert.Contains("FMSPC", (string)document["collateralWanted"]!, @case.Name);
        }
    }

    // Fetched from a caching service, written to a folder and to a bundle, verified from each: the verdict is that of the files.
    [TestMethod]
    [DataRow(EvidenceKind.Sgx)]
    [DataRow(EvidenceKind.Tdx)]
    public async Task CollateralFetch_ThenVerify_GivesTheCasesVerdict(string kind)
    {
        var fetched = 0;
        foreach (var @case in AttestationCase.Load(kind).Where(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal) && @case.Has("pck_crl_issuer_chain") && @case.Has("root_ca_crl")))
        {
            await using var service = await ServeAsync(@case, kind);
            var evidence = Write("evidence.bin", @case.Bytes("evidence"));
            foreach (var path in new[] { Path.Combine(_folder, "fetched-" + @case.Name), Path.Combine(_folder, @case.Name + ".json") })
            {
                var (code, document) = await Cli.JsonAsync("attest", "collateral", "fetch", "--evidence", evidence, "--kind", kind, "--out", path, "--pccs", service.Address.AbsoluteUri);
                Assert.AreEqual(0, code, $"{@case.Name}: {document}; asked {string.Join(", ", service.Asked)}");
                var (verified, verdict) = await Cli.JsonAsync(Arguments(@case, kind, path));
                Assert.AreEqual(0, verified, $"{@case.Name}: {verdict}");
                Assert.Contains((string)verdict["verdict"]!, @case.Acceptable, @case.Name);
                Assert.AreEqual((string?)document["digest"], (string?)verdict["collateral"], @case.Name);
                fetched++;
            }
        }

        Assert.IsGreaterThan(0, fetched);
    }

    // From evidence to a policy of one's own: accepted with the right report data, and refused with any other.
    [TestMethod]
    public async Task PolicyNew_FromAGenuineQuote_AcceptsItUnderItsReportData()
    {
        var accepted = 0;
        var genuine = new[] { EvidenceKind.Sgx, EvidenceKind.Tdx }.SelectMany(kind => AttestationCase.Load(kind).Select(@case => (kind, @case)));
        foreach (var (kind, @case) in genuine.Where(item => (string?)item.@case.Expect["strict_policy"] == "accept" && item.@case.Expect["report_data"] is not null))
        {
            var collateral = Collateral(@case);
            var policy = Path.Combine(_folder, "policy.json");
            var judging = Arguments(@case, kind, collateral);
            var (made, document) = await Cli.JsonAsync(["attest", "policy", "new", "--from-evidence", .. judging.Skip(3), "--out", policy]);
            Assert.AreEqual(0, made, $"{@case.Name}: {document}");
            Assert.IsNull(document["stillRefused"], $"{@case.Name}: {document["stillRefused"]}");
            var data = (string)@case.Expect["report_data"]!;
            var (code, verdict) = await Cli.JsonAsync([.. judging, "--policy", policy, "--report-data", data, "--made-of-nonce"]);
            Assert.AreEqual(0, code, $"{@case.Name}: {verdict}");
            Assert.IsTrue((bool)verdict["accepted"]!);
            Assert.AreEqual((int)RefusalReason.EvidenceNotBound, (await Cli.JsonAsync([.. judging, "--policy", policy, "--report-data", (data[0] == '0' ? '1' : '0') + data[1..], "--made-of-nonce"])).Code, @case.Name);
            accepted++;
        }

        Assert.IsGreaterThan(0, accepted);
    }

    [TestMethod]
    public async Task CollateralFetch_ServiceIsDownOrHasNothing_SaysWhich()
    {
        var @case = AttestationCase.Load(EvidenceKind.Tdx).First(@case => @case.Result.StartsWith("valid", StringComparison.Ordinal));
        var evidence = Write("evidence.bin", @case.Bytes("evidence"));
        var path = Path.Combine(_folder, "out");
        await using var empty = await LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer>());
        Assert.AreEqual((int)RefusalReason.NotFound, (await Cli.JsonAsync("attest", "collateral", "fetch", "--evidence", evidence, "--kind", EvidenceKind.Tdx, "--out", path, "--pccs", empty.Address.AbsoluteUri)).Code);
        await using var broken = await LoopbackService.StartAsync(context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        Assert.AreEqual((int)RefusalReason.Unavailable, (await Cli.JsonAsync("attest", "collateral", "fetch", "--evidence", evidence, "--kind", EvidenceKind.Tdx, "--out", path, "--pccs", broken.Address.AbsoluteUri)).Code);
        Assert.IsFalse(Directory.Exists(path));
    }

    private static Task<LoopbackService> ServeAsync(AttestationCase @case, string kind)
    {
        var tcb = Chained(@case, "tcb_info", "TCB-Info-Issuer-Chain", "tcb_signing_chain");
        var identity = Chained(@case, "qe_identity", "SGX-Enclave-Identity-Issuer-Chain", "tcb_signing_chain");
        var list = Chained(@case, "pck_crl", "SGX-PCK-CRL-Issuer-Chain", "pck_crl_issuer_chain");
        var fmspc = ((string)JsonNode.Parse(@case.Bytes("tcb_info"))!["tcbInfo"]!["fmspc"]!).ToUpperInvariant();
        return LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer>
        {
            [$"/{kind}/certification/v4/tcb?fmspc={fmspc}"] = tcb,
            [$"/{kind}/certification/v4/qe/identity"] = identity,
            ["/sgx/certification/v4/pckcrl?ca=platform&encoding=der"] = list,
            ["/sgx/certification/v4/pckcrl?ca=processor&encoding=der"] = list,
            ["/sgx/certification/v4/rootcacrl"] = new(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(@case.Bytes("root_ca_crl")))),
        });
    }

    private static LoopbackService.Answer Chained(AttestationCase @case, string role, string header, string chain) =>
        new(@case.Bytes(role), (header, Uri.EscapeDataString(Encoding.ASCII.GetString(@case.Bytes(chain)))));

    private string[] Arguments(AttestationCase @case, string kind, string collateral) =>
    [
        "attest", "verify", "--evidence", Write("evidence.bin", @case.Bytes("evidence")), "--kind", kind, "--collateral", collateral, "--at", @case.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        "--root", @case.Has("trusted_root") ? "intel=" + Write("root.pem", @case.Bytes("trusted_root")) : "intel",
    ];

    // Files under the names they have among the vectors, underscores and all.
    private string Collateral(AttestationCase @case)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "collateral-" + @case.Name)).FullName;
        foreach (var role in @case.Roles.Where(role => CollateralName.All.Contains(role.Replace('_', '-'))))
        {
            File.WriteAllBytes(Path.Combine(folder, role + ".bin"), @case.Bytes(role));
        }

        return folder;
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
