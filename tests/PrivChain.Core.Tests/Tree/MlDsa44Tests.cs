using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Interop;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Tests.Tree;

/// <summary>ML-DSA-44 cosignatures (c2sp.org/tlog-cosignature, type 0x06).</summary>
[TestClass]
public sealed class MlDsa44Tests
{
    private const string Origin = "example.com/behind-the-sofa";
    private static readonly byte[] Seed = [.. Enumerable.Range(0, MlDsa44Key.SeedSize).Select(static i => (byte)i)];
    private static readonly MlDsa44Key Key = new(Seed);
    private static readonly Ed25519Key LogKey = new(Seed);
    private static readonly NoteSigner Log = new(Origin, NoteKeyType.Ed25519, LogKey);
    private static readonly TrustedLog Trusted = new(Origin, Log.VerifierKey);
    private static readonly NoteSigner Signer = new("witness.example.com/w1", NoteKeyType.MlDsa44Cosignature, Key);
    private static readonly Checkpoint Tree = new(Origin, 20852163, Digest.OfSha256("a root"u8), "an extension");

    // The structure cosigned_message, written out here by hand.
    [TestMethod]
    public void Cosignature_SignsTheStructureOfTheSpecification()
    {
        byte[] wanted =
        [
            .. Encoding.ASCII.GetBytes("subtree/v1\n\0"),
            22, .. "witness.example.com/w1"u8,
            0, 0, 0, 0, 0x64, 0x18, 0x50, 0xcb,
            27, .. Encoding.ASCII.GetBytes(Origin),
            0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0x01, 0x3e, 0x2d, 0xc3,
            .. Digest.OfSha256("a root"u8).ToArray(),
        ];
        var line = Signer.CosignatureLine(Tree.Text.Span, 0x641850cb);
        var encoded = Convert.FromBase64String(line.TrimEnd('\n').Split(' ')[2]);
        Assert.HasCount(4 + 8 + 2420, encoded);
        Assert.AreEqual(0x641850cbUL, BinaryPrimitives.ReadUInt64BigEndian(encoded.AsSpan(4)));
        Assert.IsTrue(Key.PublicKey.Verify(wanted, encoded.AsSpan(12)));

        // SHA-256(<name> || "\n" || 0x06 || 1312-byte public key)[:4]
        var id = Digest.OfSha256([.. "witness.example.com/w1\n"u8, 0x06, .. Key.PublicKey.Bytes]).ToArray().AsSpan(0, 4);
        Assert.IsTrue(id.SequenceEqual(encoded.AsSpan(0, 4)));
    }

    [TestMethod]
    public void KeyAndSignature_OfNoble_AreTheSame()
    {
        var message = "any message"u8;
        var ours = Key.Sign(message);
        var theirs = Counterpart.Run("mldsa.mjs", new JsonObject { ["seed"] = Hex.Encode(Seed), ["message"] = Hex.Encode(message), ["signature"] = Hex.Encode(ours) });
        Assert.AreEqual(Hex.Encode(Key.PublicKey.Bytes), theirs.GetProperty("publicKey").GetString());
        Assert.AreEqual(Hex.Encode(ours), theirs.GetProperty("signature").GetString());
        Assert.IsTrue(theirs.GetProperty("verified").GetBoolean());
    }

    [TestMethod]
    public void Vkey_RoundTrips_AndOtherLengthsAreRefused()
    {
        var text = Signer.VerifierKey.ToString();
        Assert.IsTrue(NoteVerifierKey.TryParse(text, out var parsed));
        Assert.AreEqual(Signer.VerifierKey, parsed);
        Assert.IsTrue(parsed.IsWitness);
        foreach (var typed in new byte[][] { [6, .. Key.PublicKey.Bytes[1..]], [4, .. Key.PublicKey.Bytes], [6, .. LogKey.PublicKey.Bytes], [6] })
        {
            Assert.IsFalse(NoteVerifierKey.TryParse($"w+{parsed.KeyId:x8}+{Convert.ToBase64String(typed)}", out _));
        }

        Assert.ThrowsExactly<ArgumentException>(() => new NoteSigner("w", NoteKeyType.MlDsa44Cosignature, LogKey));
        Assert.ThrowsExactly<ArgumentException>(() => new NoteSigner("w", NoteKeyType.Cosignature, Key));
        Assert.ThrowsExactly<ArgumentException>(() => new NoteSigner(new string('w', 256), NoteKeyType.MlDsa44Cosignature, Key));
    }

