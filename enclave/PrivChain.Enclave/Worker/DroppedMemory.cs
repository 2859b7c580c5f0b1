namespace PrivChain.Enclave.Worker;

/// <summary>
/// What wiping cannot reach: JSON values of opened fields, and the copies of keys that the AEAD keeps, are managed objects, dropped but not overwritten. A collection that compacts and gives the
/// memory it freed back to the kernel takes them out of this process; what the collector keeps to go on with is written over.
/// </summary>
internal static class DroppedMemory
{
    // More than the collector keeps of one processor's share when it has given back what it can: it allocates in regions of four mebibytes.
    private const int BytesPerProcessor = 8 << 20;

    // The small ones fill the gaps beside objects that could not be moved, the others what lies behind them.
    private static readonly int[] _sizes = [48, 2048];

    /// <summary>Collects everything that nobody holds, returns its pages, and writes over those that stay. It stops all threads for some milliseconds, so it is for quiet moments.</summary>
    public static void GiveBack()
    {
        // What only a finalizer still knows outlives the first one.
        Collect();
        GC.WaitForPendingFinalizers();
        Collect();
        WriteOver();
    }

    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    // Free memory is cleared only when it is handed out.
    private static void WriteOver()
    {
        foreach (var size in _sizes)
        {
            for (var written = 0L; written < (long)BytesPerProcessor * Environment.ProcessorCount; written += size)
            {
                GC.KeepAlive(new byte[size]);
            }
        }
    }
}
