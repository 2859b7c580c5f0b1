using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Tests.Shared;

namespace PrivChain.Node.Tests;

[TestClass]
public sealed class NodeOptionsTests
{
    [TestMethod]
    public async Task Build_ManyWrongSettings_NamesThemAllAndStartsNothing()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        var options = fixture.Options() with
        {
            DataFolder = " ",
            GenesisFile = "/nowhere/genesis.json",
            LogKeyFile = Path.Combine(fixture.Folder, "genesis.json"),
            Listen = "http://0.0.0.0:80",
            EnclaveSocket = new string('x', 200),
            OtlpEndpoint = "ftp://collector",
            PublicNames = ["Node.example"],
            Limits = new NodeLimits { Connections = 0 },
        };
        var refusal = Assert.ThrowsExactly<RefusalException>(() => NodeHost.Build(options, TimeProvider.System)).Refusal;
        Assert.AreEqual(RefusalReason.BadSettings, refusal.Reason);
        foreach (var name in new[] { "data:", "genesis:", "log-key:", "listen:", "enclave-socket:", "public:", "otlp:", "limits:" })
        {
            StringAssert.Contains(refusal.Detail, name, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    [DataRow("http://127.0.0.1:5000", true)]
    [DataRow("http://127.0.0.1:0", true)]
    [DataRow("http://[::1]:5000", true)]
    [DataRow("http://localhost:5000/", true)]
    [DataRow("http://127.0.0.1", false)]
    [DataRow("https://127.0.0.1:5000", false)]
    [DataRow("http://0.0.0.0:5000", false)]
    [DataRow("http://[::]:5000", false)]
    [DataRow("http://192.168.1.2:5000", false)]
    [DataRow("http://example.org:5000", false)]
    [DataRow("http://user@127.0.0.1:5000", false)]
    [DataRow("http://127.0.0.1:5000/path", false)]
    [DataRow("", false)]
    public void TryEndpoint_OnlyLoopbackWithAPort(string text, bool wanted) => Assert.AreEqual(wanted, NodeOptions.TryEndpoint(text, out _));

    [TestMethod]
    [DataRow(UnixFileMode.GroupRead)]
    [DataRow(UnixFileMode.OtherRead)]
    [DataRow(UnixFileMode.OtherWrite)]
    public async Task Build_LogKeyThatOthersMayReadOrReplace_IsRefused(UnixFileMode open)
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        var options = fixture.Options();
        OwnerOnly.Open(options.LogKeyFile, open);
        StringAssert.Contains(options.Faults().Single(), $"log-key: {options.LogKeyFile} is open to others", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Faults_WitnessesThatDoNotMakeTheQuorum_AreNamed()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        StringAssert.Contains((fixture.Options() with { Witnesses = [] }).Faults().Single(), "quorum", StringComparison.Ordinal);
        var unknown = fixture.Options() with { Witnesses = [.. fixture.Options().Witnesses, new WitnessAddress("who", new Uri("http://127.0.0.1:1"))] };
        StringAssert.Contains(unknown.Faults().Single(), "who", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Faults_EngineOtherThanTheEmbeddedOne_IsRefusedForItsReason()
    {
        foreach (var suite in Suite.All)
        {
            var ledger = new LedgerFixture(suite: suite);
            var genesis = Path.Combine(Directory.CreateTempSubdirectory("engine").FullName, "genesis.json");
            File.WriteAllBytes(genesis, ledger.Genesis.ToArray());
            var options = new NodeOptions { DataFolder = "data", GenesisFile = genesis, LogKeyFile = genesis };
            Assert.IsEmpty(FaultsOf(options));
            StringAssert.Contains(FaultsOf(options with { Engine = "evm" }).Single(), suite == Suite.National ? "EVM engines cannot check SM2" : "not built", StringComparison.Ordinal);
            StringAssert.Contains(FaultsOf(options with { Engine = "EVM" }).Single(), "wanted embedded, given EVM", StringComparison.Ordinal);
            StringAssert.Contains(FaultsOf(options with { Engine = "evm", GenesisFile = "/nowhere" }).Single(), "not built", StringComparison.Ordinal);
            Directory.Delete(Path.GetDirectoryName(genesis)!, recursive: true);
        }

        var given = NodeArguments.Parse(["--data", "a", "--genesis", "b", "--log-key", "c", "--engine", "evm"], out _);
        Assert.AreEqual("evm", given?.Engine);
        Assert.AreEqual("embedded", NodeArguments.Parse(["--data", "a", "--genesis", "b", "--log-key", "c"], out _)?.Engine);

        static IEnumerable<string> FaultsOf(NodeOptions options) => options.Faults().Where(fault => fault.StartsWith("engine:", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Build_WhileAnotherNodeHoldsTheFolder_IsRefused()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        Assert.AreEqual(RefusalReason.Conflict, Assert.ThrowsExactly<RefusalException>(() => NodeHost.Build(fixture.Options(), TimeProvider.System)).Reason);
    }

    [TestMethod]
    public void Parse_WrongArguments_AreAllNamed()
    {
        Assert.IsNull(NodeArguments.Parse(["--data", "a", "--nonsense", "b", "--witness", "x", "--listen"], out var faults));
        Assert.HasCount(5, faults, string.Join("; ", faults));
    }
}
