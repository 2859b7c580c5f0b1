using System.Runtime.InteropServices;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tree;

/// <summary>A log as a folder of tiles and entry bundles (c2sp.org/tlog-tiles): what belongs there, its bytes, and the check of a whole folder.</summary>
public static class TileTree
{
    /// <summary>Every tile and bundle of a tree of this size, bundles first, then level by level from the leaves; none is empty.</summary>
    public static IEnumerable<TilePath> Paths(ulong size)
    {
        foreach (var (index, width) in Row(size))
        {
            yield return TilePath.Entries(index, width);
        }

        var count = size;
        for (var level = 0; count > 0; level++)
        {
            foreach (var (index, width) in Row(count))
            {
                yield return TilePath.Hashes(level, index, width);
            }

            // Only full tiles are hashed into the level above.
            count /= TilePath.FullWidth;
        }
    }

    /// <summary>The bytes of a tile of hashes.</summary>
    /// <exception cref="ArgumentException">An entry bundle, or a tile that the tree does not have.</exception>
    public static byte[] ReadTile(MerkleTree tree, TilePath path)
    {
        var shift = TilePath.Height * path.Level;
        var available = shift < 64 ? tree.Size >> shift : 0;
        if (path.IsEntries || path.Index > available / TilePath.FullWidth || (path.Index * TilePath.FullWidth) + (ulong)path.Width > available)
        {
            throw new ArgumentException($"a tree of {tree.Size} leaves has no tile {path}", nameof(path));
        }

        var bytes = new byte[path.Width * Digest.Size];
        for (var i = 0; i < path.Width; i++)
        {
            tree.Subtree(shift, (path.Index * TilePath.FullWidth) + (ulong)i).CopyTo(bytes.AsSpan(i * Digest.Size, Digest.Size));
        }

        return bytes;
    }

