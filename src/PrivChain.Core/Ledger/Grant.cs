using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>A consent as the ledger enforces it.</summary>
public sealed class Grant
{
    internal Grant(Entry entry, ulong index)
    {
        Granter = entry.Signer;
        Controller = entry.Party;
        Contract = entry.Reference;
        Details = entry.Details;
        NotBefore = entry.NotBefore;
        NotAfter = entry.NotAfter;
        Uses = entry.Count;
        UsesLeft = entry.Count;
        Price = entry.Price;
        Index = index;
    }

    /// <summary>The citizen's account for this institution.</summary>
    public AccountAddress Granter { get; }

    /// <summary>The institution.</summary>
    public AccountAddress Controller { get; }

    /// <summary>The contract consented to.</summary>
    public Digest Contract { get; }

    /// <summary>Struct hash of the details that only the parties read.</summary>
    public Digest Details { get; }

    /// <summary>Unix seconds from which uses are allowed.</summary>
    public ulong NotBefore { get; }

    /// <summary>Unix seconds until which uses are allowed, inclusive.</summary>
    public ulong NotAfter { get; }

    /// <summary>Uses granted.</summary>
    public uint Uses { get; }

    /// <summary>Uses not spent yet.</summary>
    public uint UsesLeft { get; internal set; }

    /// <summary>Points for one use.</summary>
    public uint Price { get; }

    /// <summary>Index of the consent.</summary>
    public ulong Index { get; }

    /// <summary>Index of the revocation, or null.</summary>
    public ulong? RevokedAt { get; internal set; }
}
