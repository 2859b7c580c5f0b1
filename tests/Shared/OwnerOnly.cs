namespace PrivChain.Tests.Shared;

/// <summary>Files with a secret, as their owner keeps them.</summary>
internal static class OwnerOnly
{
    /// <summary>Writes a file that nobody else may read.</summary>
    public static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        Open(path, UnixFileMode.None);
    }

    /// <summary>Gives others what <paramref name="mode"/> says, beside the owner.</summary>
    public static void Open(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
        }
    }
}
