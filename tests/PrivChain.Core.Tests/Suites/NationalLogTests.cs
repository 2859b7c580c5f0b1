using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Tests.Suites;

/// <summary>The log of a national ledger: a tree of SM3, checkpoints with an SM2 signature beside the Ed25519 one, and everybody who reads them.</summary>
[TestClass]
public sealed class NationalLogTests
{
    private const string Origin = "log.example/national";

    private static readonly byte[] Seed = [.. Enumerable.Repeat((byte)3, 32)];
    private static readonly LogSigner Log = new(Suite.National, Origin, Seed);
    private static readonly TrustedLog Trusted = new(Origin, Log.VerifierKeys);
    private static readonly NoteSigner WitnessKey = new("witness.example", NoteKeyType.Cosignature, new Ed25519Key([.. Enumerable.Repeat((byte)4, 32)]));
    private static readonly WitnessPolicy Policy = new([WitnessKey.VerifierKey], 1);
    private static readonly MerkleTree Honest = Build(20, 0);
    private static readonly MerkleTree Forked = Build(20, 5);

    /// <summary>The tree is that of RFC 9162 with SM3 in the place of SHA-256, in every way in which it is computed, and a proof of it is none of a tree of SHA-256.</summary>
    [TestMethod]
    public void Tree_OfSm3_IsThatOfTheDefinition()
    {
        for (var size = 0; size <= 40; size++)
        {
            var leaves = Enumerable.Range(0, size).Select(i => new byte[] { (byte)i, 7 }).ToList();
            var root = Reference(leaves);
            var hashes = MerkleHash.Sm3.Leaves([.. leaves.Select(static leaf => (ReadOnlyMemory<byte>)leaf)]);
            var (tree, frontier, oneByOne) = (new MerkleTree(MerkleHash.Sm3), new MerkleFrontier(MerkleHash.Sm3), new MerkleFrontier(MerkleHash.Sm3));
            tree.AppendAll(hashes);
            frontier.AppendAll(hashes);
            leaves.ForEach(leaf => oneByOne.Append(MerkleHash.Sm3.Leaf(leaf)));
            Assert.AreEqual(root, tree.Root());
            Assert.AreEqual(root, frontier.Root);
            Assert.AreEqual(root, oneByOne.Root);
            Assert.AreEqual(root, tree.Frontier((ulong)size).Clone().Root);
            for (var i = 0UL; i < (ulong)size; i++)
            {
                var proof = tree.InclusionProof(i, (ulong)size);
                Assert.IsTrue(MerkleProof.VerifyInclusion(MerkleHash.Sm3, i, (ulong)size, hashes[i], proof, root));
                Assert.AreEqual(proof.Count == 0, MerkleProof.VerifyInclusion(MerkleHash.Sha256, i, (ulong)size, hashes[i], proof, root));
                Assert.IsTrue(MerkleProof.VerifyConsistency(MerkleHash.Sm3, i + 1, (ulong)size, tree.Root(i + 1), root, tree.ConsistencyProof(i + 1, (ulong)size)));
            }
        }

        static Digest Reference(List<byte[]> leaves)
        {
            switch (leaves.Count)
            {
                case 0:
                    return Sm3.Hash(Array.Empty<byte>());
                case 1:
                    return Sm3.Hash([0], leaves[0]);
                default:
                    var middle = 1;
                    while (2 * middle < leaves.Count)
                    {
                        middle *= 2;
                    }

                    return Sm3.Hash([1], Reference(leaves[..middle]).ToArray(), Reference(leaves[middle..]).ToArray());
            }
        }
    }

