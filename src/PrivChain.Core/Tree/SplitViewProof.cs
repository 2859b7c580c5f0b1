using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tree;

/// <summary>
/// Evidence that a log showed two histories: two checkpoints it signed that cannot both be of one append-only tree. Of one size, their roots
/// differ. Of two sizes, <see cref="ActualOldRoot"/> is the root that the larger tree really has at the smaller size, shown by a consistency
/// proof, and the smaller checkpoint has another.
/// </summary>
public sealed class SplitViewProof
{
    private const byte Version = 1;

    /// <param name="smaller">The note of the smaller checkpoint, as received.</param>
    /// <param name="larger">The note of the larger or equally large checkpoint.</param>
    /// <param name="actualOldRoot">For unlike sizes, the larger tree's root at the smaller size; otherwise zero.</param>
    /// <param name="proof">For unlike sizes, the consistency proof from it to the larger root; otherwise empty.</param>
    public SplitViewProof(ReadOnlyMemory<byte> smaller, ReadOnlyMemory<byte> larger, Digest actualOldRoot = default, IReadOnlyList<Digest>? proof = null)
    {
        Smaller = smaller;
        Larger = larger;
        ActualOldRoot = actualOldRoot;
        Proof = proof ?? [];
    }

    /// <summary>The note of the smaller checkpoint.</summary>
    public ReadOnlyMemory<byte> Smaller { get; }

    /// <summary>The note of the larger or equally large checkpoint.</summary>
    public ReadOnlyMemory<byte> Larger { get; }

    /// <summary>For unlike sizes, the larger tree's root at the smaller size; otherwise zero.</summary>
    public Digest ActualOldRoot { get; }

    /// <summary>For unlike sizes, the consistency proof; otherwise empty.</summary>
    public IReadOnlyList<Digest> Proof { get; }

    /// <summary>
    /// True when this log is proved guilty; needs nothing but the arguments. False says that this is no proof, not
    /// that the log is honest.
    /// </summary>
    public bool ProvesGuilt(TrustedLog log)
    {
        var smaller = SignedCheckpoint.Verify(Smaller.Span, log);
        var larger = SignedCheckpoint.Verify(Larger.Span, log);
        if (!smaller.Accepted || !larger.Accepted)
        {
            return false;
        }

        var (first, second) = (smaller.Value.Checkpoint, larger.Value.Checkpoint);
        if (first.Size == second.Size)
        {
            return first.Root != second.Root && Proof.Count == 0 && ActualOldRoot.IsZero;
        }

        // The proof binds ActualOldRoot to the larger root as firmly as the hash: the larger tree can have no other root at that size.
        return first.Size < second.Size
            && first.Root != ActualOldRoot
            && MerkleProof.VerifyConsistency(log.Suite.Tree, first.Size, second.Size, ActualOldRoot, second.Root, Proof);
    }

    /// <summary>The one binary form, for keeping and handing over.</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().Byte(Version).Block(Smaller.Span).Block(Larger.Span).Digest(ActualOldRoot).Byte((byte)Proof.Count);
        foreach (var hash in Proof)
        {
            writer.Digest(hash);
        }

        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="ToArray"/> wrote. Proves nothing yet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SplitViewProof? proof)
    {
        proof = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var smaller = reader.Block(SignedNote.MaxSize);
        var larger = reader.Block(SignedNote.MaxSize);
        var actual = reader.Digest();
        var count = reader.Byte();
        var hashes = new List<Digest>();
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            hashes.Add(reader.Digest());
        }

        if (!reader.Complete || version != Version || count > MerkleProof.MaxLength)
        {
            return false;
        }

        proof = new SplitViewProof(smaller.ToArray(), larger.ToArray(), actual, hashes);
        return true;
    }
}
