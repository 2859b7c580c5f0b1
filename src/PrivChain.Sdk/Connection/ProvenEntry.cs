using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Connection;

/// <summary>An entry whose signature and whose place under a witnessed checkpoint were checked. Only <see cref="Verify"/> makes one.</summary>
public sealed class ProvenEntry
{
    private ProvenEntry(ulong index, AuthenticEntry authentic, ReadOnlyMemory<byte> bytes, IReadOnlyList<Digest> proof, WitnessedCheckpoint checkpoint)
    {
        Index = index;
        Authentic = authentic;
        Bytes = bytes;
        Proof = proof;
        Checkpoint = checkpoint;
    }

    /// <summary>Where it stands.</summary>
    public ulong Index { get; }

    /// <summary>The entry, authenticated.</summary>
    public AuthenticEntry Authentic { get; }

    /// <summary>The entry.</summary>
    public Entry Entry => Authentic.Entry;

    /// <summary>Digest of its document.</summary>
    public Digest Digest => Authentic.Digest;

    /// <summary>The bytes as received: the leaf.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Inclusion proof (RFC 9162).</summary>
    public IReadOnlyList<Digest> Proof { get; }

    /// <summary>The checkpoint under which it was proved.</summary>
    public WitnessedCheckpoint Checkpoint { get; }

    /// <summary>Checks form, signature and inclusion: <see cref="RefusalReason.Malformed"/>, <see cref="RefusalReason.BadSignature"/> or <see cref="RefusalReason.BadProof"/>.</summary>
    public static Verdict<ProvenEntry> Verify(
        ulong index, ReadOnlyMemory<byte> entryBytes, IReadOnlyList<Digest> proof, WitnessedCheckpoint checkpoint, LedgerDomain domain)
    {
        if (!Entry.TryParse(entryBytes.Span, out var entry))
        {
            return Verdict<ProvenEntry>.Refuse(RefusalReason.Malformed, $"entry {index} is malformed");
        }

        var authentic = AuthenticEntry.Authenticate(entry, domain);
        if (!authentic.Accepted)
        {
            return authentic.Refusal;
        }

        return MerkleProof.VerifyInclusion(domain.Suite.Tree, index, checkpoint.Checkpoint.Size, domain.Suite.Tree.Leaf(entryBytes.Span), proof, checkpoint.Checkpoint.Root)
            ? new ProvenEntry(index, authentic.Value, entryBytes, proof, checkpoint)
            : Verdict<ProvenEntry>.Refuse(RefusalReason.BadProof, $"entry {index} is not proved under the checkpoint of {checkpoint.Checkpoint.Size} entries");
    }
}
