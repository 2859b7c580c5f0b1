using System.Diagnostics;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Tests.Commands;

/// <summary>A process that may open few files says so at once, rather than dying wherever the runtime first lacks one; with enough it works.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class OpenFilesTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(64, (int)RefusalReason.BadSettings)]
    [DataRow(128, (int)RefusalReason.BadSettings)]
    [DataRow(200, 0)]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Command_FewFilesAllowed_EndsByName(int files, int wanted)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", $"ulimit -n {files}; exec \"$0\" \"$@\"", DotnetHost.Muxer, DotnetHost.OwnProgram, "contract", "check", "age-check", "--json"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual(wanted, process.ExitCode, errors + await output);
        Assert.AreEqual(wanted != 0, errors.StartsWith("Refused: BadSettings", StringComparison.Ordinal), errors);
        Assert.DoesNotContain("   at ", errors);
    }
}
