using System.Runtime.InteropServices.JavaScript;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Sdk.Connection;

namespace PrivChain.App.Browser;

/// <summary>
/// What this browser keeps for one person on one ledger, sealed under a key from the phrase: nobody else reads it, and what was exchanged does not open. Open only while the wallet is; closed, it holds
/// nothing. Names tell nothing to whoever looks into the browser's database. A browser that has no room, or keeps nothing in this window, is no reason to stop: what could not be kept is told once.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="failed">Told when something could not be kept, or read.</param>
internal sealed class SealedStore(Digest ledger, Action failed) : IContentStore, IDisposable
{
    public const string Prefix = "kept:";

    /// <summary>Where the number of things that wait stands in the clear, so that it can be said before they are deleted by whoever has no passphrase.</summary>
    public const string WaitingPrefix = "waiting:";

    /// <summary>A person's acts, among what waits.</summary>
    public const string WaitingActs = WaitingPrefix + "acts:";

    /// <summary>An institution's requests, among what waits.</summary>
    public const string WaitingRequests = WaitingPrefix + "requests:";

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

    public Task<byte[]?> LoadAsync(string name, CancellationToken cancellationToken = default) => _key is { } key ? LoadAsync(NameOf(name, key), key) : Task.FromResult<byte[]?>(null);

    public async Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var digest = Digest.OfSha256(content.Span);
        if (_key is { } key && _written.GetValueOrDefault(name) != digest && await SaveAsync(NameOf(name, key), key, content.ToArray()))
        {
            _written[name] = digest;
        }
    }

    /// <summary>As <see cref="SaveAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>, whether it was written before or not: hashing much takes longer here than writing it.</summary>
    public async Task SaveLargeAsync(string name, byte[] content)
    {
        if (_key is { } key)
        {
            await SaveAsync(NameOf(name, key), key, content);
        }
    }

    /// <summary>Changes what is kept while no other window of this browser does: a list that several may add to.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="counted">Under which prefix it is counted in the clear.</param>
    /// <param name="change">From what is kept to what is to be kept, and how many of it wait; null to leave what is kept as it is.</param>
    /// <returns>False when it could not be kept, or, without having asked for the change, when it could not be read or this is closed.</returns>
    public async Task<bool> ChangeAsync(string name, string counted, Func<byte[]?, (byte[] Content, int Waiting)?> change)
    {
        if (_key is not { } key)
        {
            return false;
        }

        var own = NameOf(name, key);
        if (!await TryAsync(() => Page.LockAsync(own)))
        {
            return false;
        }

        try
        {
            // What could not be read is not written over.
            string? text = null;
            var isRead = _key == key && await TryAsync(async () => text = await Page.OpenSealedAsync(own, key));
            if (_key != key || !isRead)
            {
                // Closed meanwhile: the list belongs to keys that are not here any more.
                return false;
            }

            if (change(text is null ? null : Convert.FromBase64String(text)) is not var (content, waiting))
            {
                return false;
            }

            return await SaveAsync(own, key, content)
                && await TryAsync(() => waiting == 0 ? Page.RemoveAsync(counted + own) : Page.SaveAsync(counted + own, waiting.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
        finally
        {
            Page.Unlock(own);
        }
    }

    public async Task RemoveAsync(string name, CancellationToken cancellationToken = default)
    {
        if (_key is { } key)
        {
            _written.Remove(name);
            await TryAsync(() => Page.RemoveAsync(NameOf(name, key)));
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        _key = null;
        _written.Clear();
    }

    private async Task<byte[]?> LoadAsync(string own, byte[] key)
    {
        string? text = null;
        await TryAsync(async () => text = await Page.OpenSealedAsync(own, key));
        return text is null ? null : Convert.FromBase64String(text);
    }

    private Task<bool> SaveAsync(string own, byte[] key, byte[] content) => TryAsync(() => Page.KeepSealedAsync(own, key, content));

    private async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (JSException)
        {
            failed();
            return false;
        }
    }

    private string NameOf(string name, byte[] key) => Prefix + Digest.Sha256(Labels.BrowserStore, key, ledger.ToArray(), Encoding.UTF8.GetBytes(name));
}
