using PrivChain.Core.Refusals;

namespace PrivChain.Node.Storage;

/// <summary>Holds the data folder for one process: two sequencers on one file would fork the ledger.</summary>
internal sealed class SingleNode : IDisposable
{
    private readonly FileStream _lock;

    private SingleNode(FileStream held) => _lock = held;

    public static SingleNode Take(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "node.lock");
        try
        {
            // Exclusive by flock: it goes with the process, however that ends.
            return new SingleNode(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, $"{path} is held by another node"));
        }
    }

    public void Dispose() => _lock.Dispose();
}