    [TestMethod]
    public void Tiles_OfASm3Tree_VerifyWithItsHashAlone()
    {
        var files = TileTree.Export(Honest, 20, static i => new byte[] { (byte)i, 0 }).ToDictionary(static file => file.Path, static file => file.Content, StringComparer.Ordinal);
        var checkpoint = new Checkpoint(Origin, 20, Honest.Root());
        Assert.IsTrue(TileTree.Verify(MerkleHash.Sm3, checkpoint, Read).Accepted);
        Assert.AreEqual(RefusalReason.DigestMismatch, TileTree.Verify(MerkleHash.Sha256, checkpoint, Read).Reason);

        ReadOnlyMemory<byte>? Read(string path) => files.TryGetValue(path, out var content) ? content : null;
    }

    [TestMethod]
    public void VerifierKey_OfSm2_HasOneTextAndTheLongIdentifier()
    {
        var key = Log.VerifierKeys[1];
        Assert.AreEqual(NoteKeyType.Sm2, key.Type);
        Assert.IsTrue(key.IsLog && !key.IsWitness);
        Assert.AreEqual(key, NoteVerifierKey.Parse(key.ToString()));

        // 0xff, the identifier with its zero byte, a compressed point; the id is over all of it.
        byte[] typed = [0xff, .. "privchain/sm2-note/v1"u8, 0, .. key.PublicKey.Bytes];
        Assert.AreEqual(33, key.PublicKey.Bytes.Length);
        Assert.EndsWith("+" + Convert.ToBase64String(typed), key.ToString());
        Assert.AreEqual(Digest.OfSha256([.. Encoding.ASCII.GetBytes(Origin), (byte)'\n', .. typed]).ToString()[2..10], key.ToString().Split('+')[1]);

        Assert.IsTrue(Sm2.TryParsePublicKey(key.PublicKey.Bytes, out var point));
        byte[][] others = [[0xff, .. key.PublicKey.Bytes], [.. typed[..^33], .. point], [.. typed, 0], typed[..^1], typed[..10], [1, .. typed[1..]], [0xff, .. "privchain/sm2-note/v2"u8, 0, .. key.PublicKey.Bytes]];
        foreach (var other in others)
        {
            var id = Digest.OfSha256([.. Encoding.ASCII.GetBytes(Origin), (byte)'\n', .. other]).ToString()[2..10];
            Assert.IsFalse(NoteVerifierKey.TryParse($"{Origin}+{id}+{Convert.ToBase64String(other)}", out _), Convert.ToHexString(other));
        }

        Assert.ThrowsExactly<ArgumentException>(() => new NoteVerifierKey(Origin, NoteKeyType.Sm2, Log.VerifierKeys[0].PublicKey));
        Assert.ThrowsExactly<ArgumentException>(() => new NoteVerifierKey(Origin, NoteKeyType.Ed25519, key.PublicKey));
    }

    /// <summary>The SM2 key is not the Ed25519 seed in another dress, and comes out the same each time.</summary>
    [TestMethod]
    public void Signer_OfOneSeed_HasUnlikeKeysAndAlwaysTheSame()
    {
        using LogSigner again = new(Suite.National, Origin, Seed), international = new(Suite.International, Origin, Seed);
        CollectionAssert.AreEqual(Log.VerifierKeys.ToArray(), again.VerifierKeys.ToArray());
        Assert.AreEqual(Log.VerifierKeys[0], international.VerifierKeys.Single());
        Assert.IsTrue(Sm2.TryParsePublicKey(Log.VerifierKeys[1].PublicKey.Bytes, out var point));
        CollectionAssert.AreNotEqual(Sm2.PublicKey(Seed), point);
        Assert.ThrowsExactly<ArgumentException>(() => new LogSigner(Suite.National, Origin, Seed.AsSpan(1)));
    }

