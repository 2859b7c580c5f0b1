using PrivChain.Cli.Deployment;
using PrivChain.Cli.Import;
using PrivChain.Cli.Witness;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Files;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Trail;

namespace PrivChain.Cli.Tests.Commands;

/// <summary>
/// What we write, we write where we were told and for whom it is: secrets for their owner alone, whatever lay there before, and nothing through a link that somebody put in the place of a file or folder.
/// </summary>
[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class OwnFilesTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode World = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-own-").FullName;

    [TestInitialize]
    public void Prepare() => File.WriteAllText(Victim, "untouched");

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    private string Victim => In("victim");

    [TestMethod]
    public void PrivateFile_WhateverLayThere_IsItsOwnersAlone()
    {
        PrivateFile.WriteNew(In("new"), "secret"u8);
        File.WriteAllText(In("old"), "open");
        File.SetUnixFileMode(In("old"), World);
        File.WriteAllText(In("old.new"), "left by a write that died");
        File.SetUnixFileMode(In("old.new"), World);
        PrivateFile.Replace(In("old"), "secret"u8);
        PrivateFile.MakeFolder(In("keys"));
        Assert.AreEqual(OwnerOnly, File.GetUnixFileMode(In("new")));
        Assert.AreEqual(OwnerOnly, File.GetUnixFileMode(In("old")));
        Assert.AreEqual(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(In("keys")));
        Assert.AreEqual("secret", File.ReadAllText(In("old")));
    }

    [TestMethod]
    [DataRow("victim")]
    [DataRow("nothing")]
    public void PrivateFile_LinkBesideTheName_IsReplacedAndNotFollowed(string target)
    {
        File.CreateSymbolicLink(In("key.new"), In(target));
        PrivateFile.WriteNew(In("key"), "secret"u8);
        AssertNothingWentThrough();
        Assert.AreEqual("secret", File.ReadAllText(In("key")));
    }

    [TestMethod]
    [DataRow("victim")]
    [DataRow("nothing")]
    public void Write_LinkInTheFilesPlace_IsRefusedByName(string target)
    {
        var link = File.CreateSymbolicLink(In("link"), In(target)).FullName;
        Action[] writes =
        [
            () => PrivateFile.WriteNew(link, "x"u8), () => PrivateFile.Replace(link, "x"u8), () => OwnPath.Write(link, "x"u8), () => new RefusedRows(link).Dispose(),
            () => new FolderTrail(_folder).Write("link", "x"u8),
        ];
        foreach (var write in writes)
        {
            AssertRefused(link, write);
        }
    }

    [TestMethod]
    public void Write_LinkInTheFoldersPlace_IsRefusedByName()
    {
        Directory.CreateDirectory(In("elsewhere"));
        var link = Directory.CreateSymbolicLink(In("link"), In("elsewhere")).FullName;
        Action<string>[] writes =
        [
            PrivateFile.MakeFolder, folder => new FolderTrail(folder).Write("tile/0/000", "x"u8), folder => new FileHeadStore(folder).ToString(), folder => new FileIssueJournal(folder).Dispose(),
            folder => new WitnessStore(folder, NoteVerifierKey.TryParse(new LedgerFixture().Genesis.Witnesses[0], out var key) ? key : throw new AssertFailedException()).Dispose(),
            folder => new DeploymentFolder(folder).Prepare("x", TimeProvider.System),
        ];
        foreach (var write in writes)
        {
            AssertRefused(link, () => write(link));
            AssertRefused(link, () => write(link + Path.DirectorySeparatorChar));
        }

        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(In("elsewhere")));
    }

    [TestMethod]
    public void Trail_LinkBelowItsFolder_IsRefusedByName()
    {
        Directory.CreateDirectory(In("elsewhere"));
        Directory.CreateDirectory(In("trail"));
        var link = Directory.CreateSymbolicLink(In("trail/tile"), In("elsewhere")).FullName;
        AssertRefused(link, () => new FolderTrail(In("trail")).Write("tile/0/000", "x"u8));
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(In("elsewhere")));
    }

    [TestMethod]
    public async Task Wallet_LinkInTheKeystoresPlace_IsRefusedAndNothingIsMade()
    {
        File.CreateSymbolicLink(In("me.json"), In("nothing"));
        var (code, document) = await Cli.JsonAsync("wallet", "new", "--keystore", In("me.json"));
        Assert.AreEqual((int)RefusalReason.Conflict, code);
        Assert.Contains("me.json", (string)document["detail"]!);
        AssertNothingWentThrough();
    }

    [TestMethod]
    public async Task Keystore_OpenToOthers_IsSaidByNameUntilItIsClosed()
    {
        Assert.AreEqual(0, (await Cli.JsonAsync("wallet", "new", "--keystore", In("me.json"))).Code);
        Assert.AreEqual(OwnerOnly, File.GetUnixFileMode(In("me.json")));
        foreach (var open in (UnixFileMode[])[UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.GroupWrite, UnixFileMode.OtherWrite])
        {
            File.SetUnixFileMode(In("me.json"), OwnerOnly | open);
            var (code, document) = await Cli.JsonAsync("wallet", "show", "--keystore", In("me.json"));
            Assert.AreEqual(0, code);
            Assert.Contains("chmod 600", (string)document["warning"]!);
        }

        File.SetUnixFileMode(In("me.json"), OwnerOnly);
        Assert.IsNull((await Cli.JsonAsync("wallet", "show", "--keystore", In("me.json"))).Document["warning"]);
    }

    [TestMethod]
    public void GovernorKey_OpenToOthers_IsRefused()
    {
        var folder = new DeploymentFolder(In("deployment"));
        folder.Prepare("x", TimeProvider.System);
        folder.OpenGovernor().Dispose();
        File.SetUnixFileMode(folder.GovernorKey, World);
        var refusal = Assert.ThrowsExactly<RefusalException>(() => folder.OpenGovernor().Dispose()).Refusal;
        Assert.AreEqual(RefusalReason.BadSettings, refusal.Reason);
        Assert.Contains(folder.GovernorKey, refusal.Detail);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private void AssertRefused(string link, Action write)
    {
        var refusal = Assert.ThrowsExactly<RefusalException>(write).Refusal;
        Assert.AreEqual(RefusalReason.Conflict, refusal.Reason);
        Assert.Contains(link, refusal.Detail);
        AssertNothingWentThrough();
    }

    private void AssertNothingWentThrough()
    {
        Assert.AreEqual("untouched", File.ReadAllText(Victim));
        Assert.IsFalse(File.Exists(In("nothing")), "a file was made where a link led");
    }
}
