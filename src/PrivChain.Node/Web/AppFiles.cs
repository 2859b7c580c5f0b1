using System.Buffers.Binary;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;

namespace PrivChain.Node.Web;

/// <summary>
/// The app's files, from a folder that is read once, at the start, and kept in memory, compressed forms too: what is in it then is served and nothing else, and each answer names the digest that the manifest has. A page cannot
/// check the node that served it: the manifest lets others compare what is served with what the source gives. The assemblies are served once more in one piece: asked for one by one, each
/// of some seventy is a way here and back.
/// </summary>
public sealed class AppFiles
{
    /// <summary>Where the manifest is.</summary>
    public const string ManifestPath = "/app-manifest.json";

    /// <summary>Where the assemblies are in one piece: the length of an index (4 bytes, big-endian), the index (<c>{PATH:[START,LENGTH]}</c> as JSON, from the end of the index on), and the files.</summary>
    public const string PartsPath = "/app-parts.bin";

    // What the runtime reads into its memory. Its own code is compiled while it comes, and stays a file.
    private const string PartsFolder = "/_framework/";
    private const string RuntimeCode = "/_framework/dotnet.native.wasm";

    // Scripts and connections of this origin only; WebAssembly, but no other eval; nothing inline; no frame around it.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        + "base-uri 'self'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

    private static readonly FrozenDictionary<string, string> _types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json; charset=utf-8",
        [".wasm"] = "application/wasm",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".dat"] = "application/octet-stream",
        [".webmanifest"] = "application/manifest+json",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private const string Brotli = "br";

    // Best first.
    private static readonly (string Encoding, string Suffix)[] _encodings = [(Brotli, ".br"), ("gzip", ".gz")];

    private readonly FrozenDictionary<string, AppFile> _files;

    private AppFiles(Dictionary<string, AppFile> files, AppManifest? manifest)
    {
        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
        Manifest = manifest;
    }

    /// <summary>What is served; null when there is no app.</summary>
    public AppManifest? Manifest { get; }

    /// <summary>Reads the folder; null or none: no app.</summary>
    public static AppFiles Read(string? folder)
    {
        var files = new Dictionary<string, AppFile>(StringComparer.Ordinal);
        if (folder is null || !Directory.Exists(folder))
        {
            return new AppFiles(files, null);
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (_types.TryGetValue(Path.GetExtension(path), out var type))
            {
                var content = File.ReadAllBytes(path);
                files["/" + Path.GetRelativePath(folder, path).Replace('\\', '/')] = new AppFile(type, Digest.OfSha256(content), content, [.. CompressedForms(path, content)]);
            }
        }

        var parts = files.Where(file => file.Key.StartsWith(PartsFolder, StringComparison.Ordinal) && file.Key.EndsWith(".wasm", StringComparison.Ordinal) && file.Key != RuntimeCode).ToList();
        if (parts.Count > 0)
        {
            var whole = InOnePiece(parts);
            files[PartsPath] = new AppFile(_types[".dat"], Digest.OfSha256(whole), whole, [.. _encodings.Select(form => (form.Encoding, new Lazy<ReadOnlyMemory<byte>>(() => Compress(form.Encoding, whole))))]);
        }

        if (files.Count == 0)
        {
            return new AppFiles(files, null);
        }

        var manifest = AppManifest.Of(files.Select(file => (file.Key, file.Value.Digest)), ContentPolicy);
        files[ManifestPath] = new AppFile(_types[".json"], manifest.Digest, manifest.Bytes, []);
        return new AppFiles(files, manifest);
    }

    /// <summary>Answers what is the app's, and passes on everything else.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        return isRead && Find(http.Request.Path.Value ?? "/") is { } file ? SendAsync(http, file) : next(http);
    }

    private AppFile? Find(string path)
    {
        if (_files.TryGetValue(path, out var file))
        {
            return file;
        }

        // Pages have addresses of their own inside the app: one segment of letters first, and no extension anywhere. The node's own addresses go on to their endpoints.
        var isPage = path == "/" || (!path.Contains('.') && path != "/checkpoint" && path != "/health" && !path.StartsWith("/tile/", StringComparison.Ordinal));
        return isPage ? _files.GetValueOrDefault("/index.html") : null;
    }

    private static async Task SendAsync(HttpContext http, AppFile file)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.CacheControl = "no-cache";
        headers.Vary = "Accept-Encoding";
        var tag = $"\"{file.Digest}\"";
        headers.ETag = tag;
        if (http.Request.Headers.IfNoneMatch.Any(known => known is not null && known.Contains(tag, StringComparison.Ordinal)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = file.Type;
        var content = file.Content;
        foreach (var (encoding, compressed) in file.Compressed)
        {
            if (Accepts(http, encoding))
            {
                headers.ContentEncoding = encoding;
                content = compressed.Value;
                break;
            }
        }

        http.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(content, http.RequestAborted);
        }
    }

    // What a build left beside the file, where it is this file: one of an earlier build must not be served under the digest of this one.
    private static IEnumerable<(string Encoding, Lazy<ReadOnlyMemory<byte>> Content)> CompressedForms(string path, byte[] content)
    {
        foreach (var (encoding, suffix) in _encodings)
        {
            if (File.Exists(path + suffix) && File.ReadAllBytes(path + suffix) is var compressed && Opens(encoding, compressed, content))
            {
                yield return (encoding, new Lazy<ReadOnlyMemory<byte>>(compressed));
            }
        }
    }

    private static byte[] InOnePiece(List<KeyValuePair<string, AppFile>> parts)
    {
        using var index = new MemoryStream();
        using (var writer = new Utf8JsonWriter(index))
        {
            var start = 0;
            writer.WriteStartObject();
            foreach (var (path, file) in parts)
            {
                writer.WriteStartArray(path);
                writer.WriteNumberValue(start);
                writer.WriteNumberValue(file.Content.Length);
                writer.WriteEndArray();
                start += file.Content.Length;
            }

            writer.WriteEndObject();
        }

        var length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)index.Length);
        return [.. length, .. index.ToArray(), .. parts.SelectMany(part => part.Value.Content.ToArray())];
    }

    // When somebody asks for it: a fraction of a second, after which it is kept. The slowest settings gain a tenth and take half a minute.
    private static ReadOnlyMemory<byte> Compress(string encoding, byte[] content)
    {
        using var stream = new MemoryStream();
        using (Stream packing = encoding == Brotli ? new BrotliStream(stream, new BrotliCompressionOptions { Quality = 5 }, leaveOpen: true) : new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            packing.Write(content);
        }

        return stream.ToArray();
    }

    private static bool Opens(string encoding, byte[] compressed, byte[] content)
    {
        using var source = new MemoryStream(compressed);
        using Stream opening = encoding == Brotli ? new BrotliStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);
        var opened = new byte[content.Length];
        try
        {
            opening.ReadExactly(opened);
            return opening.ReadByte() < 0 && opened.AsSpan().SequenceEqual(content);
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidDataException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Accepts(HttpContext http, string encoding) =>
        StringWithQualityHeaderValue.TryParseList(http.Request.Headers.AcceptEncoding, out var accepted)
        && accepted.Any(item => item.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && item.Quality is null or > 0);

    private sealed record AppFile(string Type, Digest Digest, ReadOnlyMemory<byte> Content, IReadOnlyList<(string Encoding, Lazy<ReadOnlyMemory<byte>> Content)> Compressed);
}
