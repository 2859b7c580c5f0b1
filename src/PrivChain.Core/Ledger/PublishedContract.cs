using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>What the ledger enforces of a published contract; the text lies in the documents under <see cref="Digest"/>.</summary>
public sealed class PublishedContract
{
    internal PublishedContract(Entry entry, ulong index)
    {
        Digest = entry.Reference;
        Controller = entry.Signer;
        MaxSeconds = entry.NotAfter;
        MaxUses = entry.Count;
        Price = entry.Price;
        Index = index;
    }

    /// <summary>SHA-256 of the contract's canonical text.</summary>
    public Digest Digest { get; }

    /// <summary>The institution that published it.</summary>
    public AccountAddress Controller { get; }

    /// <summary>Longest validity of a consent, in seconds.</summary>
    public ulong MaxSeconds { get; }

    /// <summary>Most uses of one consent.</summary>
    public uint MaxUses { get; }

    /// <summary>Points for one use.</summary>
    public uint Price { get; }

    /// <summary>Index of the publication.</summary>
    public ulong Index { get; }

    internal HashSet<AccountAddress> Approvals { get; } = [];

    /// <summary>Regulators whose approval stands; it counts while they are enrolled.</summary>
    public IReadOnlyCollection<AccountAddress> ApprovedBy => Approvals;
}
