using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Tests.Tree;

[TestClass]
public sealed class MerkleTreeTests
{
    private const ulong Count = 40;

    // MTH of RFC 9162 section 2.1.1, word for word: slow and plainly right.
    private static Digest Reference(ReadOnlySpan<Digest> leaves)
    {
        if (leaves.Length == 0)
        {
            return MerkleHash.Sha256.EmptyRoot;
        }

        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var k = 1;
        while (k * 2 < leaves.Length)
        {
            k *= 2;
        }

        return MerkleHash.Sha256.Node(Reference(leaves[..k]), Reference(leaves[k..]));
    }

    private static Digest LeafHash(ulong i) => MerkleHash.Sha256.Leaf(BitConverter.GetBytes(i));

    private static MerkleTree Build(ulong count)
    {
        var tree = new MerkleTree(MerkleHash.Sha256);
        for (var i = 0UL; i < count; i++)
        {
            Assert.AreEqual(i, tree.Append(LeafHash(i)));
        }

        return tree;
    }

    private static Digest Flip(Digest digest)
    {
        var bytes = digest.ToArray();
        bytes[7] ^= 0x10;
        return new Digest(bytes);
    }

    // The root of every size, early and late, is the one that the definition gives.
    [TestMethod]
    public void Root_EverySize_IsTheDefinition()
    {
        var tree = Build(Count);
        var leaves = Enumerable.Range(0, (int)Count).Select(static i => LeafHash((ulong)i)).ToArray();
        var frontier = new MerkleFrontier(MerkleHash.Sha256);
        for (var size = 0UL; size <= Count; size++)
        {
            var expected = Reference(leaves.AsSpan(0, (int)size));
            Assert.AreEqual(expected, tree.Root(size));
            Assert.AreEqual(expected, frontier.Root);
            CollectionAssert.AreEqual(frontier.ToArray(), tree.Frontier(size).ToArray());
            if (size < Count)
            {
                frontier.Append(leaves[size]);
            }
        }
    }

    // Many at once is one by one, from every size, for every number: frontier, every subtree and every proof.
    [TestMethod]
    public void AppendAll_FromEverySize_IsAppendOneByOne()
    {
        var leaves = Enumerable.Range(0, 2 * (int)Count).Select(static i => LeafHash((ulong)i)).ToArray();
        for (var before = 0; before <= (int)Count; before++)
        {
            for (var count = 0; count <= (int)Count; count++)
            {
                var (frontier, tree) = (new MerkleFrontier(MerkleHash.Sha256), Build((ulong)before));
                Array.ForEach(leaves[..before], frontier.Append);
                frontier.AppendAll(leaves.AsSpan(before, count));
                tree.AppendAll(leaves.AsSpan(before, count));
                var expected = new MerkleFrontier(MerkleHash.Sha256);
                Array.ForEach(leaves[..(before + count)], expected.Append);
                CollectionAssert.AreEqual(expected.ToArray(), frontier.ToArray(), $"{before} and {count}");
                CollectionAssert.AreEqual(expected.ToArray(), tree.Frontier(tree.Size).ToArray(), $"{before} and {count}");
                Assert.AreEqual(Reference(leaves.AsSpan(0, before + count)), tree.Root());
                Assert.AreEqual(tree.Root(), frontier.Root);
            }
        }
    }

    // A left neighbour in one chunk and its right one in the next; levels above get theirs too.
    [TestMethod]
    public void AppendAll_AcrossChunks_GivesEveryProof()
    {
        var leaves = Enumerable.Range(0, 5000).Select(static i => LeafHash((ulong)i)).ToArray();
        var (tree, expected) = (new MerkleTree(MerkleHash.Sha256), Build(5000));
        tree.AppendAll(leaves.AsSpan(0, 2047));
        tree.AppendAll(leaves.AsSpan(2047, 2));
        tree.AppendAll(leaves.AsSpan(2049));
        foreach (var size in (ulong[])[1, 2047, 2048, 2049, 4095, 4097, 5000])
        {
            Assert.AreEqual(expected.Root(size), tree.Root(size));
            CollectionAssert.AreEqual(expected.InclusionProof(size / 2, size).ToArray(), tree.InclusionProof(size / 2, size).ToArray());
        }
    }

