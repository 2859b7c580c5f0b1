using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tree;

/// <summary>
/// The right edge of a growing tree: the root of each whole subtree, at most 64 hashes. A follower appends leaf hashes and compares roots
/// in constant memory. Not safe for concurrent use.
/// </summary>
public sealed class MerkleFrontier
{
    private readonly MerkleHash _hash;
    private readonly List<Digest> _peaks;

    /// <summary>The frontier of the empty tree.</summary>
    public MerkleFrontier(MerkleHash hash)
        : this(hash, 0, [])
    {
    }

    internal MerkleFrontier(MerkleHash hash, ulong size, List<Digest> peaks)
    {
        ArgumentNullException.ThrowIfNull(hash);
        _hash = hash;
        Size = size;
        _peaks = peaks;
    }

    /// <summary>How many leaves were appended.</summary>
    public ulong Size { get; private set; }

    /// <summary>The roots of whole subtrees, the largest first: one for each set bit of the size.</summary>
    internal IReadOnlyList<Digest> Peaks => _peaks;

    /// <summary>The root over all leaves appended so far.</summary>
    public Digest Root
    {
        get
        {
            if (_peaks.Count == 0)
            {
                return _hash.EmptyRoot;
            }

            var root = _peaks[^1];
            for (var i = _peaks.Count - 2; i >= 0; i--)
            {
                root = _hash.Node(_peaks[i], root);
            }

            return root;
        }
    }

    /// <summary>Appends one leaf hash.</summary>
    /// <exception cref="InvalidOperationException">The tree has 2^64 - 1 leaves.</exception>
    public void Append(Digest leafHash)
    {
        if (Size == ulong.MaxValue)
        {
            throw new InvalidOperationException("the tree is full");
        }

        // Each trailing one-bit of the size is a whole subtree that the new one completes into the next larger.
        var hash = leafHash;
        for (var carries = BitOperations.TrailingZeroCount(~Size); carries > 0; carries--)
        {
            hash = _hash.Node(_peaks[^1], hash);
            _peaks.RemoveAt(_peaks.Count - 1);
        }

        _peaks.Add(hash);
        Size++;
    }

    /// <summary>Appends many leaf hashes, in order; faster than one by one, since the nodes of a level are hashed side by side.</summary>
    /// <exception cref="InvalidOperationException">The tree would have more than 2^64 - 1 leaves.</exception>
    public void AppendAll(ReadOnlySpan<Digest> leafHashes)
    {
        if ((ulong)leafHashes.Length > ulong.MaxValue - Size)
        {
            throw new InvalidOperationException("the tree is full");
        }

        var lone = new List<Digest>();
        Digest[] row = leafHashes.ToArray();
        for (var position = Size; row.Length > 0; position >>= 1)
        {
            // A whole subtree that waits for its right neighbour is the last peak.
            if ((position & 1) != 0)
            {
                row = [_peaks[^1], .. row];
                _peaks.RemoveAt(_peaks.Count - 1);
            }

            // What has no right neighbour becomes the peak of this level.
            if ((row.Length & 1) != 0)
            {
                lone.Add(row[^1]);
            }

            var above = new Digest[row.Length / 2];
            _hash.Nodes(row.AsSpan(0, 2 * above.Length), above);
            row = above;
        }

        lone.Reverse();
        _peaks.AddRange(lone);
        Size += (ulong)leafHashes.Length;
    }

    /// <summary>An independent copy.</summary>
    public MerkleFrontier Clone() => new(_hash, Size, [.. _peaks]);

    /// <summary>The one binary form: the size in eight bytes, then the subtree roots, largest subtree first.</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().UInt64(Size);
        foreach (var peak in _peaks)
        {
            writer.Digest(peak);
        }

        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="ToArray"/> wrote of a tree with this hash. The size fixes the length; any other is refused.</summary>
    public static bool TryParse(MerkleHash hash, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MerkleFrontier? frontier)
    {
        frontier = null;
        var reader = new RecordReader(bytes);
        var size = reader.UInt64();
        var count = BitOperations.PopCount(size);
        if (reader.Remaining != count * Digest.Size)
        {
            return false;
        }

        var peaks = new List<Digest>(count);
        for (var i = 0; i < count; i++)
        {
            peaks.Add(reader.Digest());
        }

        if (!reader.Complete)
        {
            return false;
        }

        frontier = new MerkleFrontier(hash, size, peaks);
        return true;
    }
}
