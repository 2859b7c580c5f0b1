using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Connection;

/// <summary>Remembers the last verified checkpoint of each ledger, so that a node cannot show an older or another history later, in this process or the next.</summary>
public interface IHeadStore
{
    /// <summary>The note last saved for a ledger, or null when there is none. The caller verifies it again: storage is not trusted with signatures.</summary>
    Task<byte[]?> LoadAsync(Digest ledgerId, CancellationToken cancellationToken = default);

    /// <summary>Replaces the note, durably where the store is durable. The caller saves larger checkpoints only.</summary>
    Task SaveAsync(Digest ledgerId, ReadOnlyMemory<byte> note, CancellationToken cancellationToken = default);

    /// <summary>Keeps two notes that disagree; never deletes or replaces one kept before.</summary>
    Task KeepProofAsync(Digest ledgerId, SplitViewProof proof, CancellationToken cancellationToken = default);
}
