using PrivChain.Sdk.Files;

namespace PrivChain.Sdk.Trail;

/// <summary>A trail in a folder. Paths come from our own layout, never from the content of a file.</summary>
/// <param name="folder">The folder; created when something is written.</param>
public sealed class FolderTrail(string folder) : ITrailFiles
{
    /// <summary>Largest file that is read, in bytes: a full bundle of the largest entries is below it.</summary>
    public const long MaxFile = 32 * 1024 * 1024;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path)
    {
        var file = new FileInfo(Path.Combine(folder, path));

        // Who made the folder chose what lies in it. A link may lead anywhere; a pipe or a device has length 0, which no file of a trail has, and would be read without end.
        return file.Exists && file.LinkTarget is null && file.Length is > 0 and <= MaxFile ? (ReadOnlyMemory<byte>?)File.ReadAllBytes(file.FullName) : null;
    }

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        var place = folder;
        OwnPath.RefuseLink(place);
        foreach (var part in path.Split('/'))
        {
            Directory.CreateDirectory(place);
            place = Path.Combine(place, part);
            OwnPath.RefuseLink(place);
        }

        File.WriteAllBytes(place, content);
    }
}
