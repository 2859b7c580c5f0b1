using PrivChain.Core.Bytes;
using PrivChain.Signatures;

namespace PrivChain.Core.Tree;

/// <summary>
/// The hashes of RFC 9162 section 2.1.1: 0x00 before a leaf and 0x01 before a node, so that a node never passes for a leaf. The hash is SHA-256, as the RFC and C2SP have it, or SM3 in its place.
/// </summary>
public sealed class MerkleHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    // Entries are at most a few hundred bytes; only larger ones need a heap buffer.
    private const int StackLimit = 1024;

    // As many as a tile has: enough to fill all lanes, few enough for the stack.
    private const int SideBySide = 256;

    private readonly HashFunction _function;
    private readonly Hashing _hash;

    private MerkleHash(HashFunction function, Hashing hash)
    {
        _function = function;
        _hash = hash;
        EmptyRoot = hash([]);
    }

    private delegate Digest Hashing(ReadOnlySpan<byte> content);

    /// <summary>RFC 9162's own.</summary>
    public static MerkleHash Sha256 { get; } = new(HashFunction.Sha256, Digest.OfSha256);

    /// <summary>The national suite's.</summary>
    public static MerkleHash Sm3 { get; } = new(HashFunction.Sm3, Bytes.Sm3.Hash);

    /// <summary>The root of a tree without leaves: the hash of nothing.</summary>
    public Digest EmptyRoot { get; }

    /// <summary>The hash of one entry.</summary>
    public Digest Leaf(ReadOnlySpan<byte> entry)
    {
        var buffer = entry.Length < StackLimit ? stackalloc byte[entry.Length + 1] : new byte[entry.Length + 1];
        buffer[0] = LeafPrefix;
        entry.CopyTo(buffer[1..]);
        return _hash(buffer);
    }

    /// <summary>The hash of a node over its two children.</summary>
    public Digest Node(Digest left, Digest right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Digest.Size)];
        buffer[0] = NodePrefix;
        left.CopyTo(buffer.Slice(1, Digest.Size));
        right.CopyTo(buffer[(1 + Digest.Size)..]);
        return _hash(buffer);
    }

    /// <summary>As <see cref="Leaf"/> for many entries, in the same order; faster, since neighbours of one length are hashed side by side.</summary>
    public Digest[] Leaves(IReadOnlyList<ReadOnlyMemory<byte>> entries)
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
    public void Nodes(ReadOnlySpan<Digest> children, Span<Digest> nodes)
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

    private void Hash(byte prefix, ReadOnlySpan<byte> messages, int size, Span<Digest> hashes)
    {
        Span<byte> bytes = stackalloc byte[SideBySide * Digest.Size];
        bytes = bytes[..(hashes.Length * Digest.Size)];
        BatchHash.Compute(_function, prefix, messages, size, bytes);
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = new Digest(bytes.Slice(i * Digest.Size, Digest.Size));
        }
    }
}
