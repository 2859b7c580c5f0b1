using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Tree;

[TestClass]
public sealed class WitnessTests
{
    private const string Origin = "example.com/ledger";
    private const string LogName = "example.com/ledger-key";

    private static readonly Ed25519Key LogKey = new([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly Ed25519Key WitnessKey = new([.. Enumerable.Repeat((byte)2, 32)]);
    private static readonly NoteSigner Log = new(LogName, NoteKeyType.Ed25519, LogKey);
    private static readonly TrustedLog Trusted = new(Origin, Log.VerifierKey);
    private static readonly NoteSigner Signer = new("witness.example", NoteKeyType.Cosignature, WitnessKey);
    private static readonly Witness Witness = new(Signer, [(Origin, Log.VerifierKey)]);
    private static readonly MerkleTree Honest = Build(20, 0);
    private static readonly MerkleTree Forked = Build(20, 5);

    // Two trees that agree on their first leaves and differ from leaf 15 on when salted.
    private static MerkleTree Build(ulong count, byte salt)
    {
        var tree = new MerkleTree(MerkleHash.Sha256);
        for (var i = 0UL; i < count; i++)
        {
            tree.Append(MerkleHash.Sha256.Leaf([(byte)i, i >= 15 ? salt : (byte)0]));
        }

        return tree;
    }

    private static byte[] Note(MerkleTree tree, ulong size, NoteSigner? log = null, string origin = Origin) =>
        (log ?? Log).Sign(new Checkpoint(origin, size, tree.Root(size)).Text.Span);

    private static WitnessRequest Request(ulong oldSize, IReadOnlyList<Digest> proof, byte[] note)
    {
        Assert.IsTrue(WitnessRequest.TryParse(WitnessRequest.Compose(oldSize, proof, note), out var request));
        return request;
    }

    private static WitnessState State(MerkleTree tree, ulong size)
    {
        Assert.IsTrue(WitnessState.TryRead(Note(tree, size), out var state));
        return state;
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Decide_PublishedSteps_GiveTheStatuses()
    {
        foreach (var file in VectorFolder.Files("tlog", "witness_*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var root = document.RootElement;
            var key = NoteVerifierKey.Parse(root.GetProperty("log_vkey").GetString()!);
            var witness = new Witness(new NoteSigner(root.GetProperty("witness_name").GetString()!, NoteKeyType.Cosignature, WitnessKey), [(key.Name, key)]);
            WitnessState? state = null;
            var number = 0;
            foreach (var step in root.GetProperty("steps").EnumerateArray())
            {
                number++;
                Assert.IsTrue(WitnessRequest.TryParse(Encoding.UTF8.GetBytes(step.GetProperty("body").GetString()!), out var request), $"step {number}");
                var decision = witness.Decide(request.Checkpoint.Origin == key.Name ? state : null, request, 1_800_000_000);
                var expected = step.GetProperty("status").GetInt32();

                // The steps were written when an unknown origin was 403; version 1.0.0 says 404.
                var unknown = step.TryGetProperty("response_contains", out var contains) && contains.GetString() == "unknown log";
                Assert.AreEqual(unknown ? 404 : expected, decision.Status, $"step {number}");
                if (contains.ValueKind == JsonValueKind.String)
                {
                    Assert.Contains(contains.GetString()!, decision.Body, $"step {number}");
                }

                if (step.TryGetProperty("response_equals", out var equals))
                {
                    Assert.AreEqual(equals.GetString(), decision.Body, $"step {number}");
                    Assert.AreEqual(WitnessDecision.SizeContentType, decision.ContentType);
                }

                state = decision.NewState ?? state;
            }
        }
    }

    [TestMethod]
    public void Decide_GrowingLog_CosignsEachSizeWithTheTime()
    {
        WitnessState? state = null;
        foreach (var size in new ulong[] { 0, 0, 1, 1, 7, 8, 20 })
        {
            var oldSize = state?.Checkpoint.Size ?? 0;
            var decision = Witness.Decide(state, Request(oldSize, Honest.ConsistencyProof(oldSize, size), Note(Honest, size)), 1000 + size);
            Assert.AreEqual(200, decision.Status, decision.Body);
            Assert.IsTrue(decision.Cosigned);
            var cosigned = decision.NewState.Note.WithSignatures(decision.Body);
            var witnessed = WitnessedCheckpoint.Verify(cosigned.Bytes.Span, Trusted, new WitnessPolicy([Witness.VerifierKey], 1)).OrThrow();
            Assert.AreEqual((size, 1000 + size), (witnessed.Checkpoint.Size, witnessed.QuorumTime));
            state = decision.NewState;
        }
    }

    [TestMethod]
    public void Decide_EachRefusal_HasItsStatusAndStoresNothing()
    {
        using var strangerKey = new Ed25519Key([.. Enumerable.Repeat((byte)3, 32)]);
        var stranger = new NoteSigner(LogName, NoteKeyType.Ed25519, strangerKey);
        var proof = Honest.ConsistencyProof(7, 12);
        var state = State(Honest, 7);
        var badEmpty = Log.Sign(new Checkpoint(Origin, 0, Honest.Root(3)).Text.Span);
        var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Note(Honest, 12)).Replace("\n12\n", "\n13\n", StringComparison.Ordinal));
        foreach (var (name, stored, request, status) in new (string, WitnessState?, WitnessRequest, int)[]
        {
            ("unknown origin", null, Request(7, proof, Note(Honest, 12, origin: "example.com/other")), 404),
            ("unknown key", state, Request(7, proof, Note(Honest, 12, stranger)), 403),
            ("wrong signature", state, Request(7, proof, forged), 403),
            ("old above new", state, Request(13, proof, Note(Honest, 12)), 400),
            ("old above new, though stored", state, Request(7, [], Note(Honest, 6)), 400),
            ("old below stored", state, Request(6, Honest.ConsistencyProof(6, 12), Note(Honest, 12)), 409),
            ("old above stored", state, Request(8, Honest.ConsistencyProof(8, 12), Note(Honest, 12)), 409),
            ("old zero", state, Request(0, [], Note(Honest, 12)), 409),
            ("old not zero on nothing", null, Request(7, proof, Note(Honest, 12)), 409),
            ("no proof", state, Request(7, [], Note(Honest, 12)), 422),
            ("longer proof", state, Request(7, [.. proof, proof[0]], Note(Honest, 12)), 422),
            ("other proof", state, Request(7, Honest.ConsistencyProof(6, 12), Note(Honest, 12)), 422),
            ("proof for equal sizes", state, Request(7, proof, Note(Honest, 7)), 422),
            ("proof from nothing", null, Request(0, proof, Note(Honest, 12)), 422),
            ("size 0 with a root", null, Request(0, [], badEmpty), 422),
            ("fork", State(Honest, 17), Request(17, Forked.ConsistencyProof(17, 20), Note(Forked, 20)), 422),
            ("fork at equal size", State(Honest, 17), Request(17, [], Note(Forked, 17)), 409),
        })
        {
            var decision = Witness.Decide(stored, request, 1);
            Assert.AreEqual(status, decision.Status, name);
            Assert.IsFalse(decision.Cosigned, name);
            var stale = status == 409 && name.StartsWith("old", StringComparison.Ordinal);
            Assert.AreEqual(stale ? WitnessDecision.SizeContentType : WitnessDecision.TextContentType, decision.ContentType, name);
            if (stale)
            {
                Assert.AreEqual($"{stored?.Checkpoint.Size ?? 0}\n", decision.Body, name);
            }
        }
    }

    // A second root at one size is kept as proof whatever old size the request names.
    [TestMethod]
    public void Decide_ForkAtTheStoredSize_HandsOverProofOfGuilt()
    {
        foreach (var oldSize in new ulong[] { 0, 3, 17 })
        {
            var decision = Witness.Decide(State(Honest, 17), Request(oldSize, [], Note(Forked, 17)), 1);
            Assert.AreEqual(409, decision.Status);
            Assert.IsTrue(decision.Guilt!.ProvesGuilt(Trusted));
        }
    }

    // A log that extends its other history shows with its own proof that it has two.
    [TestMethod]
    public void Decide_ForkOfAnotherSize_HandsOverProofOfGuiltAndBadProofsDoNot()
    {
        var decision = Witness.Decide(State(Honest, 17), Request(17, Forked.ConsistencyProof(17, 20), Note(Forked, 20)), 1);
        Assert.AreEqual(422, decision.Status);
        Assert.IsTrue(decision.Guilt!.ProvesGuilt(Trusted));

        var proof = Honest.ConsistencyProof(17, 20);
        for (var i = 0; i < proof.Count; i++)
        {
            Digest[] changed = [.. proof.Take(i), MerkleHash.Sha256.EmptyRoot, .. proof.Skip(i + 1)];
            Assert.IsNull(Witness.Decide(State(Honest, 17), Request(17, changed, Note(Honest, 20)), 1).Guilt, "an honest log with a broken proof");
        }

        Assert.IsNull(Witness.Decide(State(Honest, 17), Request(17, [], Note(Honest, 20)), 1).Guilt);
    }

    [TestMethod]
    public void SplitViewProof_UnlikeSizes_NeedsTheRealRootOfTheLargerTree()
    {
        var proof = new SplitViewProof(Note(Honest, 17), Note(Forked, 20), Forked.Root(17), Forked.ConsistencyProof(17, 20));
        Assert.IsTrue(proof.ProvesGuilt(Trusted));
        Assert.IsFalse(proof.ProvesGuilt(new TrustedLog("other", Log.VerifierKey)));
        Assert.IsFalse(new SplitViewProof(proof.Larger, proof.Smaller, proof.ActualOldRoot, proof.Proof).ProvesGuilt(Trusted));
        Assert.IsFalse(new SplitViewProof(proof.Smaller, proof.Larger, Honest.Root(17), proof.Proof).ProvesGuilt(Trusted));
        Assert.IsFalse(new SplitViewProof(proof.Smaller, proof.Larger, Digest.Zero, []).ProvesGuilt(Trusted));
        var honest = new SplitViewProof(Note(Honest, 17), Note(Honest, 20), Honest.Root(17), Honest.ConsistencyProof(17, 20));
        Assert.IsFalse(honest.ProvesGuilt(Trusted), "an honest log");
        Assert.IsFalse(new SplitViewProof(Note(Honest, 17), Note(Honest, 17)).ProvesGuilt(Trusted), "the same twice");
        Assert.IsFalse(new SplitViewProof(Note(Honest, 14), Note(Forked, 14)).ProvesGuilt(Trusted), "before the fork");
    }

    [TestMethod]
    public void SplitViewProof_WrittenAndRead_StillProvesAndNoChangeDoes()
    {
        var bytes = new SplitViewProof(Note(Honest, 17), Note(Forked, 20), Forked.Root(17), Forked.ConsistencyProof(17, 20)).ToArray();
        Assert.IsTrue(SplitViewProof.TryParse(bytes, out var read));
        Assert.IsTrue(read.ProvesGuilt(Trusted));
        CollectionAssert.AreEqual(bytes, read.ToArray());
        Assert.IsFalse(SplitViewProof.TryParse([.. bytes, 0], out _));
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.IsFalse(SplitViewProof.TryParse(bytes.AsSpan(0, i), out _), $"accepted {i} bytes");
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Assert.IsFalse(SplitViewProof.TryParse(changed, out var other) && other.ProvesGuilt(Trusted), $"byte {i}");
        }
    }

    [TestMethod]
    public void WitnessRequest_RuleBroken_IsRefused()
    {
        var body = Encoding.UTF8.GetString(WitnessRequest.Compose(7, Honest.ConsistencyProof(7, 12), Note(Honest, 12)));
        Assert.IsTrue(WitnessRequest.TryParse(Encoding.UTF8.GetBytes(body), out _));
        foreach (var (old, replacement) in new[]
        {
            ("old 7\n", "old 07\n"), ("old 7\n", "old -7\n"), ("old 7\n", "old  7\n"), ("old 7\n", "old 7 \n"), ("old 7\n", "old\n"), ("old 7\n", "Old 7\n"),
            ("old 7\n", "\nold 7\n"), ("old 7\n", "old 7\r\n"), ("old 7\n", "old 18446744073709551616\n"), ("old 7\n", "old 7\nAAAA\n"), ("old 7\n", "old 7\n "),
            ("\n12\n", "\n012\n"), ("\n\nexample", "\nexample"),
        })
        {
            Assert.IsFalse(WitnessRequest.TryParse(Encoding.UTF8.GetBytes(body.Replace(old, replacement, StringComparison.Ordinal)), out _), replacement);
        }

        for (var length = 0; length < body.Length - 1; length++)
        {
            Assert.IsFalse(WitnessRequest.TryParse(Encoding.UTF8.GetBytes(body[..length]), out _), $"accepted {length} characters");
        }

        var hash = Honest.Root();
        Assert.IsTrue(WitnessRequest.TryParse(WitnessRequest.Compose(7, [.. Enumerable.Repeat(hash, 63)], Note(Honest, 12)), out _));
        Assert.IsFalse(WitnessRequest.TryParse(WitnessRequest.Compose(7, [.. Enumerable.Repeat(hash, 64)], Note(Honest, 12)), out _));
        Assert.IsFalse(WitnessRequest.TryParse(new byte[WitnessRequest.MaxSize + 1], out _));
    }

    [TestMethod]
    public void Witness_KeyInTwoRoles_Throws()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new Witness(Log, []));
        Assert.ThrowsExactly<ArgumentException>(() => new Witness(Signer, [(Origin, Signer.VerifierKey)]));
        Assert.ThrowsExactly<ArgumentException>(() => new Witness(Signer, [(Origin, new NoteVerifierKey("x", NoteKeyType.Ed25519, WitnessKey.PublicKey))]));
        Assert.ThrowsExactly<ArgumentException>(() => Witness.Decide(State(Honest, 7), Request(7, [], Note(Honest, 12, origin: "other")), 1));
    }
}