    /// <summary>Every file of the folder for the tree's first <paramref name="size"/> entries, one at a time.</summary>
    /// <param name="tree">The tree, at least that large.</param>
    /// <param name="size">A size for which there is a checkpoint.</param>
    /// <param name="entry">The bytes of the entry at an index.</param>
    public static IEnumerable<(string Path, byte[] Content)> Export(MerkleTree tree, ulong size, Func<ulong, ReadOnlyMemory<byte>> entry)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, tree.Size);
        foreach (var path in Paths(size))
        {
            if (!path.IsEntries)
            {
                yield return (path.ToString(), ReadTile(tree, path));
                continue;
            }

            var first = path.Index * TilePath.FullWidth;
            var entries = Enumerable.Range(0, path.Width).Select(i => entry(first + (ulong)i)).ToList();
            yield return (path.ToString(), EntryBundle.Encode(entries));
        }
    }

    /// <summary>
    /// Checks a whole folder against a verified checkpoint: every entry hashes into the root, and every tile holds the hashes of the entries
    /// below it. One pass, in memory that does not grow with the log. A partial file that is gone may be replaced by the full one at its place.
    /// </summary>
    /// <param name="hash">The tree's.</param>
    /// <param name="checkpoint">From a note that the caller verified.</param>
    /// <param name="read">The bytes at a path such as <c>tile/0/x001/067</c>, or null when there are none.</param>
    /// <param name="visit">
    /// Called with index and bytes of each entry, in order. The entries are believed only once this method has accepted: what is gathered here is
    /// thrown away otherwise.
    /// </param>
    public static Verdict<MerkleFrontier> Verify(MerkleHash hash, Checkpoint checkpoint, Func<string, ReadOnlyMemory<byte>?> read, Action<ulong, ReadOnlyMemory<byte>>? visit = null)
    {
        var open = new List<OpenTile>();
        foreach (var (index, width) in Row(checkpoint.Size))
        {
            var path = TilePath.Entries(index, width);
            if (ReadEntries(path, read, out var refusal) is not { } entries)
            {
                return refusal!;
            }

            for (var i = 0; i < entries.Count; i++)
            {
                visit?.Invoke((index * TilePath.FullWidth) + (ulong)i, entries[i]);
            }

            foreach (var leaf in hash.Leaves(entries))
            {
                if (Add(hash, open, leaf, read) is { } wrong)
                {
                    return wrong;
                }
            }
        }

        for (var level = 0; level < open.Count; level++)
        {
            if (open[level].Hashes.Count > 0 && Compare(TilePath.Hashes(level, open[level].Index, open[level].Hashes.Count), open[level].Hashes, read) is { } wrong)
            {
                return wrong;
            }
        }

        // What is left open at each level, the highest first, holds all whole subtrees that have no right neighbour.
        open.Reverse();
        var frontier = new MerkleFrontier(hash, checkpoint.Size, [.. open.SelectMany(tile => Over(hash, tile.Hashes).Peaks)]);
        return frontier.Root == checkpoint.Root
            ? frontier
            : Verdict<MerkleFrontier>.Refuse(RefusalReason.BadProof, "the entries do not have the checkpoint's root");
    }

    private static IEnumerable<(ulong Index, int Width)> Row(ulong count)
    {
        var full = count / TilePath.FullWidth;
        for (var index = 0UL; index < full; index++)
        {
            yield return (index, TilePath.FullWidth);
        }

        var rest = (int)(count % TilePath.FullWidth);
        if (rest > 0)
        {
            yield return (full, rest);
        }
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>>? ReadEntries(TilePath path, Func<string, ReadOnlyMemory<byte>?> read, out Refusal? refusal)
    {
        var found = path;
        var bytes = read(path.ToString());
        if (bytes is null && path.Width < TilePath.FullWidth)
        {
            found = path.Full;
            bytes = read(found.ToString());
        }

        refusal = null;
        if (bytes is null)
        {
            refusal = new Refusal(RefusalReason.Incomplete, $"{path} is missing");
        }
        else if (EntryBundle.TryParse(bytes.Value.Span, found.Width, out var entries))
        {
            return [.. entries.Take(path.Width)];
        }
        else
        {
            refusal = new Refusal(RefusalReason.Malformed, $"{found} is not {found.Width} entries");
        }

        return null;
    }

    // Adds one hash at the bottom; a tile that is full is compared with its file and its root goes up a level.
    private static Refusal? Add(MerkleHash tree, List<OpenTile> open, Digest hash, Func<string, ReadOnlyMemory<byte>?> read)
    {
        for (var level = 0; ; level++)
        {
            if (level == open.Count)
            {
                open.Add(new OpenTile());
            }

            var tile = open[level];
            tile.Hashes.Add(hash);
            if (tile.Hashes.Count < TilePath.FullWidth)
            {
                return null;
            }

            if (Compare(TilePath.Hashes(level, tile.Index, TilePath.FullWidth), tile.Hashes, read) is { } wrong)
            {
                return wrong;
            }

            hash = Over(tree, tile.Hashes).Root;
            tile.Hashes.Clear();
            tile.Index++;
        }
    }

    private static MerkleFrontier Over(MerkleHash tree, List<Digest> hashes)
    {
        var frontier = new MerkleFrontier(tree);
        frontier.AppendAll(CollectionsMarshal.AsSpan(hashes));
        return frontier;
    }

    private static Refusal? Compare(TilePath path, List<Digest> hashes, Func<string, ReadOnlyMemory<byte>?> read)
    {
        var found = path;
        var bytes = read(path.ToString());
        if (bytes is null && path.Width < TilePath.FullWidth)
        {
            found = path.Full;
            bytes = read(found.ToString());
        }

        if (bytes is not { } content)
        {
            return new Refusal(RefusalReason.Incomplete, $"{path} is missing");
        }

        if (content.Length != found.Width * Digest.Size)
        {
            return new Refusal(RefusalReason.Malformed, $"{found} is not {found.Width} hashes");
        }

        for (var i = 0; i < hashes.Count; i++)
        {
            if (new Digest(content.Span.Slice(i * Digest.Size, Digest.Size)) != hashes[i])
            {
                return new Refusal(RefusalReason.DigestMismatch, $"hash {i} of {found} is not that of the entries");
            }
        }

        return null;
    }

    private sealed class OpenTile
    {
        public List<Digest> Hashes { get; } = new(TilePath.FullWidth);

        public ulong Index { get; set; }
    }
}
