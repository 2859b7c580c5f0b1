using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Files;

/// <summary>Places that we write. A link in such a place leads where somebody else chose, so it is refused by name and never followed. Links further up the path are the machine's own arrangement.</summary>
internal static class OwnPath
{
    /// <exception cref="RefusalException"><see cref="RefusalReason.Conflict"/>: the name itself is a link, to something or to nothing.</exception>
    public static void RefuseLink(string path)
    {
        if (new FileInfo(Path.TrimEndingDirectorySeparator(path)).LinkTarget is not null)
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, $"{path} is a link, and nothing is written through a link; name what it leads to"));
        }
    }

    /// <summary>Writes a file that anybody may read, whole or not at all.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        RefuseLink(path);
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var file = new FileStream(fresh, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
