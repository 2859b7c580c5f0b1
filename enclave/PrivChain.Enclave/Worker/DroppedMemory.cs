namespace PrivChain.Enclave.Worker;

/// <summary>
/// What wiping cannot reach: JSON values of opened fields, and the copies of keys that the AEAD keeps, are managed objects, dropped but not overwritten. A collection that compacts and gives the
/// memory it freed back to the kernel takes them out of this process; what the collector keeps to go on with is written over.
/// </summary>
internal static class DroppedMemory
{
    // What an array of bytes takes besides them.
    private const int Header = 24;

    // The smallest objects there are fill gaps beside others that could not be moved, the largest what lies behind them.
    private static readonly int[] _sizes = [0, 24, 2048];

    /// <summary>
    /// Collects everything that nobody holds, returns its pages, and writes over those that stay. It stops all threads for some milliseconds and writes a few times what the collector still holds, so it is for quiet
    /// moments.
    /// </summary>
    public static void GiveBack()
    {
        // What only a finalizer still knows outlives the first one.
        Collect();
        GC.WaitForPendingFinalizers();
        Collect();
        WriteOver(2 * GC.GetGCMemoryInfo(GCKind.FullBlocking).TotalCommittedBytes);
    }

    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    // Free memory is cleared only when it is handed out. What this leaves is garbage, and nobody's.
    private static void WriteOver(long bytes)
    {
        foreach (var size in _sizes)
        {
            for (var written = 0L; written < bytes; written += size + Header)
            {
                GC.KeepAlive(new byte[size]);
            }
        }
    }
}
