using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Tree;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class MerkleVectorTests
{
    [TestMethod]
    public void VerifyInclusion_PublishedCases_MatchTheirOutcome() =>
        Each("merkle_inclusion*.json", static (c, proof) => MerkleProof.VerifyInclusion(
            MerkleHash.Sha256, Number(c, "leafIdx"), Number(c, "treeSize"), Hash(c, "leafHash"), proof, Hash(c, "root")));

    [TestMethod]
    public void VerifyConsistency_PublishedCases_MatchTheirOutcome() =>
        Each("merkle_consistency*.json", static (c, proof) => MerkleProof.VerifyConsistency(
            MerkleHash.Sha256, Number(c, "size1"), Number(c, "size2"), Hash(c, "root1"), Hash(c, "root2"), proof));

    [TestMethod]
    public void VerifySubtreeInclusion_PublishedCases_MatchTheirOutcome() =>
        Each("merkle_subtreeinclusion*.json", static (c, proof) => MerkleProof.VerifySubtreeInclusion(
            MerkleHash.Sha256, Number(c, "leafIdx"), Number(c, "start"), Number(c, "end"), Hash(c, "leafHash"), proof, Hash(c, "root")));

    [TestMethod]
    public void VerifySubtreeConsistency_PublishedCases_MatchTheirOutcome() =>
        Each("merkle_subtreeconsistency*.json", static (c, proof) => MerkleProof.VerifySubtreeConsistency(
            MerkleHash.Sha256, Number(c, "start"), Number(c, "end"), Number(c, "size"), Hash(c, "root1"), Hash(c, "root2"), proof));

    [TestMethod]
    public void MerkleTree_ReferenceLeaves_GivesEveryPublishedNodeAndRoot()
    {
        foreach (var file in VectorFolder.Files("tlog", "rfc6962_reference_tree*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var tree = new MerkleTree(MerkleHash.Sha256);
            var frontier = new MerkleFrontier(MerkleHash.Sha256);
            var roots = document.RootElement.GetProperty("root_by_tree_size").EnumerateArray().Select(static r => Digest.Parse("0x" + r.GetString())).ToList();
            var leaves = document.RootElement.GetProperty("leaf_inputs_hex").EnumerateArray().Select(static l => Convert.FromHexString(l.GetString()!)).ToList();
            Assert.AreEqual(roots[0], tree.Root());
            Assert.AreEqual(roots[0], frontier.Root);
            for (var i = 0; i < leaves.Count; i++)
            {
                tree.Append(MerkleHash.Sha256.Leaf(leaves[i]));
                frontier.Append(MerkleHash.Sha256.Leaf(leaves[i]));
                Assert.AreEqual(roots[i + 1], tree.Root());
                Assert.AreEqual(roots[i + 1], frontier.Root);
            }

            var level = 0;
            foreach (var nodes in document.RootElement.GetProperty("node_hashes_by_level").EnumerateArray())
            {
                var position = 0UL;
                foreach (var node in nodes.EnumerateArray())
                {
                    Assert.AreEqual(Digest.Parse("0x" + node.GetString()), tree.Subtree(level, position++));
                }

                level++;
            }
        }
    }

    private static void Each(string pattern, Func<JsonElement, IReadOnlyList<Digest>, bool> verify)
    {
        var count = 0;
        foreach (var file in VectorFolder.Files("tlog", pattern))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var c in document.RootElement.EnumerateArray())
            {
                var proof = c.GetProperty("proof");
                var hashes = proof.ValueKind == JsonValueKind.Null ? [] : proof.EnumerateArray().Select(static p => p.GetBytesFromBase64()).ToList();

                // A leaf or proof with a hash of another length cannot be written with our types: refused before it gets here.
                var writable = hashes.All(static h => h.Length == Digest.Size) && (!c.TryGetProperty("leafHash", out var leaf) || leaf.GetBytesFromBase64().Length == Digest.Size);
                var accepted = writable && verify(c, hashes.Select(static h => new Digest(h)).ToList());
                Assert.AreEqual(!c.GetProperty("wantErr").GetBoolean(), accepted, c.GetProperty("file").GetString());
                count++;
            }
        }

        Assert.IsGreaterThan(0, count);
    }

    private static ulong Number(JsonElement c, string name) => c.GetProperty(name).GetUInt64();

    // Some cases have roots that are plain words; what matters there is which of them are the same.
    private static Digest Hash(JsonElement c, string name)
    {
        var bytes = c.GetProperty(name).GetBytesFromBase64();
        return bytes.Length == Digest.Size ? new Digest(bytes) : Digest.OfSha256(bytes);
    }
}
