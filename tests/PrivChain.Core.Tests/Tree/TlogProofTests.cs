using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Json;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Tests.Tree;

/// <summary>Files of c2sp.org/tlog-proof.</summary>
[TestClass]
public sealed class TlogProofTests
{
    private const string Origin = "example.com/fancylog";
    private const int Size = 13;
    private static readonly Ed25519Key LogKey = Ed25519Key.Generate();
    private static readonly Ed25519Key WitnessKey = Ed25519Key.Generate();
    private static readonly NoteSigner Log = new(Origin, NoteKeyType.Ed25519, LogKey);
    private static readonly TrustedLog Trusted = new(Origin, Log.VerifierKey);
    private static readonly NoteSigner Witness = new("witness1.example", NoteKeyType.Cosignature, WitnessKey);
    private static readonly WitnessPolicy Policy = new([Witness.VerifierKey], 1);
    private static readonly MerkleTree Tree = MakeTree();
    private static readonly SignedNote Checkpoint = MakeNote();

    [TestMethod]
    public void File_HasTheFormOfTheSpecification()
    {
        var hashes = string.Concat(Tree.InclusionProof(5, Size).Select(static hash => Convert.ToBase64String(hash.ToArray()) + "\n"));
        var note = Encoding.UTF8.GetString(Checkpoint.Bytes.Span);
        Assert.AreEqual($"c2sp.org/tlog-proof@v1\nindex 5\n{hashes}\n{note}", Encoding.UTF8.GetString(Proof(5).ToArray()));
        Assert.AreEqual($"c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 5\n{hashes}\n{note}", Encoding.UTF8.GetString(Proof(5, "extra"u8.ToArray()).ToArray()));
    }

    [TestMethod]
    public void Verify_EveryEntry_HoldsForItAndForNoOther()
    {
        for (ulong index = 0; index < Size; index++)
        {
            Assert.IsTrue(TlogProof.TryParse(Proof(index).ToArray(), out var proof));
            for (ulong other = 0; other < Size; other++)
            {
                var wanted = index == other ? RefusalReason.None : RefusalReason.BadProof;
                Assert.AreEqual(wanted, proof.Verify(Leaf(other), Trusted, Policy).Reason, $"{other} at {index}");
            }
        }
    }

    [TestMethod]
    public void Verify_OneLeaf_NeedsNoHashes()
    {
        var tree = new MerkleTree(MerkleHash.Sha256);
        tree.Append(MerkleHash.Sha256.Leaf(Leaf(0)));
        var checkpoint = new Checkpoint(Origin, 1, tree.Root());
        Assert.IsTrue(SignedNote.TryParse(
            SignedNote.Compose(checkpoint.Text.Span, Log.SignatureLine(checkpoint.Text.Span), Witness.CosignatureLine(checkpoint.Text.Span, 1)), out var note));
        Assert.IsTrue(TlogProof.TryParse(new TlogProof(0, [], note).ToArray(), out var proof));
        Assert.AreEqual(RefusalReason.None, proof.Verify(Leaf(0), Trusted, Policy).Reason);
    }

    [TestMethod]
    public void Verify_OtherLogOriginOrWitness_IsRefusedByName()
    {
        var proof = Proof(3);
        var stranger = new NoteSigner("witness1.example", NoteKeyType.Cosignature, LogKey);
        Assert.AreEqual(RefusalReason.BadSignature, proof.Verify(Leaf(3), new TrustedLog(Origin, new NoteVerifierKey(Origin, NoteKeyType.Ed25519, WitnessKey.PublicKey)), Policy).Reason);
        Assert.AreEqual(RefusalReason.WrongLedger, proof.Verify(Leaf(3), new TrustedLog("example.com/other", Log.VerifierKey), Policy).Reason);
        Assert.AreEqual(RefusalReason.NotWitnessed, proof.Verify(Leaf(3), Trusted, new WitnessPolicy([stranger.VerifierKey], 1)).Reason);
    }

