using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Tests.Shared;

namespace PrivChain.App.Tests;

/// <summary><c>privchain app verify</c> against a node, and against servers that stand before it and change something.</summary>
[TestClass]
public sealed class AppIntegrityTests
{
    private const string Manifest = "/app-manifest.json";

    [TestMethod]
    public async Task Verify_NamesTheFirstFileThatDiffers()
    {
        await using var world = await World.StartAsync();
        var (code, document, _) = await VerifyAsync(world, world.Deployment.Address.Web);
        Assert.AreEqual(30, code, "nobody has enrolled an app yet");
        Assert.AreEqual("NotEnrolled", (string?)document["refused"]);

        var manifest = await Bootstrap.EnrolAppAsync(world.Deployment, world.Connection, TimeProvider.System, CancellationToken.None);
        (code, document, _) = await VerifyAsync(world, world.Deployment.Address.Web);
        Assert.AreEqual(0, code, document.ToJsonString());
        Assert.IsTrue((bool?)document["manifestOnLedger"]);
        Assert.AreEqual(manifest.Digest.ToString(), (string?)document["manifest"]);
        Assert.AreEqual(manifest.Files.Count, (int?)document["files"]);

        // A script more in the page, with and without a manifest that says so; then the same only for those who take brotli, as browsers do.
        var page = Encoding.UTF8.GetString(await FetchAsync(world, "/index.html"));
        var changed = Encoding.UTF8.GetBytes(page.Replace("</head>", "<script src=\"more.js\"></script></head>", StringComparison.Ordinal));
        Assert.AreNotEqual(page.Length, changed.Length);
        var agreeing = AppManifest.Of(
            [.. manifest.Files.Select(file => file.Path == "/index.html" ? (file.Path, Digest.OfSha256(changed)) : file), ("/more.js", Digest.Zero)], manifest.Policy);
        await RefusedAsync((path, _) => path is "/" or "/index.html" ? changed : null, "/index.html", 14);
        await RefusedAsync((path, _) => path is "/index.html" ? changed : path == Manifest ? agreeing.Bytes.ToArray() : null, "/index.html", 14);
        await RefusedAsync((path, encoding) => path == "/index.html" && encoding.Contains("br", StringComparison.Ordinal) ? changed : null, "/index.html", 14);

        // The start page alone, a file that is changed, one that is gone, one that is added, and the policy.
        await RefusedAsync((path, _) => path == "/" ? changed : null, "/", 14);
        await RefusedAsync((path, _) => path.StartsWith("/share/", StringComparison.Ordinal) ? changed : null, "/share/", 14);
        await RefusedAsync((path, _) => path.StartsWith("/institution/consents/", StringComparison.Ordinal) ? changed : null, "/institution/consents/", 14);
        await RefusedAsync((path, _) => path == $"/?ledger={world.Deployment.Genesis.LedgerId}" ? changed : null, "/?ledger=", 14);

        // To those who take every compression, as browsers do, and to nobody else.
        await RefusedAsync((path, encoding) => path == "/index.html" && encoding.Contains("br", StringComparison.Ordinal) && encoding.Contains("gzip", StringComparison.Ordinal) ? changed : null, "/index.html", 14);
        await RefusedAsync((path, _) => path == "/argon2id.js" ? "postMessage(1)"u8.ToArray() : null, "/argon2id.js", 14);
        await RefusedAsync((path, _) => path == "/app.css" ? [] : null, "/app.css", 122);
        var more = AppManifest.Of([.. manifest.Files, ("/more.js", Digest.Zero)], manifest.Policy);
        await RefusedAsync((path, _) => path == Manifest ? more.Bytes.ToArray() : null, "/more.js", 14);
        await RefusedAsync((_, _) => null, "/_framework/", 168, policy: "default-src *");

        // The command says the same, and refuses the right files under a manifest that nobody enrolled.
        await using (var liar = await StandIn.StartAsync(world.Deployment.Address.Web, (path, _) => path == "/app-parts.bin" ? changed : null))
        {
            (code, document, _) = await VerifyAsync(world, liar.Address);
            Assert.AreEqual((14, "/app-parts.bin"), (code, (string?)document["file"]));
        }

        var fewer = AppManifest.Of([.. manifest.Files.Where(file => file.Path != "/app.css")], manifest.Policy);
        await using (var liar = await StandIn.StartAsync(world.Deployment.Address.Web, (path, _) => path == Manifest ? fewer.Bytes.ToArray() : null))
        {
            (code, document, _) = await VerifyAsync(world, liar.Address);
            Assert.AreEqual(14, code, document.ToJsonString());
            Assert.IsNull(document["file"]);
        }

        // An app that was enrolled and replaced passes no more.
        var next = AppManifest.Of(manifest.Files.Select(file => file.Path == "/app.css" ? (file.Path, Digest.OfSha256("other"u8)) : file), manifest.Policy);
        using var governor = world.Deployment.Folder.OpenGovernor();
        Assert.IsNotNull(await Bootstrap.EnrolAppAsync(governor, world.Connection, next, Bootstrap.Validity(TimeProvider.System), CancellationToken.None));
        (code, document, _) = await VerifyAsync(world, world.Deployment.Address.Web);
        Assert.AreEqual(14, code, document.ToJsonString());
        Assert.AreEqual("/app.css", (string?)document["file"]);

        async Task RefusedAsync(Func<string, string, byte[]?> change, string file, int reason, string? policy = null)
        {
            await using var liar = await StandIn.StartAsync(world.Deployment.Address.Web, change, policy);
            using var site = new ServedApp(liar.Address, world.Deployment.Genesis.LedgerId);
            var difference = await site.FirstDifferenceAsync(manifest, await site.ManifestAsync(CancellationToken.None), CancellationToken.None);
            Assert.AreEqual(reason, (int?)difference?.Reason, file);
            StringAssert.StartsWith(difference!.Value.Path, file);
        }
    }

    // A page that is added to the app is an address that is asked for.
    [TestMethod]
    public void Pages_ThatAreAskedFor_AreThoseOfTheApp()
    {
        var routes = Directory.EnumerateFiles(Path.Combine(VectorFolder.RepositoryRoot(), "src", "PrivChain.App", "Pages"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Where(line => line.StartsWith("@page \"", StringComparison.Ordinal)).Select(line => line.Split('"')[1]).ToList();
        Assert.HasCount(routes.Count, ServedApp.Pages);
        foreach (var route in routes)
        {
            Assert.AreEqual(1, ServedApp.Pages.Count(page => Regex.IsMatch(page, $"^{Regex.Replace(route, "{[A-Za-z]+}", "[0-9a-zA-Z]+")}$")), route);
        }
    }

    private static Task<(int Code, JsonObject Document, string Errors)> VerifyAsync(World world, Uri address) =>
        CommandProcess.RunAsync(["app", "verify", address.ToString(), "--deployment", world.Folder]);

    private static async Task<byte[]> FetchAsync(World world, string path)
    {
        using var client = new HttpClient();
        return await client.GetByteArrayAsync(new Uri(world.Deployment.Address.Web, path));
    }
}
