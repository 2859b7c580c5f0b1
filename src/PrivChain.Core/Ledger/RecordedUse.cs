using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>A use that stands on the ledger.</summary>
public sealed class RecordedUse
{
    internal RecordedUse(Digest consent, AccountAddress broker, AccountAddress worker, uint count, Digest queries, ulong index)
    {
        Consent = consent;
        Broker = broker;
        Worker = worker;
        Count = count;
        Queries = queries;
        Index = index;
    }

    /// <summary>The consent used.</summary>
    public Digest Consent { get; }

    /// <summary>The broker that recorded it.</summary>
    public AccountAddress Broker { get; }

    /// <summary>The worker to whose session keys were released.</summary>
    public AccountAddress Worker { get; }

    /// <summary>Number of queries.</summary>
    public uint Count { get; }

    /// <summary>Merkle root over the digests of the queries.</summary>
    public Digest Queries { get; }

    /// <summary>Index of the use.</summary>
    public ulong Index { get; }

    /// <summary>Index of the delivery, or null.</summary>
    public ulong? DeliveredAt { get; internal set; }
}
