namespace PrivChain.Sdk.Trail;

/// <summary>A trail in memory.</summary>
public sealed class MemoryTrail : ITrailFiles
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Paths of all files.</summary>
    public IEnumerable<string> Paths => _files.Keys;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path) => _files.TryGetValue(path, out var content) ? (ReadOnlyMemory<byte>?)content : null;

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> content) => _files[path] = content.ToArray();

    /// <summary>Takes a file away.</summary>
    public void Remove(string path) => _files.Remove(path);
}
