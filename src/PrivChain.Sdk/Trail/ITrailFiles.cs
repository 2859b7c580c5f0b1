namespace PrivChain.Sdk.Trail;

/// <summary>The files of an exported trail, by their path in it (<c>tile/0/000</c>). Two implementations: a folder, and memory (a page in the browser, tests).</summary>
public interface ITrailFiles
{
    /// <summary>The content, or null when there is no such file.</summary>
    ReadOnlyMemory<byte>? Read(string path);

    /// <summary>Writes a file; an existing one is replaced.</summary>
    void Write(string path, ReadOnlySpan<byte> content);
}
