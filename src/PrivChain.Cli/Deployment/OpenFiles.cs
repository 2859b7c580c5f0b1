using System.Runtime.InteropServices;

namespace PrivChain.Cli.Deployment;

/// <summary>
/// How many files this process may have open. Below what the runtime needs for its own libraries it dies in the middle of a sentence, and not always the same one; so the limit is looked at first, with nothing but the
/// runtime's core library, and the message goes to the system directly.
/// </summary>
internal static class OpenFiles
{
    private const nuint Fewest = 200;
    private const int StandardError = 2;
    private const int LimitOfOpenFilesOnLinux = 7;

    /// <summary>Says what is wrong on standard error and gives true when the limit is too low; the runtime has raised it as far as it may by now.</summary>
    public static bool RefuseTooFew()
    {
        if (!OperatingSystem.IsLinux() || GetLimit(LimitOfOpenFilesOnLinux, out var limit) != 0 || limit.Now >= Fewest)
        {
            return false;
        }

        var message = "Refused: BadSettings - this process may open too few files; allow it 200 or more (ulimit -n)\n"u8.ToArray();
        _ = Write(StandardError, message, (nuint)message.Length);
        return true;
    }

    [DllImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int file, byte[] text, nuint length);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        public readonly nuint Now;
        public readonly nuint AtMost;
    }
}
