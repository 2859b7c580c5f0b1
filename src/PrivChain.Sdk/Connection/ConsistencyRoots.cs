using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Connection;

/// <summary>The two roots that a consistency proof of RFC 9162 section 2.1.4.2 leads to, whatever they ought to be: the material of a proof of guilt.</summary>
internal static class ConsistencyRoots
{
    /// <summary>
    /// The old root that the proof implies, when the proof leads to <paramref name="newRoot"/>; null when it does not. An old size that is a power of two names no
    /// old root in its proof: it then is the node that the proof starts from, and cannot differ without another new root.
    /// </summary>
    public static Digest? ImpliedOldRoot(MerkleHash tree, ulong oldSize, ulong newSize, Digest newRoot, IReadOnlyList<Digest> proof)
    {
        if (oldSize == 0 || oldSize >= newSize || proof.Count == 0 || System.Numerics.BitOperations.IsPow2(oldSize))
        {
            return null;
        }

        var (fn, sn) = (oldSize - 1, newSize - 1);
        while ((fn & 1) == 1)
        {
            (fn, sn) = (fn >> 1, sn >> 1);
        }

        var (fr, sr) = (proof[0], proof[0]);
        foreach (var hash in proof.Skip(1))
        {
            if (sn == 0)
            {
                return null;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                (fr, sr) = (tree.Node(hash, fr), tree.Node(hash, sr));
                while ((fn & 1) == 0 && fn != 0)
                {
                    (fn, sn) = (fn >> 1, sn >> 1);
                }
            }
            else
            {
                sr = tree.Node(sr, hash);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && sr == newRoot ? fr : null;
    }
}
