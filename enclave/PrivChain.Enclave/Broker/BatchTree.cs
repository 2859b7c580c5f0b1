using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;

namespace PrivChain.Enclave.Broker;

/// <summary>The RFC 9162 tree over the digests of a batch, as use and delivery entries name it by its root.</summary>
internal static class BatchTree
{
    /// <summary>Leaf data: the 32 bytes of each digest, in order.</summary>
    public static MerkleTree Of(IEnumerable<Digest> digests)
    {
        var tree = new MerkleTree();
        foreach (var digest in digests)
        {
            tree.Append(MerkleHash.Leaf(digest.ToArray()));
        }

        return tree;
    }
}
