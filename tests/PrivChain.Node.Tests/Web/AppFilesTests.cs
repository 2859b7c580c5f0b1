using System.IO.Compression;
using System.Text;
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
        using Stream content = encoding == "gzip" ? new GZipStream(sent, CompressionMode.Decompress) : sent;
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
