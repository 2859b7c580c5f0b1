using PrivChain.Cli.Deployment;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.EndToEnd.Tests;

/// <summary>The whole demo on SM2, SM3 and SM4: the same steps, the same refusals, the same proofs.</summary>
[TestClass]
public sealed class NationalDemoTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Demo_OfTheNationalSuite_ComesOutAsItMust()
    {
        var folder = Directory.CreateTempSubdirectory("privchain-national-");
        try
        {
            var path = Path.Combine(folder.FullName, "out");
            var (code, document, _) = await CommandProcess.RunAsync(["demo", "--suite", "national", "--out", path], cancellation: TestContext.CancellationToken);
            var wrong = document["steps"]!.AsArray().Where(step => !(bool)step!["ok"]!).Select(step => step!.ToJsonString()).ToList();
            Assert.IsEmpty(wrong, string.Join('\n', wrong));
            Assert.IsTrue((bool)document["ok"]!, document.ToJsonString());
            Assert.AreEqual(0, code);
            var genesis = Genesis.Parse(await File.ReadAllBytesAsync(new DeploymentFolder(path).GenesisFile, TestContext.CancellationToken)).OrThrow();
            Assert.AreSame(Suite.National, genesis.Algorithms);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public async Task Suite_OfAnotherName_IsRefusedBeforeAnythingIsMade()
    {
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var (code, _, _) = await CommandProcess.RunAsync(["up", "--suite", "sm2", "--deployment", folder], cancellation: TestContext.CancellationToken);
        Assert.AreEqual((int)RefusalReason.BadSettings, code);
        Assert.IsFalse(Directory.Exists(folder));
    }

    // A ledger's suite is for ever: asking for the other one must not look as if it had been given.
    [TestMethod]
    public async Task Suite_OtherThanAnEarlierDeployments_IsRefusedByName()
    {
        var folder = Directory.CreateTempSubdirectory("privchain-suite-");
        try
        {
            new DeploymentFolder(folder.FullName).Prepare("x", TimeProvider.System);
            var (code, document, _) = await CommandProcess.RunAsync(["up", "--deployment", folder.FullName, "--suite", "national"], cancellation: TestContext.CancellationToken);
            Assert.AreEqual((int)RefusalReason.WrongSuite, code, document.ToJsonString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
