using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Interop;

/// <summary>Runs a script of <c>tests/interop</c> with JSON in and JSON out. Without its npm packages the test is inconclusive; under <c>CI=true</c> it fails.</summary>
internal static class Counterpart
{
    public static JsonElement Run(string script, JsonObject input)
    {
        var folder = Path.Combine(VectorFolder.RepositoryRoot(), "tests", "interop");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            const string Message = "tests/interop/node_modules is absent: tests/run.sh installs it";
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                Assert.Fail(Message);
            }

            Assert.Inconclusive(Message);
        }

        using var process = Process.Start(new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input.ToJsonString());
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"{script}: {error.GetAwaiter().GetResult()}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }
}
