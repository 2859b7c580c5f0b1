using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Trail;

/// <summary>What came out of verifying a trail.</summary>
public sealed record TrailReport
{
    /// <summary>True when every entry, rule, hash and signature holds.</summary>
    public bool Valid => Refusal is null;

    /// <summary>Why not, or null.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Index of the first entry that is wrong, where it is an entry.</summary>
    public ulong? FirstWrongEntry { get; init; }

    /// <summary>The ledger; zero when not even the genesis could be read.</summary>
    public Digest LedgerId { get; init; }

    /// <summary>True when the caller said which ledger it must be.</summary>
    public bool Pinned { get; init; }

    /// <summary>Number of entries verified.</summary>
    public ulong Size { get; init; }

    /// <summary>Root of the tree at that size.</summary>
    public Digest Root { get; init; }

    /// <summary>Names of the witnesses that cosigned the checkpoint.</summary>
    public IReadOnlyList<string> Witnesses { get; init; } = [];

    /// <summary>Unix seconds at which a quorum of witnesses had seen this checkpoint.</summary>
    public ulong WitnessedAt { get; init; }

    /// <summary>Unix ms of the last entry.</summary>
    public ulong LastEntryAt { get; init; }

    /// <summary>Entries by kind.</summary>
    public IReadOnlyDictionary<EntryKind, ulong> Kinds { get; init; } = new Dictionary<EntryKind, ulong>();

    /// <summary>Queries recorded, by institution.</summary>
    public IReadOnlyDictionary<AccountAddress, ulong> QueriesByInstitution { get; init; } = new Dictionary<AccountAddress, ulong>();

    /// <summary>Uses that no delivery followed.</summary>
    public ulong UndeliveredUses { get; init; }

    /// <summary>The state that the entries lead to; null when something is wrong.</summary>
    public LedgerState? State { get; init; }
}
