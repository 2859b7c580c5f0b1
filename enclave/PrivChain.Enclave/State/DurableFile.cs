using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PrivChain.Enclave.State;

/// <summary>
/// Replaces a small file so that a reader after any crash sees the old or the new content, whole. It calls fsync itself: .NET's flush to disk
/// returns normally when fsync fails on Linux, and .NET cannot open a folder.
/// </summary>
internal static partial class DurableFile
{
    private const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY

    /// <summary>Writes, syncs, renames, syncs the folder.</summary>
    /// <exception cref="IOException">Any of these failed: the caller must not act as if the content were stored.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = path + ".new";

        // Dies here or before the rename: the old file stands and the leftover is overwritten by the next write.
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(content);
            Sync(file.SafeFileHandle, temporary);
        }

        // Atomic in the name space. Dies after it and before the folder is synced: old or new, both whole.
        File.Move(temporary, path, overwrite: true);
        SyncFolder(folder);
    }

    private static void Sync(SafeFileHandle handle, string path)
    {
        if (FSync(handle) != 0)
        {
            throw new IOException($"fsync of {path} failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    private static void SyncFolder(string folder)
    {
        var descriptor = OpenFile(folder, ReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw new IOException($"open of {folder} failed with errno {Marshal.GetLastPInvokeError()}");
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Sync(handle, folder);
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFile(string path, int flags);
}
