using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Tree;

[TestClass]
public sealed class CheckpointTests
{
    private const string Origin = "example.com/ledger";

    private static readonly Ed25519Key[] Keys = [.. Enumerable.Range(1, 5).Select(static i => new Ed25519Key([.. Enumerable.Repeat((byte)i, 32)]))];
    private static readonly NoteSigner Log = new(Origin, NoteKeyType.Ed25519, Keys[0]);
    private static readonly TrustedLog Trusted = new(Origin, Log.VerifierKey);
    private static readonly NoteSigner[] Witnesses = [.. Enumerable.Range(1, 4).Select(static i => new NoteSigner($"w{i}", NoteKeyType.Cosignature, Keys[i]))];
    private static readonly Checkpoint Sample = new(Origin, 7, MerkleHash.Sha256.Leaf([7]), "an extension");
    private static readonly SignedCheckpoint Signed = SignedCheckpoint.Sign(Sample, Log);

    private static WitnessPolicy Policy(int count, int quorum) => new(Witnesses.Take(count).Select(static w => w.VerifierKey), quorum);

    private static byte[] Cosigned(params (int Witness, ulong Time)[] cosignatures) =>
        Signed.Note.WithSignatures(cosignatures.Select(static c => Cosignature.Create(Sample, Witnesses[c.Witness], c.Time))).Bytes.ToArray();

    [TestMethod]
    public void Checkpoint_WrittenAndRead_IsTheSame()
    {
        Assert.IsTrue(Checkpoint.TryParse(Sample.Text.Span, out var read));
        Assert.AreEqual((Origin, 7UL, Sample.Root), (read.Origin, read.Size, read.Root));
        Assert.AreEqual("an extension", read.Extensions.Single());
        var largest = new Checkpoint(Origin, ulong.MaxValue, Sample.Root);
        Assert.IsTrue(Checkpoint.TryParse(largest.Text.Span, out read));
        Assert.AreEqual(ulong.MaxValue, read.Size);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("o\n7\n")]
    [DataRow("o\n7\n{root}")]
    [DataRow("\n7\n{root}\n")]
    [DataRow("o\n\n{root}\n")]
    [DataRow("o\n07\n{root}\n")]
    [DataRow("o\n+7\n{root}\n")]
    [DataRow("o\n-7\n{root}\n")]
    [DataRow("o\n 7\n{root}\n")]
    [DataRow("o\n0x7\n{root}\n")]
    [DataRow("o\n18446744073709551616\n{root}\n")]
    [DataRow("o\n7\nAAAA\n")]
    [DataRow("o\n7\n{root}=\n")]
    [DataRow("o\n7\n {root}\n")]
    [DataRow("o\n7\n{root}\n\n")]
    [DataRow("o\n7\n{root}\n\nx\n")]
    [DataRow("o\n7\n{root}\r\n")]
    [DataRow("o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n")]
    public void TryParse_RuleBroken_IsRefused(string text)
    {
        Assert.IsTrue(Checkpoint.TryParse(Encoding.UTF8.GetBytes($"o\n7\n{Root}\n"), out _));
        Assert.IsFalse(Checkpoint.TryParse(Encoding.UTF8.GetBytes(text.Replace("{root}", Root, StringComparison.Ordinal)), out _));
    }

    private static string Root => Convert.ToBase64String(Sample.Root.ToArray());

