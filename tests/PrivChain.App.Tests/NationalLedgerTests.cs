using PrivChain.Cli.Deployment;
using PrivChain.Core.Suites;

namespace PrivChain.App.Tests;

/// <summary>The app signs for international ledgers only: at a national one it says so by name, keeps nothing and offers no wallet.</summary>
[TestClass]
public sealed class NationalLedgerTests
{
    [TestMethod]
    public async Task Visit_OfANationalLedger_IsRefusedByName()
    {
        var folder = Directory.CreateTempSubdirectory("privchain-national-").FullName;
        try
        {
            await using var deployment = await RunningDeployment.StartAsync(new DeploymentFolder(folder), "test", 0, TimeProvider.System, CancellationToken.None, suite: Suite.National);
            await using var visit = await AppBrowser.VisitAsync(deployment.AppLink);
            await visit.SeeAsync("This ledger uses the national algorithms");
            Assert.AreEqual(0, await visit.At("#create").CountAsync());
            visit.AssertClean();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
