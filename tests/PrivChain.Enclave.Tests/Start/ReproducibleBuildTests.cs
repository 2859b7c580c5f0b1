using System.Diagnostics;
using PrivChain.Tests.Shared;

namespace PrivChain.Enclave.Tests.Start;

[TestClass]
public sealed class ReproducibleBuildTests
{
    // Two native builds take minutes.
    [TestMethod]
    [TestCategory("Slow")]
    public async Task Reproduce_TwoFolders_GiveTheSameBytes()
    {
        var start = new ProcessStartInfo(Path.Combine(VectorFolder.RepositoryRoot(), "enclave", "reproduce.sh")) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var script = Process.Start(start)!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.AreEqual(0, script.ExitCode, output + await errors);
        Assert.Contains("\"measured\"", output);
    }
}
