using System.Runtime.InteropServices;
using PrivChain.Core.Refusals;

namespace PrivChain.Node.Storage;

/// <summary>
/// Makes the names of files durable. SQLite forces what is in its files, but does not report when the folder that names them cannot be forced; .NET cannot open a folder, and swallows
/// errors of fsync. So the node asks the system itself, once its databases and their logs exist.
/// </summary>
internal static partial class DurableFolder
{
    private const int ReadOnlyDirectory = 0x10000;

    /// <summary>Forces the folder's entries to disk.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.StorageFailed"/>: what was acknowledged could be lost with a file's name.</exception>
    public static void Sync(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw Failed(folder);
        }

        try
        {
            if (FSync(descriptor) != 0)
            {
                throw Failed(folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static RefusalException Failed(string folder) =>
        new(new Refusal(RefusalReason.StorageFailed, $"{folder}: its entries cannot be forced to disk (errno {Marshal.GetLastPInvokeError()})"));

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
