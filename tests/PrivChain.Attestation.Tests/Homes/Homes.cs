using System.Diagnostics;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Homes;

/// <summary>The places where the verifier runs: each takes the same archive of cases and gives a line for each.</summary>
internal static class Homes
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    /// <summary>A program compiled ahead of time, as an enclave is, in a folder of its own.</summary>
    public static async Task<IReadOnlyList<string>> NativeAsync(byte[] archive)
    {
        var folder = Directory.CreateTempSubdirectory("privchain-native-").FullName;
        try
        {
            var project = Path.Combine(VectorFolder.RepositoryRoot(), "tests", "PrivChain.Attestation.Vectors.Native");
            var built = await RunAsync("dotnet", "publish", project, "-c", "Release", "-o", folder, "--nologo", "-v", "q", "-p:DebugType=none");
            Assert.IsFalse(built.Contains("warning", StringComparison.OrdinalIgnoreCase), built);
            var input = Path.Combine(folder, "cases.zip");
            await File.WriteAllBytesAsync(input, archive);
            return (await RunAsync(Path.Combine(folder, "PrivChain.Attestation.Vectors.Native"), input)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A page in headless Chromium.</summary>
    public static Task<IReadOnlyList<string>> BrowserAsync(byte[] archive) =>
        BrowserPage.RunAsync(Path.Combine(VectorFolder.RepositoryRoot(), "tests", "PrivChain.Attestation.Vectors.Browser"), archive);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(_limit);
        Assert.AreEqual(0, process.ExitCode, output + await error);
        return output;
    }
}
