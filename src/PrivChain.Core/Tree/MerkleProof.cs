using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tree;

/// <summary>
/// Verifiers of RFC 9162 sections 2.1.3.2 and 2.1.4.2, and of subtree proofs (draft-ietf-plants-merkle-tree-certs section 4). A proof
/// has exactly one length for its sizes; a longer or shorter one is refused. Sizes are used whole: nothing is added to them, so
/// none overflows. The tree's hash is the caller's knowledge: nothing in a proof names it.
/// </summary>
public static class MerkleProof
{
    /// <summary>No proof in a tree of fewer than 2^64 leaves needs more hashes.</summary>
    public const int MaxLength = 65;

    /// <summary>True when the leaf hash stands at <paramref name="index"/> in the tree of <paramref name="size"/> leaves with that root.</summary>
    public static bool VerifyInclusion(MerkleHash tree, ulong index, ulong size, Digest leaf, IReadOnlyList<Digest> proof, Digest root)
    {
        // Step 1: compare leaf_index against tree_size.
        if (index >= size)
        {
            return false;
        }

        // Steps 2 and 3.
        var fn = index;
        var sn = size - 1;
        var hash = leaf;

        // Step 4.
        foreach (var p in proof)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                hash = tree.Node(p, hash);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                hash = tree.Node(hash, p);
            }

            fn >>= 1;
            sn >>= 1;
        }

        // Step 5.
        return sn == 0 && hash == root;
    }

    /// <summary>
    /// True when the tree of <paramref name="newSize"/> leaves begins with the tree of <paramref name="oldSize"/>. Equal sizes need equal
    /// roots and no proof. From size 0 there is nothing to prove: it is refused unless both sizes are 0 and both roots are the empty
    /// tree's, and callers that start from nothing say so instead of asking here.
    /// </summary>
    public static bool VerifyConsistency(MerkleHash tree, ulong oldSize, ulong newSize, Digest oldRoot, Digest newRoot, IReadOnlyList<Digest> proof)
    {
        if (oldSize > newSize)
        {
            return false;
        }

        if (oldSize == newSize)
        {
            return proof.Count == 0 && oldRoot == newRoot && (oldSize != 0 || oldRoot == tree.EmptyRoot);
        }

        // A prefix [0, oldSize) is a subtree, and for it both algorithms are the same.
        return oldSize != 0 && VerifySubtreeConsistency(tree, 0, oldSize, newSize, oldRoot, newRoot, proof);
    }

    /// <summary>True when the leaf hash stands at <paramref name="index"/> under the root of the subtree [start, end).</summary>
    public static bool VerifySubtreeInclusion(MerkleHash tree, ulong index, ulong start, ulong end, Digest leaf, IReadOnlyList<Digest> proof, Digest root) =>
        IsSubtree(start, end) && index >= start && index < end && VerifyInclusion(tree, index - start, end - start, leaf, proof, root);

    /// <summary>True when the subtree [start, end) with <paramref name="subtreeRoot"/> is part of the tree of <paramref name="size"/> leaves with <paramref name="root"/>.</summary>
    public static bool VerifySubtreeConsistency(MerkleHash tree, ulong start, ulong end, ulong size, Digest subtreeRoot, Digest root, IReadOnlyList<Digest> proof)
    {
        // An empty subtree is in every tree; its root is fixed and nothing is needed to show it.
        if (start == end)
        {
            return end <= size && proof.Count == 0 && subtreeRoot == tree.EmptyRoot;
        }

        return TryWalk(tree, start, end, size, subtreeRoot, proof, out var fr, out var sr) && fr == subtreeRoot && sr == root;
    }

    /// <summary>
    /// The root that a consistency proof shows the larger tree to have at the old size, where it does end in the larger root. With an old size that
    /// is a power of two a proof carries no such root, and this gives back the one it was asked with.
    /// </summary>
    internal static bool TryShownOldRoot(MerkleHash tree, ulong oldSize, ulong newSize, Digest oldRoot, Digest newRoot, IReadOnlyList<Digest> proof, out Digest shown) =>
        TryWalk(tree, 0, oldSize, newSize, oldRoot, proof, out shown, out var sr) && sr == newRoot;

    // The two hashes that a proof leads to: for the subtree (fr) and for the tree (sr). False when its length is not that of these sizes.
    private static bool TryWalk(MerkleHash tree, ulong start, ulong end, ulong size, Digest subtreeRoot, IReadOnlyList<Digest> proof, out Digest fr, out Digest sr)
    {
        (fr, sr) = (default, default);
        if (end > size || !IsSubtree(start, end))
        {
            return false;
        }

        var fn = start;
        var sn = end - 1;
        var tn = size - 1;

        // Go up to where the subtree is a whole node (or, at the right edge of both trees, its root) of the larger tree.
        while (fn != sn && (sn == tn || (sn & 1) == 1))
        {
            (fn, sn, tn) = (fn >> 1, sn >> 1, tn >> 1);
        }

        var next = 0;
        Digest seed;
        if (fn == sn)
        {
            seed = subtreeRoot;
        }
        else if (proof.Count > 0)
        {
            seed = proof[next++];
        }
        else
        {
            return false;
        }

        (fr, sr) = (seed, seed);
        for (; next < proof.Count; next++)
        {
            var p = proof[next];
            if (tn == 0)
            {
                return false;
            }

            if ((sn & 1) == 1 || sn == tn)
            {
                if (fn < sn)
                {
                    fr = tree.Node(p, fr);
                }

                sr = tree.Node(p, sr);
                while ((sn & 1) == 0 && sn != 0)
                {
                    (fn, sn, tn) = (fn >> 1, sn >> 1, tn >> 1);
                }
            }
            else
            {
                sr = tree.Node(sr, p);
            }

            (fn, sn, tn) = (fn >> 1, sn >> 1, tn >> 1);
        }

        return tn == 0;
    }

    /// <summary>True when start is a multiple of the smallest power of two that holds end - start leaves.</summary>
    private static bool IsSubtree(ulong start, ulong end)
    {
        if (start >= end)
        {
            return false;
        }

        // Above 2^63 leaves the power of two is 2^64: only start 0 is a multiple of it.
        var length = end - start;
        return start == 0 || (length <= 1UL << 63 && start % System.Numerics.BitOperations.RoundUpToPowerOf2(length) == 0);
    }
}
