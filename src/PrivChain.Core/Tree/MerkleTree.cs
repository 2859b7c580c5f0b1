using System.Numerics;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tree;

/// <summary>
/// A whole tree in memory (about 64 bytes per leaf), which makes roots and proofs for its present and every earlier size. Leaves are only
/// ever appended. Not safe for concurrent use: the owner of the ledger's head guards it.
/// </summary>
public sealed class MerkleTree
{
    // 64 KiB per chunk: no array is moved to grow, and none lands on the large object heap.
    private const int ChunkLength = 2048;

    private readonly MerkleHash _hash;

    // _levels[k] holds the roots of the whole subtrees of 2^k leaves, in chunks.
    private readonly List<List<Digest[]>> _levels = [];

    /// <summary>A tree without leaves.</summary>
    public MerkleTree(MerkleHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        _hash = hash;
    }

    /// <summary>How many leaves the tree has.</summary>
    public ulong Size { get; private set; }

    /// <summary>Appends one leaf hash and returns its index.</summary>
    public ulong Append(Digest leafHash)
    {
        var index = Size;
        var hash = leafHash;
        var position = index;
        for (var level = 0; ; level++)
        {
            Store(level, position, hash);
            if ((position & 1) == 0)
            {
                break;
            }

            hash = _hash.Node(Subtree(level, position - 1), hash);
            position >>= 1;
        }

        Size = index + 1;
        return index;
    }

    /// <summary>Appends many leaf hashes, in order; faster than one by one, since the nodes of a level are hashed side by side.</summary>
    public void AppendAll(ReadOnlySpan<Digest> leafHashes)
    {
        var row = leafHashes.ToArray();
        var position = Size;
        for (var level = 0; row.Length > 0; level++)
        {
            for (var i = 0; i < row.Length; i++)
            {
                Store(level, position + (ulong)i, row[i]);
            }

            // A left neighbour that was there before completes the first pair.
            if ((position & 1) != 0)
            {
                row = [Subtree(level, position - 1), .. row];
            }

            var above = new Digest[row.Length / 2];
            _hash.Nodes(row.AsSpan(0, 2 * above.Length), above);
            row = above;
            position >>= 1;
        }

        Size += (ulong)leafHashes.Length;
    }

    /// <summary>The leaf hash at an index.</summary>
    public Digest Leaf(ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        return Subtree(0, index);
    }

    /// <summary>The root over the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree is smaller.</exception>
    public Digest Root(ulong size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        return size == 0 ? _hash.EmptyRoot : Range(0, size);
    }

    /// <summary>The root over all leaves.</summary>
    public Digest Root() => Root(Size);

    /// <summary>The frontier at an earlier or the present size.</summary>
    public MerkleFrontier Frontier(ulong size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        var peaks = new List<Digest>();
        var start = 0UL;
        for (var rest = size; rest != 0;)
        {
            var level = BitOperations.Log2(rest);
            peaks.Add(Subtree(level, start >> level));
            start += 1UL << level;
            rest -= 1UL << level;
        }

        return new MerkleFrontier(_hash, size, peaks);
    }

    /// <summary>PATH(index, D[size]) of RFC 9162 section 2.1.3.1, leaf side first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree is smaller, or the index is not below the size.</exception>
    public IReadOnlyList<Digest> InclusionProof(ulong index, ulong size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<Digest>();
        var (start, end) = (0UL, size);
        while (end - start > 1)
        {
            var middle = Split(start, end);
            if (index < middle)
            {
                proof.Add(Range(middle, end));
                end = middle;
            }
            else
            {
                proof.Add(Range(start, middle));
                start = middle;
            }
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>PROOF(oldSize, D[newSize]) of RFC 9162 section 2.1.4.1. Empty for equal sizes and for an old size of 0, where nothing is to be proved.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree is smaller, or the old size is larger than the new.</exception>
    public IReadOnlyList<Digest> ConsistencyProof(ulong oldSize, ulong newSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newSize, Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        var proof = new List<Digest>();
        if (oldSize == 0 || oldSize == newSize)
        {
            return proof;
        }

        // SUBPROOF(m, D_n, b): b stays true while the old tree is the whole of what is left of it, whose root the verifier has.
        var (start, end, oldRootIsKnown) = (0UL, newSize, true);
        while (oldSize != end)
        {
            var middle = Split(start, end);
            if (oldSize <= middle)
            {
                proof.Add(Range(middle, end));
                end = middle;
            }
            else
            {
                proof.Add(Range(start, middle));
                start = middle;
                oldRootIsKnown = false;
            }
        }

        if (!oldRootIsKnown)
        {
            proof.Add(Range(start, end));
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>The root of the whole subtree of 2^level leaves at a position, as tiles hold it.</summary>
    internal Digest Subtree(int level, ulong position) =>
        _levels[level][checked((int)(position / ChunkLength))][(int)(position % ChunkLength)];

    // MTH(D[start:end]); start is always a multiple of the first subtree's size.
    private Digest Range(ulong start, ulong end)
    {
        var length = end - start;
        if (BitOperations.IsPow2(length))
        {
            var level = BitOperations.Log2(length);
            return Subtree(level, start >> level);
        }

        var middle = Split(start, end);
        return _hash.Node(Range(start, middle), Range(middle, end));
    }

    // The largest power of two smaller than the length, from start.
    private static ulong Split(ulong start, ulong end) => start + (1UL << BitOperations.Log2(end - start - 1));

    private void Store(int level, ulong position, Digest hash)
    {
        if (level == _levels.Count)
        {
            _levels.Add([]);
        }

        var chunks = _levels[level];
        var chunk = checked((int)(position / ChunkLength));
        if (chunk == chunks.Count)
        {
            chunks.Add(new Digest[ChunkLength]);
        }

        chunks[chunk][(int)(position % ChunkLength)] = hash;
    }
}
