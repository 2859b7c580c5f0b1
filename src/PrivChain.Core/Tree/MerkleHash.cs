using System.Security.Cryptography;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tree;

/// <summary>The hashes of RFC 9162 section 2.1.1: SHA-256 with 0x00 before a leaf and 0x01 before a node, so that a node never passes for a leaf.</summary>
public static class MerkleHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    // Entries are at most a few hundred bytes; only larger ones need a heap buffer.
    private const int StackLimit = 1024;

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
}