    [TestMethod]
    public void Checkpoint_LineNotAllowed_Throws()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new Checkpoint(string.Empty, 1, default));
        Assert.ThrowsExactly<ArgumentException>(() => new Checkpoint("a\nb", 1, default));
        Assert.ThrowsExactly<ArgumentException>(() => new Checkpoint("a", 1, default, string.Empty));
        Assert.ThrowsExactly<ArgumentException>(() => new Checkpoint("a", 1, default, "x\ny"));
    }

    [TestMethod]
    public void SignedCheckpoint_OtherOriginOrKeyOrText_IsRefused()
    {
        var note = Signed.Note.Bytes.Span;
        Assert.AreEqual(Sample.Root, SignedCheckpoint.Verify(note, Trusted).OrThrow().Checkpoint.Root);
        Assert.AreEqual(RefusalReason.WrongLedger, SignedCheckpoint.Verify(note, new TrustedLog("other", Log.VerifierKey)).Reason);
        Assert.AreEqual(RefusalReason.BadSignature, SignedCheckpoint.Verify(note, new TrustedLog(Origin, new NoteVerifierKey(Origin, NoteKeyType.Ed25519, Keys[1].PublicKey))).Reason);
        Assert.AreEqual(RefusalReason.Malformed, SignedCheckpoint.Verify(Log.Sign("no checkpoint\n"u8), Trusted).Reason);
        for (var i = 0; i < note.Length; i++)
        {
            var changed = note.ToArray();
            changed[i] ^= 1;
            Assert.IsFalse(SignedCheckpoint.Verify(changed, Trusted).Accepted, $"byte {i}");
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void SignedCheckpoint_RealCheckpointWithAnotherOriginThanKeyName_Verifies()
    {
        foreach (var file in VectorFolder.Files("tlog", "checkpoint_*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var root = document.RootElement;
            var key = NoteVerifierKey.Parse(root.GetProperty("vkey").GetString()!);
            var note = Encoding.UTF8.GetBytes(root.GetProperty("note").GetString()!);
            var checkpoint = SignedCheckpoint.Verify(note, new TrustedLog(root.GetProperty("origin").GetString()!, key)).OrThrow().Checkpoint;
            Assert.AreEqual(root.GetProperty("size").GetUInt64(), checkpoint.Size);
            Assert.AreEqual(new Digest(root.GetProperty("root").GetBytesFromBase64()), checkpoint.Root);
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Cosignature_PublishedWitness_VerifiesBesideAnUnknownType()
    {
        foreach (var file in VectorFolder.Files("tlog", "cosignature_*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var key = NoteVerifierKey.Parse(document.RootElement.GetProperty("witness_vkey").GetString()!);
            Assert.AreEqual(NoteKeyType.Cosignature, key.Type);
            var bytes = Encoding.UTF8.GetBytes(document.RootElement.GetProperty("note").GetString()!);
            Assert.IsTrue(SignedNote.TryParse(bytes, out var note));
            Assert.AreEqual(0x69546780UL, Cosignature.Verify(note, key).OrThrow().Time);
        }
    }

    [TestMethod]
    public void WitnessedCheckpoint_Quorum_CountsEachWitnessOnce()
    {
        var policy = Policy(3, 2);
        Assert.AreEqual(RefusalReason.NotWitnessed, WitnessedCheckpoint.Verify(Cosigned(), Trusted, policy).Reason);
        Assert.AreEqual(RefusalReason.NotWitnessed, WitnessedCheckpoint.Verify(Cosigned((0, 10)), Trusted, policy).Reason);
        Assert.AreEqual(RefusalReason.NotWitnessed, WitnessedCheckpoint.Verify(Cosigned((0, 10), (0, 20)), Trusted, policy).Reason, "one witness twice");
        Assert.AreEqual(RefusalReason.NotWitnessed, WitnessedCheckpoint.Verify(Cosigned((0, 10), (3, 20)), Trusted, policy).Reason, "a stranger");
        var accepted = WitnessedCheckpoint.Verify(Cosigned((0, 10), (1, 20)), Trusted, policy).OrThrow();
        CollectionAssert.AreEqual(new[] { "w1", "w2" }, accepted.WitnessNames.ToList());
    }

    // Fewer than a quorum of lying clocks move none of the times beyond an honest one.
    [TestMethod]
    public void WitnessedCheckpoint_Times_AreBoundedByAnHonestWitness()
    {
        var three = WitnessedCheckpoint.Verify(Cosigned((0, 100), (1, 105), (2, 9_000_000)), Trusted, Policy(3, 2)).OrThrow();
        Assert.AreEqual((100UL, 105UL, 105UL), (three.EarliestWitnessTime, three.QuorumTime, three.CurrentAt));
        three = WitnessedCheckpoint.Verify(Cosigned((0, 100), (1, 105), (2, 1)), Trusted, Policy(3, 2)).OrThrow();
        Assert.AreEqual((1UL, 100UL, 100UL), (three.EarliestWitnessTime, three.QuorumTime, three.CurrentAt));
        var repeated = WitnessedCheckpoint.Verify(Cosigned((0, 130), (0, 100), (1, 120), (1, 110)), Trusted, Policy(2, 2)).OrThrow();
        Assert.AreEqual((100UL, 110UL, 120UL), (repeated.EarliestWitnessTime, repeated.QuorumTime, repeated.CurrentAt));
    }

    [TestMethod]
    public void WitnessedCheckpoint_WrongCosignatureOfAKnownWitness_IsRefusedAndOfAStrangerIgnored()
    {
        var other = new Checkpoint(Origin, 8, Sample.Root);
        var wrong = Cosignature.Create(other, Witnesses[2], 10);
        Assert.IsTrue(SignedNote.TryParse(Cosigned((0, 10), (1, 20)), out var note));
        note = note.WithSignatures(wrong);
        Assert.AreEqual(RefusalReason.BadSignature, WitnessedCheckpoint.Verify(note.Bytes.Span, Trusted, Policy(3, 2)).Reason);
        Assert.IsTrue(WitnessedCheckpoint.Verify(note.Bytes.Span, Trusted, Policy(2, 2)).Accepted);
    }

    [TestMethod]
    public void WitnessedCheckpoint_EmptyTreeWithAnotherRoot_IsRefused()
    {
        foreach (var (root, expected) in new[] { (MerkleHash.Sha256.EmptyRoot, RefusalReason.None), (Sample.Root, RefusalReason.BadProof) })
        {
            var empty = new Checkpoint(Origin, 0, root);
            var note = SignedCheckpoint.Sign(empty, Log).Note.WithSignatures(Cosignature.Create(empty, Witnesses[0], 5));
            Assert.AreEqual(expected, WitnessedCheckpoint.Verify(note.Bytes.Span, Trusted, Policy(1, 1)).Reason);
        }
    }

    [TestMethod]
    public void WitnessPolicy_QuorumOrKeysNotSound_Throws()
    {
        var key = Witnesses[0].VerifierKey;
        Assert.ThrowsExactly<ArgumentException>(() => Policy(2, 0));
        Assert.ThrowsExactly<ArgumentException>(() => Policy(2, 3));
        Assert.ThrowsExactly<ArgumentException>(() => new WitnessPolicy([Log.VerifierKey], 1));
        Assert.ThrowsExactly<ArgumentException>(() => new WitnessPolicy([key, key], 1));
        Assert.ThrowsExactly<ArgumentException>(() => new WitnessPolicy([key, new NoteVerifierKey("other", NoteKeyType.Cosignature, key.PublicKey)], 1));
    }
}