    // Extra data is opaque: it changes nothing about what is proved.
    [TestMethod]
    public void Verify_AnyExtraData_IsAsWithout() =>
        Assert.AreEqual(RefusalReason.None, Proof(3, new byte[TlogProof.MaxExtra]).Verify(Leaf(3), Trusted, Policy).Reason);

    [TestMethod]
    [DataRow("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2")]
    [DataRow("index 5\n", "index 05\n")]
    [DataRow("index 5\n", "index +5\n")]
    [DataRow("index 5\n", "index  5\n")]
    [DataRow("index 5\n", "index 18446744073709551616\n")]
    [DataRow("index 5\n", "index 5\nindex 5\n")]
    [DataRow("index 5\n", "")]
    [DataRow("index 5\n", "extra \nindex 5\n")]
    [DataRow("index 5\n", "extra ZXh0cmE\nindex 5\n")]
    [DataRow("index 5\n", "extra ZXh0cmF=\nindex 5\n")]
    [DataRow("index 5\n", "extra ZXh0cmE=\nextra ZXh0cmE=\nindex 5\n")]
    [DataRow("index 5\n", "index 5\nextra ZXh0cmE=\n")]
    [DataRow("index 5\n", "index 5\n\n")]
    [DataRow("index 5\n", "index 5\r\n")]
    [DataRow("index 5\n", "index 5\nAAAA\n")]
    public void TryParse_AnotherForm_IsRefused(string from, string to)
    {
        var text = Encoding.UTF8.GetString(Proof(5).ToArray());
        Assert.IsFalse(TlogProof.TryParse(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), out _));
    }

    // What is read is written again in the same bytes, and what verifies is the entry that was proved.
    [TestMethod]
    public void TryParse_TruncatedLengthenedOrChanged_IsRefusedOrTheSameBytes()
    {
        var valid = Proof(5, "extra"u8.ToArray()).ToArray();
        for (var length = 0; length < valid.Length; length++)
        {
            if (TlogProof.TryParse(valid.AsSpan(0, length), out var shorter))
            {
                // A note may lose a whole signature line; then a witness is missing.
                Assert.AreEqual(RefusalReason.NotWitnessed, shorter.Verify(Leaf(5), Trusted, Policy).Reason, $"{length} bytes");
            }
        }

        Assert.IsFalse(TlogProof.TryParse([.. valid, (byte)'\n'], out _));
        Assert.IsFalse(TlogProof.TryParse(new byte[TlogProof.MaxSize + 1], out _));
        Seeded.Mutations(valid, 9162, 3000, changed =>
        {
            if (TlogProof.TryParse(changed, out var proof))
            {
                CollectionAssert.AreEqual(changed, proof.ToArray());
                if (proof.Verify(Leaf(5), Trusted, Policy).Accepted)
                {
                    Assert.AreEqual(5UL, proof.Index);
                    CollectionAssert.AreEqual(Tree.InclusionProof(5, Size).ToArray(), proof.Hashes.ToArray());
                }
            }
        });
    }

    private static TlogProof Proof(ulong index, byte[]? extra = null) => new(index, Tree.InclusionProof(index, Size), Checkpoint, extra ?? []);

    private static byte[] Leaf(ulong index) => [(byte)index, 1, 2, 3];

    private static MerkleTree MakeTree()
    {
        var tree = new MerkleTree(MerkleHash.Sha256);
        for (ulong index = 0; index < Size; index++)
        {
            tree.Append(MerkleHash.Sha256.Leaf(Leaf(index)));
        }

        return tree;
    }

    private static SignedNote MakeNote()
    {
        var checkpoint = new Checkpoint(Origin, Size, Tree.Root());
        var text = checkpoint.Text.Span;
        Assert.IsTrue(SignedNote.TryParse(SignedNote.Compose(text, Log.SignatureLine(text), Witness.CosignatureLine(text, 1_790_000_000)), out var note));
        return note;
    }
}
