namespace PrivChain.Enclave.Worker;

/// <summary>
/// What wiping cannot reach: JSON values of opened fields, and the copies of keys that the AEAD keeps, are managed objects, dropped but not overwritten. A collection that compacts and gives the
/// memory it freed back to the kernel takes them out of this process.
/// </summary>
internal static class DroppedMemory
{
    /// <summary>Collects everything that nobody holds and returns its pages. It stops all threads for some milliseconds, so it is for quiet moments.</summary>
    public static void GiveBack()
    {
        // What only a finalizer still knows outlives the first one.
        Collect();
        GC.WaitForPendingFinalizers();
        Collect();
    }

    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