    [TestMethod]
    public void Checkpoint_NeedsBothSignatures()
    {
        var checkpoint = new Checkpoint(Origin, 20, Honest.Root());
        var note = Log.Sign(checkpoint).Note;
        Assert.IsTrue(SignedCheckpoint.Verify(note, Trusted).Accepted);
        Assert.HasCount(2, note.Signatures);

        foreach (var (kept, missing) in new[] { (0, "Sm2"), (1, "Ed25519") })
        {
            var refused = SignedCheckpoint.Verify(SignedNote.Compose(checkpoint.Text.Span, note.Signatures[kept].Line), Trusted);
            Assert.AreEqual(RefusalReason.BadSignature, refused.Reason);
            Assert.Contains($"no {missing} signature", refused.Refusal!.Detail!);
        }

        // Each wrong by one bit, and one of the same key over another checkpoint.
        var other = Log.Sign(new Checkpoint(Origin, 20, Forked.Root())).Note;
        foreach (var wrong in new[] { 0, 1 })
        {
            var lines = note.Signatures.Select(static signature => signature.Line).ToArray();
            lines[wrong] = other.Signatures[wrong].Line;
            var refused = SignedCheckpoint.Verify(SignedNote.Compose(checkpoint.Text.Span, lines), Trusted);
            Assert.AreEqual(RefusalReason.BadSignature, refused.Reason);
            Assert.Contains($"the {Trusted.Keys[wrong].Type} signature", refused.Refusal!.Detail!);
        }

        // A reader that knows the Ed25519 key alone, as C2SP's do, still sees who signed.
        Assert.IsTrue(SignedCheckpoint.Verify(note, new TrustedLog(Origin, Log.VerifierKeys[0])).Accepted);
    }

    [TestMethod]
    public void TrustedLog_OfItsKeys_HasTheirSuite()
    {
        Assert.AreSame(Suite.National, Trusted.Suite);
        Assert.AreSame(Suite.International, new TrustedLog(Origin, Log.VerifierKeys[0]).Suite);
        Assert.ThrowsExactly<ArgumentException>(() => new TrustedLog(Origin));
        Assert.ThrowsExactly<ArgumentException>(() => new TrustedLog(Origin, Log.VerifierKeys[1]));
        Assert.ThrowsExactly<ArgumentException>(() => new TrustedLog(Origin, Log.VerifierKeys[0], WitnessKey.VerifierKey));
    }

    /// <summary>A witness follows a national log by its two keys: it extends by SM3, and wants both signatures.</summary>
    [TestMethod]
    public void Witness_OfANationalLog_CosignsOneHistory()
    {
        var witness = new Witness(WitnessKey, Log.VerifierKeys.Select(static key => (Origin, key)));
        var first = witness.Decide(null, Request(0, [], Note(Honest, 13)), 1000);
        Assert.AreEqual(200, first.Status);
        var second = witness.Decide(first.NewState, Request(13, Honest.ConsistencyProof(13, 20), Note(Honest, 20)), 1001);
        Assert.AreEqual(200, second.Status);
        var cosigned = second.NewState!.Note.WithSignatures(second.Body);
        Assert.IsTrue(WitnessedCheckpoint.Verify(cosigned.Bytes.Span, Trusted, Policy).Accepted);

        var text = new Checkpoint(Origin, 20, Honest.Root()).Text;
        var half = SignedNote.Compose(text.Span, SignedCheckpoint.Verify(Note(Honest, 20), Trusted).OrThrow().Note.Signatures[0].Line);
        Assert.AreEqual(403, witness.Decide(first.NewState, Request(13, Honest.ConsistencyProof(13, 20), half), 1001).Status);

        var split = witness.Decide(second.NewState, Request(20, [], Note(Forked, 20)), 1002);
        Assert.AreEqual(409, split.Status);
        Assert.IsTrue(split.Guilt!.ProvesGuilt(Trusted));
    }

    [TestMethod]
    public void SplitView_OfANationalLog_IsProvedByItsHashAndKeys()
    {
        var proof = new SplitViewProof(Note(Honest, 17), Note(Forked, 20), Forked.Root(17), Forked.ConsistencyProof(17, 20));
        Assert.IsTrue(SplitViewProof.TryParse(proof.ToArray(), out var read));
        Assert.IsTrue(read.ProvesGuilt(Trusted));
        Assert.IsFalse(read.ProvesGuilt(new TrustedLog(Origin, Log.VerifierKeys[0])), "the proof is of SM3");
        Assert.IsFalse(new SplitViewProof(Note(Honest, 17), Note(Honest, 20), Honest.Root(17), Honest.ConsistencyProof(17, 20)).ProvesGuilt(Trusted));
    }

