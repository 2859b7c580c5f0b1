namespace PrivChain.Sdk.Connection;

/// <summary>Keeps what was fetched, under names. It need not be trusted: contents go by their digest or are signed.</summary>
public interface IContentStore
{
    /// <summary>What was kept under a name, or null.</summary>
    Task<byte[]?> LoadAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Keeps it, in place of what was there.</summary>
    Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>Forgets it.</summary>
    Task RemoveAsync(string name, CancellationToken cancellationToken = default);
}
