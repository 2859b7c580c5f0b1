using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Maa;
using PrivChain.Attestation.Roots;

namespace PrivChain.Cli.Commands;

/// <summary>Roots from a file, in whatever form they are handed out. The caller's word makes them roots; nothing in the file does.</summary>
internal static class AttestRootFile
{
    private const int MaxRoot = 256 * 1024;
    private const string Certificate = "CERTIFICATE";

    /// <param name="family">One of <see cref="RootKind"/>.</param>
    /// <param name="text">The path; for <c>maa</c> with <c>@issuer</c> behind it, and <c>#policy-hash</c> behind that.</param>
    public static IEnumerable<TrustAnchor> Read(string family, string text)
    {
        if (family != RootKind.Maa)
        {
            return Anchors(family, text);
        }

        // A token service signs for many customers with one key, so a key without the issuer would be anybody's word.
        var at = text.LastIndexOf("@https://", StringComparison.Ordinal);
        if (at <= 0)
        {
            throw AttestRoots.Bad($"maa={text}: wanted maa=FILE@https://… with the issuer whose tokens count, and #… for one policy only");
        }

        var issuer = text[(at + 1)..].Split('#', 2);
        var hash = issuer.Length == 2 ? issuer[1] : null;
        var path = text[..at];
        return MaaKeySet.TryParse(Common.ReadFile(path, MaxRoot), out var keys)
            ? keys.Keys.Select(key => key.ToAnchor(issuer[0], hash))
            : Anchors(family, path).Select(anchor => anchor.ForIssuer(issuer[0], hash));
    }

    private static List<TrustAnchor> Anchors(string family, string path)
    {
        var bytes = Common.ReadFile(path, MaxRoot);
        var name = Path.GetFileName(path);
        var blocks = Blocks(bytes);
        if (blocks is [(Certificate, _), ..])
        {
            return [.. blocks.Select(block => block.Label == Certificate && TrustAnchor.TryFromCertificate(family, block.Der, out var root) ? root : throw Unreadable(path))];
        }

        // Requests and keys as PEM or DER.
        var der = blocks is [var only] ? only.Der : bytes;
        return TrustAnchor.TryFromCertificate(family, der, out var anchor) || TrustAnchor.TryFromCertificationRequest(family, der, out anchor) || TrustAnchor.TryFromPublicKey(family, der, name, out anchor)
            || TrustAnchor.TryFromJwk(family, bytes, name, out anchor) || (family == RootKind.Tpm && TrustAnchor.TryFromTpmPublic(bytes, name, out anchor))
            ? [anchor]
            : throw Unreadable(path);
    }

    private static List<(string Label, byte[] Der)> Blocks(byte[] bytes)
    {
        var blocks = new List<(string, byte[])>();
        for (var rest = Encoding.UTF8.GetString(bytes); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            blocks.Add((rest[fields.Label], Convert.FromBase64String(rest[fields.Base64Data])));
        }

        return blocks;
    }

    private static Exception Unreadable(string path) => AttestRoots.Bad($"{path}: neither certificates nor a certification request nor a public key");
}
