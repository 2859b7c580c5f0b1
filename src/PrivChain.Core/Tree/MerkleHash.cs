using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Signatures;

namespace PrivChain.Core.Tree;

/// <summary>The hashes of RFC 9162 section 2.1.1: SHA-256 with 0x00 before a leaf and 0x01 before a node, so that a node never passes for a leaf.</summary>
public static class MerkleHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    // Entries are at most a few hundred bytes; only larger ones need a heap buffer.
    private const int StackLimit = 1024;

    // As many as a tile has: enough to fill all lanes, few enough for the stack.
    private const int SideBySide = 256;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static Digest EmptyRoot { get; } = Digest.OfSha256([]);

    /// <summary>The hash of one entry.</summary>
    public static Digest Leaf(ReadOnlySpan<byte> entry)
    {
        var buffer = entry.Length < StackLimit ? stackalloc byte[entry.Length + 1] : new byte[entry.Length + 1];
        buffer[0] = LeafPrefix;
        entry.CopyTo(buffer[1..]);
        return Digest.OfSha256(buffer);
    }

    /// <summary>The hash of a node over its two children.</summary>
    public static Digest Node(Digest left, Digest right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Digest.Size)];
        buffer[0] = NodePrefix;
        left.CopyTo(buffer.Slice(1, Digest.Size));
        right.CopyTo(buffer[(1 + Digest.Size)..]);
        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(buffer, hash);
        return new Digest(hash);
    }

    /// <summary>As <see cref="Leaf"/> for many entries, in the same order; faster, since neighbours of one length are hashed side by side.</summary>
    public static Digest[] Leaves(IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var leaves = new Digest[entries.Count];
        for (int start = 0, end; start < leaves.Length; start = end)
        {
            var size = entries[start].Length;
            for (end = start + 1; end < leaves.Length && entries[end].Length == size && end - start < SideBySide;)
            {
                end++;
            }

            if (size > BatchHash.MaxMessageSize || end - start == 1)
            {
                leaves[start] = Leaf(entries[start].Span);
                end = start + 1;
                continue;
            }

            var messages = new byte[(end - start) * size];
            for (var i = start; i < end; i++)
            {
                entries[i].Span.CopyTo(messages.AsSpan((i - start) * size));
            }

            Hash(LeafPrefix, messages, size, leaves.AsSpan(start, end - start));
        }

        return leaves;
    }

    /// <summary>As <see cref="Node"/> for many: one node for each two children, in the same order.</summary>
    /// <exception cref="ArgumentException">Not twice as many children as nodes.</exception>
    public static void Nodes(ReadOnlySpan<Digest> children, Span<Digest> nodes)
    {
        if (children.Length != 2L * nodes.Length)
        {
            throw new ArgumentException($"{children.Length} children and {nodes.Length} nodes", nameof(nodes));
        }

        if (nodes.Length == 1)
        {
            nodes[0] = Node(children[0], children[1]);
            return;
        }

        var messages = new byte[Math.Min(nodes.Length, SideBySide) * 2 * Digest.Size];
        for (var start = 0; start < nodes.Length; start += SideBySide)
        {
            var count = Math.Min(SideBySide, nodes.Length - start);
            for (var i = 0; i < 2 * count; i++)
            {
                children[(2 * start) + i].CopyTo(messages.AsSpan(i * Digest.Size));
            }

            Hash(NodePrefix, messages.AsSpan(0, count * 2 * Digest.Size), 2 * Digest.Size, nodes.Slice(start, count));
        }
    }

    private static void Hash(byte prefix, ReadOnlySpan<byte> messages, int size, Span<Digest> hashes)
    {
        Span<byte> bytes = stackalloc byte[SideBySide * Digest.Size];
        bytes = bytes[..(hashes.Length * Digest.Size)];
        BatchHash.Compute(HashFunction.Sha256, prefix, messages, size, bytes);
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = new Digest(bytes.Slice(i * Digest.Size, Digest.Size));
        }
    }
}
