using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Node.Ledger;

/// <summary>
/// What the node needs of a ledger: append, read, checkpoint, proof, follow. There is one engine, the embedded one: one sequencer over SQLite. The setting <c>engine</c> knows no other.
/// </summary>
internal interface ILedgerEngine
{
    Genesis Genesis { get; }

    LedgerDomain Domain { get; }

    /// <summary>True while entries are taken: false once storage has failed or the node stops.</summary>
    bool Accepting { get; }

    /// <summary>The log's own head over everything acknowledged.</summary>
    HeadSignal Signed { get; }

    /// <summary>The newest head that a quorum of witnesses has cosigned.</summary>
    HeadSignal Witnessed { get; }

    /// <summary>Appends one entry; the task completes when it is durable or refused. Never throws for a refusal.</summary>
    Task<Verdict<Appended>> AppendAsync(AuthenticEntry entry);

    /// <summary>Durable entries from an index on, fewer where the ledger ends.</summary>
    IReadOnlyList<byte[]> Read(ulong start, int count);

    /// <summary>Entries by their indices, all of which have to be durable, in no order.</summary>
    IReadOnlyList<StoredEntry> Read(IReadOnlyCollection<ulong> indices);

    /// <summary>What entries are about. It may know of entries that are not durable yet.</summary>
    TrailIndex Trail { get; }

    StoredEntry? Find(Digest document, AccountAddress? signer);

    IReadOnlyList<StoredEntry> List(EntryFilter filter, ulong start, int count);

    IReadOnlyList<Digest> InclusionProof(ulong index, ulong size);

    IReadOnlyList<Digest> ConsistencyProof(ulong oldSize, ulong newSize);

    /// <summary>A tile of hashes, or null where the durable tree does not have it.</summary>
    byte[]? Tile(TilePath path);

    /// <summary>Asks the state that the next entry will meet. The function must be short and must not keep the state.</summary>
    T Query<T>(Func<LedgerState, T> question);

    /// <summary>Stores a note that the caller has verified to be cosigned by a quorum, and shows it.</summary>
    void RecordWitnessed(LedgerHead head);
}