    // Unlike Ed25519, the message names the witness and leaves the extension lines out.
    [TestMethod]
    public void Verify_OfAnotherNameSizeRootOrTime_IsRefused()
    {
        var line = Signer.CosignatureLine(Tree.Text.Span, 100);
        Assert.AreEqual(RefusalReason.None, Reason(Tree, line, Signer));
        Assert.AreEqual(RefusalReason.None, Reason(new Checkpoint(Origin, Tree.Size, Tree.Root), line, Signer));
        Assert.AreEqual(RefusalReason.BadSignature, Reason(new Checkpoint(Origin, Tree.Size + 1, Tree.Root), line, Signer));
        Assert.AreEqual(RefusalReason.BadSignature, Reason(new Checkpoint(Origin, Tree.Size, Digest.Zero), line, Signer));
        var bytes = Convert.FromBase64String(line.TrimEnd('\n').Split(' ')[2]);
        foreach (var position in new[] { 4, 11, 12, 700, bytes.Length - 1 })
        {
            var changed = bytes.ToArray();
            changed[position] ^= 1;
            Assert.AreEqual(RefusalReason.BadSignature, Reason(Tree, $"— {Signer.VerifierKey.Name} {Convert.ToBase64String(changed)}\n", Signer), $"byte {position}");
        }

        foreach (var length in new[] { bytes.Length - 1, 12, 76 })
        {
            Assert.AreEqual(RefusalReason.BadSignature, Reason(Tree, $"— {Signer.VerifierKey.Name} {Convert.ToBase64String(bytes.AsSpan(0, length))}\n", Signer), $"{length} bytes");
        }

        var renamed = new NoteSigner("witness.example.com/w2", NoteKeyType.MlDsa44Cosignature, Key);
        var id = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(id, renamed.VerifierKey.KeyId);
        Assert.AreEqual(RefusalReason.BadSignature, Reason(Tree, $"— {renamed.VerifierKey.Name} {Convert.ToBase64String([.. id, .. bytes.AsSpan(4)])}\n", renamed));
    }

    [TestMethod]
    public void Witnessed_QuorumOfBothTypes_CountsEachOnce()
    {
        using var otherKey = Ed25519Key.Generate();
        var other = new NoteSigner("w2", NoteKeyType.Cosignature, otherKey);
        var policy = new WitnessPolicy([Signer.VerifierKey, other.VerifierKey], 2);
        var note = SignedNote.Compose(Tree.Text.Span, Log.SignatureLine(Tree.Text.Span), Signer.CosignatureLine(Tree.Text.Span, 100), other.CosignatureLine(Tree.Text.Span, 200));
        var witnessed = WitnessedCheckpoint.Verify(note, Trusted, policy).OrThrow();
        Assert.AreEqual((100UL, 200UL), (witnessed.EarliestWitnessTime, witnessed.QuorumTime));
        var half = SignedNote.Compose(Tree.Text.Span, Log.SignatureLine(Tree.Text.Span), Signer.CosignatureLine(Tree.Text.Span, 100));
        Assert.AreEqual(RefusalReason.NotWitnessed, WitnessedCheckpoint.Verify(half, Trusted, policy).Reason);
    }

    // "These two values MAY be zero if the cosigner doesn't make any statement as to the tree being the largest observed": then it is no witness of ours.
    [TestMethod]
    public void Witnessed_TimeZero_DoesNotCount()
    {
        byte[] message = [.. "subtree/v1\n\0"u8, 22, .. "witness.example.com/w1"u8, .. new byte[8], 27, .. Encoding.ASCII.GetBytes(Origin), .. new byte[8], 0, 0, 0, 0, 0x01, 0x3e, 0x2d, 0xc3, .. Tree.Root.ToArray()];
        var id = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(id, Signer.VerifierKey.KeyId);
        var line = $"— {Signer.VerifierKey.Name} {Convert.ToBase64String([.. id, .. new byte[8], .. Key.Sign(message)])}\n";
        Assert.AreEqual(RefusalReason.None, Reason(Tree, line, Signer));
        var note = SignedNote.Compose(Tree.Text.Span, Log.SignatureLine(Tree.Text.Span), line);
        Assert.AreEqual(RefusalReason.NotWitnessed, WitnessedCheckpoint.Verify(note, Trusted, new WitnessPolicy([Signer.VerifierKey], 1)).Reason);
    }

    private static RefusalReason Reason(Checkpoint checkpoint, string line, NoteSigner by)
    {
        Assert.IsTrue(SignedNote.TryParse(SignedNote.Compose(checkpoint.Text.Span, line), out var note));
        return Cosignature.Verify(note, by.VerifierKey).Reason;
    }
}
