using System.Diagnostics;
using System.Text.Json;
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
            var (code, output) = await RunAsync("demo", "--suite", "national", "--out", path, "--json");
            using var document = JsonDocument.Parse(output);
            var steps = document.RootElement.GetProperty("steps").EnumerateArray().ToList();
            var wrong = steps.Where(step => !step.GetProperty("ok").GetBoolean()).Select(step => step.GetRawText()).ToList();
            Assert.IsEmpty(wrong, string.Join('\n', wrong));
            Assert.IsTrue(document.RootElement.GetProperty("ok").GetBoolean(), output);
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
        var (code, _) = await RunAsync("up", "--suite", "sm2", "--deployment", folder, "--json");
        Assert.AreEqual((int)RefusalReason.BadSettings, code);
        Assert.IsFalse(Directory.Exists(folder));
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(DotnetHost.Muxer, [DotnetHost.OwnProgram, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        await errors;
        return (process.ExitCode, output);
    }
}
