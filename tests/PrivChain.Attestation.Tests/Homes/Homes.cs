using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using PrivChain.Attestation.Tests.Collateral;
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

    /// <summary>A page in headless Chromium. It asks for files and for the archive, and posts its lines.</summary>
    public static async Task<IReadOnlyList<string>> BrowserAsync(byte[] archive)
    {
        var project = Path.Combine(VectorFolder.RepositoryRoot(), "tests", "PrivChain.Attestation.Vectors.Browser");
        string[] roots = [Path.Combine(project, "wwwroot"), Path.Combine(project, "bin", BuildConfiguration, "net10.0", "wwwroot")];
        var posted = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackService.StartAsync(async context =>
        {
            var path = context.Request.Path.Value!.TrimStart('/');
            if (HttpMethods.IsPost(context.Request.Method))
            {
                using var reader = new StreamReader(context.Request.Body);
                var body = await reader.ReadToEndAsync();
                _ = path == "lines" ? posted.TrySetResult(body) : posted.TrySetException(new AssertFailedException($"the page says: {body}"));
            }
            else if (path == "cases.zip")
            {
                await context.Response.Body.WriteAsync(archive);
            }
            else if (roots.Select(root => Path.Combine(root, path.Length == 0 ? "index.html" : path)).FirstOrDefault(File.Exists) is { } file)
            {
                context.Response.ContentType = Path.GetExtension(file) switch { ".html" => "text/html", ".js" => "text/javascript", ".wasm" => "application/wasm", _ => "application/octet-stream" };
                await context.Response.SendFileAsync(file);
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        });

        var profile = Directory.CreateTempSubdirectory("privchain-browser-").FullName;
        using var browser = Start(
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run", $"--user-data-dir={profile}", server.Address.ToString());
        try
        {
            // It ends by being ended; before that, an end is a failure with what it said.
            var said = browser.StandardError.ReadToEndAsync();
            var ended = browser.WaitForExitAsync();
            var first = await Task.WhenAny(posted.Task, ended).WaitAsync(_limit);
            Assert.AreSame(posted.Task, first, first == ended ? await said : string.Empty);
            return (await posted.Task).Split('\n');
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync();
            Directory.Delete(profile, recursive: true);
        }
    }

    // The tests and the page are built together.
    private static string BuildConfiguration => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(_limit);
        Assert.AreEqual(0, process.ExitCode, output + await error);
        return output;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
