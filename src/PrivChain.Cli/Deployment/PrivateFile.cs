using PrivChain.Core.Refusals;
using PrivChain.Sdk.Files;

namespace PrivChain.Cli.Deployment;

/// <summary>Files and folders that only their owner may read: keys, and what leads to them. A link in the place of one is refused: whoever put it there would choose where the secret goes.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder, readable by its owner only.</summary>
    public static void MakeFolder(string folder)
    {
        OwnPath.RefuseLink(folder);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Writes a file whole or not at all: the name appears after the content is on disk, and an existing file is never replaced.</summary>
    public static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        OwnPath.RefuseLink(path);
        var fresh = path + ".new";
        Write(fresh, content);
        try
        {
            File.Move(fresh, path, overwrite: false);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
    }

    /// <summary>Refuses a name that is taken, before what would be written there is spent or asked for.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.Conflict"/>.</exception>
    public static void RefuseExisting(string? path)
    {
        if (path is not null && Path.Exists(path))
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, $"{path} exists; name another file"));
        }
    }

    /// <summary>Writes a file whole or not at all, in the place of an older one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        OwnPath.RefuseLink(path);
        Write(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        // What a write that died left here, or somebody put here, is neither continued nor followed: the name goes, and the file is made anew, with its own mode.
        File.Delete(path);

        // Written through, since .NET swallows what fsync says on Linux, and does not swallow what write says.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
