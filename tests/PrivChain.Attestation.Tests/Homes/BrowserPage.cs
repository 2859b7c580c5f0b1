using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using PrivChain.Attestation.Tests.Collateral;

namespace PrivChain.Attestation.Tests.Homes;

/// <summary>The page of the vectors in headless Chromium: it asks a server on loopback for its files and for the archive, and posts its lines. The benchmarks run it, too.</summary>
internal static class BrowserPage
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    /// <param name="project">Folder of the page's project, built like the caller.</param>
    /// <param name="archive">The cases.</param>
    /// <param name="query">What the page is to do, see its script; nothing for verdicts.</param>
    /// <exception cref="InvalidOperationException">The page failed, or the browser ended before it posted anything.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(string project, byte[] archive, string query = "")
    {
        string[] roots = [Path.Combine(project, "wwwroot"), Path.Combine(project, "bin", BuildConfiguration, "net10.0", "wwwroot")];
        var posted = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackService.StartAsync(async context =>
        {
            var path = context.Request.Path.Value!.TrimStart('/');
            if (HttpMethods.IsPost(context.Request.Method))
            {
                using var reader = new StreamReader(context.Request.Body);
                var body = await reader.ReadToEndAsync();
                _ = path == "lines" ? posted.TrySetResult(body) : posted.TrySetException(new InvalidOperationException($"the page says: {body}"));
            }
            else if (path == "cases.zip")
            {
                await context.Response.Body.WriteAsync(archive);
            }
            else if (roots.Select(root => Path.Combine(root, path.Length == 0 ? "index.html" : path)).FirstOrDefault(File.Exists) is { } file)
            {
                context.Response.ContentType = Path.GetExtension(file) switch { ".html" => "text/html", ".js" => "text/javascript", ".wasm" => "application/wasm", _ => "application/octet-stream" };
                await context.Response.SendFileAsync(Path.GetFullPath(file));
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        });

        var profile = Directory.CreateTempSubdirectory("privchain-browser-").FullName;
        string[] arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run", $"--user-data-dir={profile}", server.Address + query];
        using var browser = Process.Start(new ProcessStartInfo("chromium", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            // It ends by being ended; before that, an end is a failure with what it said.
            var said = browser.StandardError.ReadToEndAsync();
            var ended = browser.WaitForExitAsync();
            return await Task.WhenAny(posted.Task, ended).WaitAsync(_limit) == ended ? throw new InvalidOperationException(await said) : (await posted.Task).Split('\n');
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync();
            Directory.Delete(profile, recursive: true);
        }
    }

    // Its callers and the page are built together.
    private static string BuildConfiguration => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;
}