    [TestMethod]
    public void LeavesAndNodes_ManyAtOnce_AreOneByOne()
    {
        var random = new Random(5);
        foreach (var lengths in (int[][])[[], [7], [0, 0], [204, 204, 204, 3, 204, 204], [.. Enumerable.Repeat(204, 600)], [70_000, 70_000, 65_535, 65_536, 65_537, 65_537]])
        {
            var entries = lengths.Select(length =>
            {
                var bytes = new byte[length];
                random.NextBytes(bytes);
                return (ReadOnlyMemory<byte>)bytes;
            }).ToList();
            var leaves = MerkleHash.Sha256.Leaves(entries);
            CollectionAssert.AreEqual(entries.ConvertAll(static entry => MerkleHash.Sha256.Leaf(entry.Span)), leaves);
            var nodes = new Digest[leaves.Length / 2];
            MerkleHash.Sha256.Nodes(leaves.AsSpan(0, 2 * nodes.Length), nodes);
            CollectionAssert.AreEqual(Enumerable.Range(0, nodes.Length).Select(i => MerkleHash.Sha256.Node(leaves[2 * i], leaves[(2 * i) + 1])).ToArray(), nodes);
        }

        Assert.ThrowsExactly<ArgumentException>(() => MerkleHash.Sha256.Nodes(new Digest[3], new Digest[1]));
    }

    [TestMethod]
    public void Root_BeyondOneChunk_FrontierAgrees()
    {
        var tree = Build(5000);
        var frontier = new MerkleFrontier(MerkleHash.Sha256);
        for (var i = 0UL; i < 5000; i++)
        {
            frontier.Append(LeafHash(i));
        }

        Assert.AreEqual(frontier.Root, tree.Root());
        Assert.IsTrue(MerkleProof.VerifyInclusion(MerkleHash.Sha256, 2048, 5000, LeafHash(2048), tree.InclusionProof(2048, 5000), tree.Root()));
        Assert.IsTrue(MerkleProof.VerifyConsistency(MerkleHash.Sha256, 4097, 5000, tree.Root(4097), tree.Root(), tree.ConsistencyProof(4097, 5000)));
    }

    // A leaf that looks like a node is not one: the prefixes keep them apart.
    [TestMethod]
    public void Leaf_OverTwoHashes_IsNotTheirNode()
    {
        var (left, right) = (LeafHash(1), LeafHash(2));
        Assert.AreNotEqual(MerkleHash.Sha256.Node(left, right), MerkleHash.Sha256.Leaf([.. left.ToArray(), .. right.ToArray()]));
        Assert.AreNotEqual(MerkleHash.Sha256.Node(left, right), MerkleHash.Sha256.Leaf([1, .. left.ToArray(), .. right.ToArray()]));
    }

    // CVE-2012-2459: repeating the last leaf must not give the same root.
    [TestMethod]
    public void Root_LastLeafRepeated_IsAnother()
    {
        var tree = Build(3);
        var root = tree.Root();
        tree.Append(LeafHash(2));
        Assert.AreNotEqual(root, tree.Root());
    }

