using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Sdk.Connection;

namespace PrivChain.App.Browser;

/// <summary>
/// What this browser keeps for one person on one ledger, sealed under a key from the phrase: nobody else reads it, and what was exchanged does not open. Open only while the wallet is; closed, it holds
/// nothing. Names tell nothing to whoever looks into the browser's database.
/// </summary>
internal sealed class SealedStore(Digest ledger) : IContentStore, IDisposable
{
    public const string Prefix = "kept:";

    private const int KeySize = 32;

    // The same again is not written again: the look every few seconds mostly finds what was there.
    private readonly Dictionary<string, Digest> _written = [];
    private byte[]? _key;

    public void Open(Wallet wallet)
    {
        Dispose();
        _key = new byte[KeySize];
        wallet.DeriveSecret(Labels.BrowserStore, _key);
    }

    public async Task<byte[]?> LoadAsync(string name, CancellationToken cancellationToken = default) =>
        _key is { } key && await Page.OpenSealedAsync(NameOf(name, key), key) is { } text ? Convert.FromBase64String(text) : null;

    public async Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var digest = Digest.OfSha256(content.Span);
        if (_key is not null && _written.GetValueOrDefault(name) != digest)
        {
            await SaveLargeAsync(name, content.ToArray());
            _written[name] = digest;
        }
    }

    /// <summary>As <see cref="SaveAsync"/>, whether it was written before or not: hashing much takes longer here than writing it.</summary>
    public async Task SaveLargeAsync(string name, byte[] content)
    {
        if (_key is { } key)
        {
            await Page.KeepSealedAsync(NameOf(name, key), key, content);
        }
    }

    public async Task RemoveAsync(string name, CancellationToken cancellationToken = default)
    {
        if (_key is { } key)
        {
            _written.Remove(name);
            await Page.RemoveAsync(NameOf(name, key));
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        _key = null;
        _written.Clear();
    }

    private string NameOf(string name, byte[] key) => Prefix + Digest.Sha256(Labels.BrowserStore, key, ledger.ToArray(), Encoding.UTF8.GetBytes(name));
}
