using System.Collections.Concurrent;
using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Connection;

/// <summary>Heads for the life of one process.</summary>
public sealed class InMemoryHeadStore : IHeadStore
{
    private readonly ConcurrentDictionary<Digest, byte[]> _heads = new();
    private readonly ConcurrentQueue<(Digest LedgerId, SplitViewProof Proof)> _proofs = new();

    /// <summary>Proofs kept, oldest first.</summary>
    public IReadOnlyCollection<(Digest LedgerId, SplitViewProof Proof)> Proofs => _proofs;

    /// <inheritdoc/>
    public Task<byte[]?> LoadAsync(Digest ledgerId, CancellationToken cancellationToken = default) =>
        Task.FromResult(_heads.GetValueOrDefault(ledgerId));

    /// <inheritdoc/>
    public Task SaveAsync(Digest ledgerId, ReadOnlyMemory<byte> note, CancellationToken cancellationToken = default)
    {
        _heads[ledgerId] = note.ToArray();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task KeepProofAsync(Digest ledgerId, SplitViewProof proof, CancellationToken cancellationToken = default)
    {
        _proofs.Enqueue((ledgerId, proof));
        return Task.CompletedTask;
    }
}
