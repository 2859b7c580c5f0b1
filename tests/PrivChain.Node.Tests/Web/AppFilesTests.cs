using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PrivChain.Core.Bytes;
using PrivChain.Node.Web;

namespace PrivChain.Node.Tests.Web;

/// <summary>What is served is what was hashed at the start, in every encoding, whatever becomes of the folder.</summary>
[TestClass]
public sealed class AppFilesTests
{
    private const string Script = "export const answer = 42;";

    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-app-files-").FullName;

    [TestInitialize]
    public void Fill()
    {
        File.WriteAllText(Path.Combine(_folder, "index.html"), "<!doctype html>");
        File.WriteAllText(Path.Combine(_folder, "a.js"), Script);
        File.WriteAllBytes(Path.Combine(_folder, "a.js.gz"), Gzip(Script));
    }

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Files_ChangedAfterTheStart_AreServedAsTheyWere()
    {
        var files = AppFiles.Read(_folder);
        File.WriteAllText(Path.Combine(_folder, "a.js"), "another");
        File.WriteAllBytes(Path.Combine(_folder, "a.js.gz"), Gzip("another"));
        File.Delete(Path.Combine(_folder, "index.html"));
        Assert.AreEqual((Script, string.Empty), await GetAsync(files, "/a.js", ""));
        Assert.AreEqual((Script, "gzip"), await GetAsync(files, "/a.js", "gzip, br"));
        Assert.AreEqual(("<!doctype html>", string.Empty), await GetAsync(files, "/share/0x12", "gzip"));
        Assert.AreEqual(Digest.OfSha256(Encoding.UTF8.GetBytes(Script)), files.Manifest!.Files.Single(file => file.Path == "/a.js").Digest);
    }

    // In each encoding the same bytes: what the index names are the files, and the manifest has the whole.
    [TestMethod]
    [DataRow("", "")]
    [DataRow("gzip", "gzip")]
    [DataRow("gzip, deflate, br", "br")]
    public async Task Assemblies_AreServedInOnePiece_TheRuntimesCodeApart(string accepted, string used)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "_framework"));
        var assemblies = new Dictionary<string, string> { ["/_framework/B.wasm"] = "second", ["/_framework/A.wasm"] = "first", ["/_framework/Empty.wasm"] = "" };
        foreach (var (path, content) in assemblies.Append(new("/_framework/dotnet.native.wasm", "code")).Append(new("/_framework/dotnet.js", Script)))
        {
            File.WriteAllText(Path.Combine(_folder, path[1..]), content);
        }

        var files = AppFiles.Read(_folder);
        var (whole, encoding) = await GetAsync(files, AppFiles.PartsPath, accepted);
        Assert.AreEqual(used, encoding);
        Assert.AreEqual(Digest.OfSha256(Encoding.UTF8.GetBytes(whole)), files.Manifest!.Files.Single(file => file.Path == AppFiles.PartsPath).Digest);
        var size = BinaryPrimitives.ReadInt32BigEndian(Encoding.UTF8.GetBytes(whole));
        var found = JsonNode.Parse(whole.AsSpan(4, size).ToString())!.AsObject().ToDictionary(part => part.Key, part => whole.Substring(4 + size + (int)part.Value![0]!, (int)part.Value[1]!));
        CollectionAssert.AreEquivalent(assemblies, found);
    }

    [TestMethod]
    public void NoAssemblies_MakeNoPiece() => Assert.IsFalse(AppFiles.Read(_folder).Manifest!.Files.Any(file => file.Path == AppFiles.PartsPath));

    // One of an earlier build, one that ends in the middle, one with more after it, and one that is none.
    [TestMethod]
    public async Task CompressedForm_OfAnotherFile_IsNotServed()
    {
        byte[][] wrong = [Gzip("export const answer = 41;"), Gzip(Script)[..^20], Gzip(Script + " "), Encoding.UTF8.GetBytes(Script), []];
        foreach (var bytes in wrong)
        {
            File.WriteAllBytes(Path.Combine(_folder, "a.js.gz"), bytes);
            File.WriteAllBytes(Path.Combine(_folder, "a.js.br"), bytes);
            Assert.AreEqual((Script, string.Empty), await GetAsync(AppFiles.Read(_folder), "/a.js", "gzip, br"));
        }
    }

    private static async Task<(string Content, string Encoding)> GetAsync(AppFiles files, string path, string accepted)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "GET";
        http.Request.Path = path;
        http.Request.Headers.AcceptEncoding = accepted;
        using var body = new MemoryStream();
        http.Response.Body = body;
        await files.InvokeAsync(http, _ => throw new InvalidOperationException($"{path} was passed on"));
        var encoding = http.Response.Headers.ContentEncoding.ToString();
        using var sent = new MemoryStream(body.ToArray());
        using Stream content = encoding switch
        {
            "gzip" => new GZipStream(sent, CompressionMode.Decompress),
            "br" => new BrotliStream(sent, CompressionMode.Decompress),
            _ => sent,
        };
        using var reader = new StreamReader(content);
        return (await reader.ReadToEndAsync(), encoding);
    }

    private static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
