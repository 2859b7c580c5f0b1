using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Documents;

/// <summary>
/// The files of the app in the browser, the SHA-256 of each, and the content security policy that they are served under:
/// <c>{"files":{PATH:DIGEST},"format":"privchain-app/1","policy":TEXT}</c>, canonical, so that one app has one digest. Governors enrol that digest; whoever wants to know whether a node serves the app
/// that they agreed on compares file by file.
/// </summary>
public sealed class AppManifest
{
    /// <summary>Largest manifest, as of every public document.</summary>
    public const int MaxSize = 64 * 1024;

    private const string Format = "privchain-app/1";
    private const int MaxPath = 200;

    private AppManifest(byte[] bytes, IReadOnlyList<(string Path, Digest Digest)> files, string policy)
    {
        Policy = policy;
        Bytes = bytes;
        Files = files;
        Digest = Digest.OfSha256(bytes);
    }

    /// <summary>The canonical text.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>SHA-256 of the text: what governors enrol.</summary>
    public Digest Digest { get; }

    /// <summary>Paths as they are asked for, <c>/index.html</c> among them, in order, each with its digest.</summary>
    public IReadOnlyList<(string Path, Digest Digest)> Files { get; }

    /// <summary>The header <c>Content-Security-Policy</c> of each of them.</summary>
    public string Policy { get; }

    /// <summary>The manifest of these files.</summary>
    /// <exception cref="RefusalException">A path is not one, <c>/index.html</c> is missing, or the manifest would be too large.</exception>
    public static AppManifest Of(IEnumerable<(string Path, Digest Digest)> files, string policy)
    {
        ArgumentNullException.ThrowIfNull(files);
        var members = new JsonObject();
        foreach (var (path, digest) in files)
        {
            members[path] = digest.ToString();
        }

        var text = Jcs.Canonicalize(new JsonObject { ["files"] = members, ["format"] = Format, ["policy"] = policy }).OrThrow();
        return TryParse(text, out var manifest)
            ? manifest
            : throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"wanted /index.html and others, by paths of letters, digits, dots, dashes and underscores, in a manifest of at most {MaxSize} bytes"));
    }

    /// <summary>Reads the one form that <see cref="Of"/> writes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out AppManifest? manifest)
    {
        manifest = null;
        if (StrictJson.ParseObject(utf8, MaxSize) is not { Accepted: true, Value: var root }
            || Jcs.Canonicalize(root) is not { Accepted: true } canonical || !utf8.SequenceEqual(canonical.Value)
            || root.GetPropertyCount() != 3
            || !root.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.String || format.GetString() != Format
            || !root.TryGetProperty("policy", out var policy) || policy.ValueKind != JsonValueKind.String
            || !root.TryGetProperty("files", out var members) || members.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var files = new List<(string, Digest)>();
        foreach (var member in members.EnumerateObject())
        {
            if (!IsPath(member.Name) || member.Value.ValueKind != JsonValueKind.String || !Digest.TryParse(member.Value.GetString(), out var digest))
            {
                return false;
            }

            files.Add((member.Name, digest));
        }

        if (!files.Exists(file => file.Item1 == "/index.html"))
        {
            return false;
        }

        manifest = new AppManifest(utf8.ToArray(), files, policy.GetString()!);
        return true;
    }

    // What a client may ask a server for without thinking: nothing to be decoded, no way up, no other host.
    private static bool IsPath(string path) =>
        path.Length is > 1 and <= MaxPath && path[0] == '/'
        && path.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '-' or '_')
        && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal);
}