    [TestMethod]
    public void InclusionProof_EveryIndexAndSize_VerifiesAndNothingElseDoes()
    {
        var tree = Build(Count);
        for (var size = 1UL; size <= Count; size++)
        {
            var root = tree.Root(size);
            for (var index = 0UL; index < size; index++)
            {
                var proof = tree.InclusionProof(index, size);
                var leaf = LeafHash(index);
                Assert.IsTrue(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, size, leaf, proof, root), $"{index} of {size}");
                Assert.IsTrue(MerkleProof.VerifySubtreeInclusion(MerkleHash.Sha256, index, 0, size, leaf, proof, root));
                Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, size, leaf, [.. proof, root], root), "longer");
                Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, size, leaf, [leaf, .. proof], root), "longer in front");
                Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, size, Flip(leaf), proof, root), "leaf");
                Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, size, leaf, proof, Flip(root)), "root");
                Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, size, size, leaf, proof, root), "index is size");
                Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index ^ 1, size, leaf, proof, root) && size > 1, "neighbour");
                Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index + (1UL << 63), size, leaf, proof, root), "far index");
                for (var i = 0; i < proof.Count; i++)
                {
                    Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, size, leaf, [.. proof.Take(i), Flip(proof[i]), .. proof.Skip(i + 1)], root));
                    Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, size, leaf, [.. proof.Take(i), .. proof.Skip(i + 1)], root));
                }
            }
        }
    }

    [TestMethod]
    public void ConsistencyProof_EveryPairOfSizes_VerifiesAndNothingElseDoes()
    {
        var tree = Build(Count);
        for (var newSize = 1UL; newSize <= Count; newSize++)
        {
            for (var oldSize = 1UL; oldSize <= newSize; oldSize++)
            {
                var (oldRoot, newRoot) = (tree.Root(oldSize), tree.Root(newSize));
                var proof = tree.ConsistencyProof(oldSize, newSize);
                Assert.IsTrue(MerkleProof.VerifyConsistency(MerkleHash.Sha256, oldSize, newSize, oldRoot, newRoot, proof), $"{oldSize} in {newSize}");
                Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, oldSize, newSize, oldRoot, newRoot, [.. proof, newRoot]), "longer");
                Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, oldSize, newSize, oldRoot, newRoot, [oldRoot, .. proof]), "longer in front");
                Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, oldSize, newSize, Flip(oldRoot), newRoot, proof), "old root");
                Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, oldSize, newSize, oldRoot, Flip(newRoot), proof), "new root");
                Assert.AreEqual(oldSize == newSize, MerkleProof.VerifyConsistency(MerkleHash.Sha256, newSize, oldSize, newRoot, oldRoot, proof), "swapped");
                Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, 0, newSize, MerkleHash.Sha256.EmptyRoot, newRoot, proof), "from nothing");
                for (var i = 0; i < proof.Count; i++)
                {
                    Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, oldSize, newSize, oldRoot, newRoot, [.. proof.Take(i), Flip(proof[i]), .. proof.Skip(i + 1)]));
                    Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, oldSize, newSize, oldRoot, newRoot, [.. proof.Take(i), .. proof.Skip(i + 1)]));
                }
            }
        }
    }

    [TestMethod]
    public void VerifyConsistency_EqualSizes_NeedsEqualRootsAndNoProof()
    {
        var root = LeafHash(1);
        Assert.IsTrue(MerkleProof.VerifyConsistency(MerkleHash.Sha256, 7, 7, root, root, []));
        Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, 7, 7, root, Flip(root), []));
        Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, 7, 7, root, root, [root]));
        Assert.IsTrue(MerkleProof.VerifyConsistency(MerkleHash.Sha256, 0, 0, MerkleHash.Sha256.EmptyRoot, MerkleHash.Sha256.EmptyRoot, []));
        Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, 0, 0, root, root, []));
    }

    // The largest sizes neither overflow nor loop.
    [TestMethod]
    public void Verify_LargestSizes_IsRefusedWithoutOverflow()
    {
        var hash = LeafHash(1);
        foreach (var length in new[] { 0, 1, 63, 64, 65, 70 })
        {
            var proof = Enumerable.Repeat(hash, length).ToList();
            foreach (var index in new[] { 0UL, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue })
            {
                Assert.IsFalse(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, ulong.MaxValue, hash, proof, hash));
                Assert.IsFalse(MerkleProof.VerifyConsistency(MerkleHash.Sha256, index, ulong.MaxValue, hash, Flip(hash), proof));
                Assert.IsFalse(MerkleProof.VerifySubtreeConsistency(MerkleHash.Sha256, index, ulong.MaxValue, ulong.MaxValue, hash, Flip(hash), proof) && length > 0);
            }
        }
    }

    [TestMethod]
    public void MerkleTree_OutsideItsSize_Throws()
    {
        var tree = Build(3);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tree.Root(4));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tree.Leaf(3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tree.InclusionProof(3, 3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tree.InclusionProof(0, 4));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tree.ConsistencyProof(3, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tree.Frontier(4));
    }

    [TestMethod]
    public void MerkleFrontier_WrittenAndRead_GoesOnAsBefore()
    {
        var tree = Build(Count);
        var frontier = new MerkleFrontier(MerkleHash.Sha256);
        for (var i = 0UL; i < Count; i++)
        {
            Assert.IsTrue(MerkleFrontier.TryParse(MerkleHash.Sha256, frontier.ToArray(), out var read));
            var copy = frontier.Clone();
            frontier.Append(LeafHash(i));
            Assert.AreEqual(tree.Root(i), copy.Root, "a copy does not follow");
            read.Append(LeafHash(i));
            Assert.AreEqual(tree.Root(i + 1), read.Root);
        }
    }

    [TestMethod]
    public void MerkleFrontier_TruncatedOrLongerOrFull_IsRefused()
    {
        var valid = Build(39).Frontier(39).ToArray();
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(MerkleFrontier.TryParse(MerkleHash.Sha256, valid.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(MerkleFrontier.TryParse(MerkleHash.Sha256, [.. valid, 0], out _));
        Assert.IsFalse(MerkleFrontier.TryParse(MerkleHash.Sha256, [.. valid, .. new byte[32]], out _));

        Assert.IsTrue(MerkleFrontier.TryParse(MerkleHash.Sha256, [.. Enumerable.Repeat((byte)0xff, 8 + (64 * 32))], out var full));
        Assert.AreEqual(ulong.MaxValue, full.Size);
        Assert.ThrowsExactly<InvalidOperationException>(() => full.Append(LeafHash(0)));
    }
}
