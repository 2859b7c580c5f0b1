using System.Net;
using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;
using PrivChain.Node.Web;

namespace PrivChain.Cli.Deployment;

/// <summary>The app as a node serves it, fetched in each encoding that a browser would take: a node could serve another file to those who take a compressed one.</summary>
internal sealed class ServedApp : IDisposable
{
    private const int MaxFile = 64 * 1024 * 1024;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    // One by one, and as browsers ask: for all of them at once.
    private static readonly DecompressionMethods[] _encodings = [DecompressionMethods.None, DecompressionMethods.Brotli, DecompressionMethods.GZip, DecompressionMethods.All];

    private static readonly Digest _digest = new(RandomNumberGenerator.GetBytes(Digest.Size));
    private static readonly AccountAddress _account = new(RandomNumberGenerator.GetBytes(AccountAddress.Size));

    /// <summary>Address of every page of the app, a place in it filled in with what a link would have there: each is answered with the same file.</summary>
    internal static readonly string[] Pages =
    [
        "/", "/consents", $"/consents/{_digest}", "/data", "/data/add", "/institution", $"/institution/consents/{_digest}", "/institution/publish", "/more", "/proof", "/regulator", "/regulator/check",
        "/regulator/contracts", "/regulator/overview", "/regulator/trail", "/regulator/trail/0", "/requests", $"/requests/{_digest}", "/share", $"/share/{_account}", "/start/create", "/start/lost", "/start/restore", "/start/wallet",
    ];

    private readonly Uri _address;
    private readonly Digest _ledger;
    private readonly (DecompressionMethods Encoding, HttpClient Client)[] _clients;

    public ServedApp(Uri address, Digest ledger)
    {
        _address = address;
        _ledger = ledger;
        _clients = [.. _encodings.Select(encoding => (encoding, new HttpClient(new SocketsHttpHandler { AutomaticDecompression = encoding, AllowAutoRedirect = false })
        {
            Timeout = _limit, MaxResponseContentBufferSize = MaxFile,
        }))];
    }

    /// <summary>What the node says it serves; null when it is no manifest.</summary>
    public async Task<AppManifest?> ManifestAsync(CancellationToken cancellation)
    {
        var (status, content, _) = await FetchAsync(_clients[0].Client, AppFiles.ManifestPath, cancellation).ConfigureAwait(false);
        return status == HttpStatusCode.OK && AppManifest.TryParse(content, out var manifest) ? manifest : null;
    }

    /// <summary>The first file that is not the one of the manifest, in its order, or that the node adds to it; null when there is none.</summary>
    public async Task<(string Path, RefusalReason Reason, string Detail)?> FirstDifferenceAsync(AppManifest manifest, AppManifest? served, CancellationToken cancellation)
    {
        var index = manifest.Files.Single(file => file.Path == "/index.html").Digest;
        foreach (var (path, wanted) in manifest.Files.Concat(Pages.SelectMany(page => new[] { (page, index), ($"{page}?ledger={_ledger}", index) })))
        {
            foreach (var (encoding, client) in _clients)
            {
                var (status, content, policy) = await FetchAsync(client, path, cancellation).ConfigureAwait(false);
                var under = encoding == DecompressionMethods.None ? string.Empty : $" to those who take {encoding}";
                if (status != HttpStatusCode.OK)
                {
                    return (path, RefusalReason.NotFound, $"the node answers {(int)status}{under}");
                }

                if (Digest.OfSha256(content) is var given && given != wanted)
                {
                    return (path, RefusalReason.DigestMismatch, $"wanted {wanted}, the node serves {given}{under}");
                }

                if (policy != manifest.Policy)
                {
                    return (path, RefusalReason.BadPolicy, $"it is served under another content security policy than the one enrolled{under}");
                }
            }
        }

        var known = manifest.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return served?.Files.Select(file => file.Path).FirstOrDefault(path => !known.Contains(path)) is { } added
            ? (added, RefusalReason.DigestMismatch, "the node serves it and no governor enrolled it")
            : null;
    }

    public void Dispose()
    {
        foreach (var (_, client) in _clients)
        {
            client.Dispose();
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Content, string Policy)> FetchAsync(HttpClient client, string path, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(_address, path), cancellation).ConfigureAwait(false);
            var content = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            var policy = answer.Headers.TryGetValues("Content-Security-Policy", out var policies) ? string.Join('\n', policies) : string.Empty;
            return (answer.StatusCode, content, policy);
        }
        catch (Exception exception) when (exception is HttpRequestException or InvalidDataException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new RefusalException(new Refusal(RefusalReason.Unavailable, $"{path}: {exception.Message}"));
        }
    }
}