    [TestMethod]
    public void EntryProof_OfANationalLog_IsProvedUnderItsCheckpoint()
    {
        var checkpoint = new Checkpoint(Origin, 20, Honest.Root());
        var note = Log.Sign(checkpoint).Note.WithSignatures(Cosignature.Create(checkpoint, WitnessKey, 1000));
        Assert.IsTrue(TlogProof.TryParse(new TlogProof(6, Honest.InclusionProof(6, 20), note).ToArray(), out var proof));
        Assert.AreEqual(RefusalReason.None, proof.Verify([6, 0], Trusted, Policy).Reason);
        Assert.AreEqual(RefusalReason.BadProof, proof.Verify([7, 0], Trusted, Policy).Reason);
        Assert.AreEqual(RefusalReason.BadProof, proof.Verify([6, 0], new TrustedLog(Origin, Log.VerifierKeys[0]), Policy).Reason);
    }

    [TestMethod]
    public void Genesis_NamesAnSm2KeyInTheNationalSuiteAlone()
    {
        Genesis national = new LedgerFixture(suite: Suite.National).Genesis, international = new LedgerFixture().Genesis;
        Assert.AreSame(Suite.National, Genesis.Parse(national.ToArray()).OrThrow().Log.Suite);
        Assert.AreSame(Suite.International, Genesis.Parse(international.ToArray()).OrThrow().Log.Suite);
        Assert.DoesNotContain("logKeySm2", Encoding.UTF8.GetString(international.ToArray()));
        foreach (var wrong in new[]
        {
            national with { LogKeySm2 = null },
            national with { LogKeySm2 = national.LogKey },
            national with { LogKey = national.LogKeySm2! },
            national with { LogKeySm2 = Log.VerifierKeys[1].ToString() },
            international with { LogKeySm2 = national.LogKeySm2 },
        })
        {
            Assert.AreEqual(RefusalReason.BadSettings, Genesis.Parse(wrong.ToArray()).Reason);
        }
    }

    [TestMethod]
    public void Follower_OfANationalLedger_FollowsAndRefusesAnotherRoot()
    {
        var ledger = new LedgerFixture(suite: Suite.National).WithEverybody();
        var follower = new LedgerFollower(ledger.Genesis);
        foreach (var leaf in ledger.Leaves)
        {
            Assert.IsTrue(follower.Accept(leaf).Accepted);
        }

        Assert.IsTrue(follower.AcceptCheckpoint(ledger.WitnessedNote()).Accepted);
        var sha256 = new MerkleTree(MerkleHash.Sha256);
        ledger.Leaves.ForEach(leaf => sha256.Append(MerkleHash.Sha256.Leaf(leaf)));
        Assert.AreEqual(RefusalReason.SplitView, follower.AcceptCheckpoint(ledger.WitnessedNote(sha256.Root())).Reason);
    }

    private static MerkleTree Build(ulong count, byte salt)
    {
        var tree = new MerkleTree(MerkleHash.Sm3);
        for (var i = 0UL; i < count; i++)
        {
            tree.Append(MerkleHash.Sm3.Leaf([(byte)i, i >= 15 ? salt : (byte)0]));
        }

        return tree;
    }

    private static byte[] Note(MerkleTree tree, ulong size) => Log.Sign(new Checkpoint(Origin, size, tree.Root(size))).Note.Bytes.ToArray();

    private static WitnessRequest Request(ulong oldSize, IReadOnlyList<Digest> proof, byte[] note) =>
        WitnessRequest.TryParse(WitnessRequest.Compose(oldSize, proof, note), out var request) ? request : throw new AssertFailedException("the request does not parse");
}
