using PrivChain.Core.Refusals;

namespace PrivChain.Node.Storage;

/// <summary>Holds the data folder for one process: two sequencers on one file would fork the ledger.</summary>
internal sealed class SingleNode : IDisposable
{
    // What an IOException carries when somebody else holds the file: errno EWOULDBLOCK of flock(2), or Windows' own code. Any other failure is the disk's.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;

    private SingleNode(FileStream held) => _lock = held;

    public static SingleNode Take(string folder)
    {
        // A link would let whoever can turn it move the ledger under a node that thinks it holds it.
        if (new DirectoryInfo(Path.TrimEndingDirectorySeparator(folder)).LinkTarget is not null)
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, $"{folder} is a link; name the folder that it leads to"));
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "node.lock");
        try
        {
            // Exclusive by flock: it goes with the process, however that ends.
            return new SingleNode(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, $"{path} is held by another node"));
        }
    }

    public void Dispose() => _lock.Dispose();
}
