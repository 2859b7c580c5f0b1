namespace PrivChain.Cli.Deployment;

/// <summary>Files and folders that only their owner may read: keys, and what leads to them.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder, readable by its owner only.</summary>
    public static void MakeFolder(string folder)
    {
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

    /// <summary>Writes a file whole or not at all, in the place of an older one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        Write(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        // Written through, since .NET swallows what fsync says on Linux, and does not swallow what write says.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
