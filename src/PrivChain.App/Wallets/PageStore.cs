using PrivChain.Sdk.Connection;

namespace PrivChain.App.Wallets;

/// <summary>Keeps what was fetched for as long as the page stands: profiles and contracts go by their digests, and are read at every look.</summary>
internal sealed class PageStore : IContentStore
{
    private readonly Dictionary<string, byte[]> _kept = new(StringComparer.Ordinal);

    public Task<byte[]?> LoadAsync(string name, CancellationToken cancellationToken = default) => Task.FromResult(_kept.GetValueOrDefault(name));

    public Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        _kept[name] = content.ToArray();
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken = default)
    {
        _kept.Remove(name);
        return Task.CompletedTask;
    }
}
