using System.Text;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;

namespace PrivChain.Cli.Tests.Commands;

/// <summary>What works without a node, fed with garbage: the exit code is the reason's number, and the JSON names it.</summary>
[TestClass]
public sealed class OfflineCommandsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-offline-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("")]
    [DataRow("not json")]
    [DataRow("{}")]
    [DataRow("[]")]
    [DataRow("{\"format\":\"privchain-receipt/1\"}")]
    [DataRow("{\"format\":\"privchain-receipt/1\",\"format\":\"privchain-receipt/1\"}")]
    [DataRow("\0\0\0")]
    public async Task ReceiptVerify_Garbage_NamesTheFileAndExitsWithTheReason(string text)
    {
        var (code, document) = await Cli.JsonAsync("receipt", "verify", Write("receipt.json", text));
        Assert.AreEqual((int)RefusalReason.Malformed, code);
        Assert.AreEqual("Malformed", (string?)document["refused"]);
        Assert.AreEqual("file", (string?)document["failed"]);
        Assert.IsFalse((bool)document["valid"]!);
    }

    [TestMethod]
    public async Task ReceiptVerify_NothingPinned_SaysSoLoudly()
    {
        var (code, output) = await Cli.RunAsync("receipt", "verify", Write("receipt.json", "{}"));
        Assert.AreEqual((int)RefusalReason.Malformed, code);
        Assert.Contains("NOTHING IS PINNED", output);
    }

    [TestMethod]
    public async Task ReceiptVerify_TooLarge_IsNotRead()
    {
        var (code, _) = await Cli.JsonAsync("receipt", "verify", Write("receipt.json", new string('[', 2 * 1024 * 1024)));
        Assert.AreEqual((int)RefusalReason.TooLarge, code);
    }

    [TestMethod]
    public async Task ReceiptVerify_NoFile_IsNotFound()
    {
        var (code, _) = await Cli.JsonAsync("receipt", "verify", Path.Combine(_folder, "none.json"));
        Assert.AreEqual((int)RefusalReason.NotFound, code);
    }

    [TestMethod]
    public async Task TrailVerify_EmptyFolder_IsIncomplete()
    {
        var (code, document) = await Cli.JsonAsync("trail", "verify", _folder);
        Assert.AreEqual((int)RefusalReason.Incomplete, code);
        Assert.IsFalse((bool)document["valid"]!);
        Assert.IsFalse((bool)document["pinned"]!);
    }

    [TestMethod]
    public async Task TrailVerify_GarbageGenesis_IsRefusedAndUnpinnedSaidLoudly()
    {
        Write("genesis.json", "{");
        Write("checkpoint", "x");
        var (code, output) = await Cli.RunAsync("trail", "verify", _folder);
        Assert.AreEqual((int)RefusalReason.Malformed, code);
        Assert.Contains("NOTHING IS PINNED", output);
    }

    [TestMethod]
    public async Task TrailVerify_GarbagePin_IsRefused()
    {
        var (code, _) = await Cli.JsonAsync("trail", "verify", _folder, "--genesis", Write("pin.json", "nothing"));
        Assert.AreEqual((int)RefusalReason.Malformed, code);
    }

    [TestMethod]
    public async Task TrailVerify_NoFolder_IsNotFound()
    {
        var (code, _) = await Cli.JsonAsync("trail", "verify", Path.Combine(_folder, "none"));
        Assert.AreEqual((int)RefusalReason.NotFound, code);
    }

    [TestMethod]
    public async Task ContractCheck_BuiltIn_ParsesAndGarbageIsRefused()
    {
        var (shown, rendered) = await Cli.JsonAsync("contract", "show", "age-check", "--lang", "zh");
        Assert.AreEqual(0, shown);
        Assert.IsTrue((bool)rendered["template"]!);
        var (checkedCode, _) = await Cli.JsonAsync("contract", "check", "age-check");
        Assert.AreEqual(0, checkedCode);
        var (code, document) = await Cli.JsonAsync("contract", "check", Write("contract.json", "{}"));
        Assert.AreNotEqual(0, code);
        Assert.IsNotEmpty(document["findings"]!.AsArray());
    }

    [TestMethod]
    public async Task TrailCheck_ProofOfAnEntry_HoldsUnderItsGenesisAlone()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var (index, size) = (3UL, (ulong)ledger.Leaves.Count);
        Assert.IsTrue(SignedNote.TryParse(ledger.WitnessedNote(), out var note));
        var file = Path.Combine(_folder, "entry.tlog-proof");
        await File.WriteAllBytesAsync(file, new TlogProof(index, ledger.Tree().InclusionProof(index, size), note, ledger.Leaves[(int)index]).ToArray());
        var genesis = Write("genesis.json", Encoding.UTF8.GetString(ledger.Genesis.ToArray()));
        var (code, document) = await Cli.JsonAsync("trail", "check", file, "--genesis", genesis);
        Assert.AreEqual(0, code);
        Assert.AreEqual(3UL, (ulong)document["index"]!);

        var other = Write("other.json", Encoding.UTF8.GetString(new LedgerFixture().Genesis.ToArray()));
        Assert.AreNotEqual(0, (await Cli.JsonAsync("trail", "check", file, "--genesis", other)).Code);
        await File.WriteAllBytesAsync(file, new TlogProof(index, ledger.Tree().InclusionProof(index, size), note, ledger.Leaves[(int)index + 1]).ToArray());
        Assert.AreEqual((int)RefusalReason.BadProof, (await Cli.JsonAsync("trail", "check", file, "--genesis", genesis)).Code);
        Assert.AreEqual((int)RefusalReason.Malformed, (await Cli.JsonAsync("trail", "check", Write("garbage", "c2sp.org/tlog-proof@v1\n"), "--genesis", genesis)).Code);
    }

    [TestMethod]
    public async Task ReceiptProofs_Garbage_WritesNothing()
    {
        var folder = Path.Combine(_folder, "proofs");
        Assert.AreEqual((int)RefusalReason.Malformed, (await Cli.JsonAsync("receipt", "proofs", Write("receipt.json", "{}"), folder)).Code);
        Assert.IsFalse(Directory.Exists(folder));
    }

    [TestMethod]
    public async Task Connection_RevocationListThatIsNone_IsMalformed()
    {
        var ledger = new LedgerFixture();
        var genesis = Write("genesis.json", Encoding.UTF8.GetString(ledger.Genesis.ToArray()));
        var (code, _) = await Cli.JsonAsync("trail", "show", "--node", "http://127.0.0.1:1", "--genesis", genesis, "--crl", Write("list.crl", "no list"));
        Assert.AreEqual((int)RefusalReason.Malformed, code);
    }

    [TestMethod]
    public async Task Connection_NodeWithoutGenesis_IsBadSettings()
    {
        var (code, _) = await Cli.JsonAsync("trail", "show", "--node", "http://127.0.0.1:1");
        Assert.AreEqual((int)RefusalReason.BadSettings, code);
    }

    [TestMethod]
    public async Task Connection_NoDeployment_IsNotFound()
    {
        var (code, _) = await Cli.JsonAsync("trail", "show", "--deployment", _folder);
        Assert.AreEqual((int)RefusalReason.NotFound, code);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        return path;
    }
}
