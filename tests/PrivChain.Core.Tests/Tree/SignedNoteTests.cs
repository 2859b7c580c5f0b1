using System.Text;
using System.Text.Json;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Tree;

[TestClass]
public sealed class SignedNoteTests
{
    private static readonly Ed25519Key Key = new([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly Ed25519Key OtherKey = new([.. Enumerable.Repeat((byte)2, 32)]);
    private static readonly NoteSigner Signer = new("example.com/log", NoteKeyType.Ed25519, Key);
    private static readonly byte[] Note = Signer.Sign("first\n\nsecond — 二\n"u8);

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void SignedNote_GoCases_MatchTheirOutcome()
    {
        foreach (var file in VectorFolder.Files("tlog", "signed_note_go*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var root = document.RootElement;
            foreach (var bad in root.GetProperty("bad_verifier_keys").EnumerateArray())
            {
                Assert.IsFalse(NoteVerifierKey.TryParse(bad.GetString(), out _), bad.GetString());
            }

            foreach (var c in root.GetProperty("open").EnumerateArray())
            {
                var name = c.GetProperty("name").GetString();
                var expected = c.GetProperty("result").GetString();
                if (!SignedNote.TryParse(Encoding.UTF8.GetBytes(c.GetProperty("note").GetString()!), out var note))
                {
                    Assert.AreEqual("malformed", expected, name);
                    continue;
                }

                var known = c.GetProperty("known").EnumerateArray().Select(static k => NoteVerifierKey.Parse(k.GetString()!)).ToList();
                var verdict = note.Verify(known);
                var (reason, detail) = expected switch
                {
                    "ok" => (RefusalReason.None, string.Empty),
                    "ambiguous key" => (RefusalReason.BadSettings, "two keys"),
                    "invalid signature" => (RefusalReason.BadSignature, "is wrong"),
                    "no verifiable signatures" => (RefusalReason.BadSignature, "no signature"),
                    _ => (RefusalReason.Internal, string.Empty),
                };
                Assert.AreEqual(reason, verdict.Reason, name);
                Assert.Contains(detail, verdict.Refusal?.Detail ?? string.Empty, name);
                if (verdict.Accepted)
                {
                    CollectionAssert.AreEqual(
                        c.GetProperty("verified").EnumerateArray().Select(static v => v.GetString()).ToList(),
                        verdict.Value.Signatures.Select(static s => s.Key.Name).ToList(),
                        name);
                }
            }

            // The same private key gives the same note, byte for byte.
            var sign = root.GetProperty("sign");
            var seed = Convert.FromBase64String(sign.GetProperty("signer_key").GetString()!.Split('+', 5)[4]).AsSpan(1);
            using var key = new Ed25519Key(seed);
            var signer = new NoteSigner("PeterNeumann", NoteKeyType.Ed25519, key);
            Assert.AreEqual(sign.GetProperty("verifier_key").GetString(), signer.VerifierKey.ToString());
            Assert.AreEqual(
                sign.GetProperty("note").GetString(),
                Encoding.UTF8.GetString(signer.Sign(Encoding.UTF8.GetBytes(sign.GetProperty("text").GetString()!))));
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void SignedNote_SpecificationExample_Verifies()
    {
        foreach (var file in VectorFolder.Files("tlog", "signed_note_c2sp*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var key = NoteVerifierKey.Parse(document.RootElement.GetProperty("vkey").GetString()!);
            Assert.AreEqual(document.RootElement.GetProperty("vkey").GetString(), key.ToString());
            Assert.IsTrue(SignedNote.TryParse(Encoding.UTF8.GetBytes(document.RootElement.GetProperty("note").GetString()!), out var note));
            Assert.IsTrue(note.Verify([key]).Accepted);
        }
    }

    [TestMethod]
    public void TryParse_ValidNote_KeepsTextAndBytes()
    {
        Assert.IsTrue(SignedNote.TryParse(Note, out var note));
        Assert.AreEqual("first\n\nsecond — 二\n", Encoding.UTF8.GetString(note.Text.Span));
        Assert.IsTrue(note.Bytes.Span.SequenceEqual(Note));
        Assert.AreEqual(Signer.VerifierKey, note.Verify([Signer.VerifierKey]).OrThrow().Signatures.Single().Key);
    }

    // No prefix, no extended and no changed note verifies.
    [TestMethod]
    public void SignedNote_TruncatedExtendedOrChanged_IsRefused()
    {
        for (var length = 0; length < Note.Length; length++)
        {
            Assert.IsFalse(SignedNote.TryParse(Note.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        foreach (var tail in new[] { "\n", "x", "x\n", "\0", " " })
        {
            Assert.IsFalse(SignedNote.TryParse([.. Note, .. Encoding.UTF8.GetBytes(tail)], out _), tail);
        }

        for (var i = 0; i < Note.Length; i++)
        {
            foreach (var change in new byte[] { 0x01, 0x20, 0x80 })
            {
                var changed = Note.ToArray();
                changed[i] ^= change;
                Assert.IsFalse(SignedNote.TryParse(changed, out var note) && note.Verify([Signer.VerifierKey]).Accepted, $"byte {i} by {change}");
            }
        }
    }

    [TestMethod]
    [DataRow("text\r\n\n— n AAAAAAA=\n")]
    [DataRow("text\t\n\n— n AAAAAAA=\n")]
    [DataRow("text\n\n- n AAAAAAA=\n")]
    [DataRow("text\n\n— n\n")]
    [DataRow("text\n\n— n  AAAAAAA=\n")]
    [DataRow("text\n\n— n AAAAAAA= \n")]
    [DataRow("text\n\n— n AAAAAAA\n")]
    [DataRow("text\n\n— n AAAAAA==\n")]
    [DataRow("text\n\n— n+ AAAAAAA=\n")]
    [DataRow("text\n\n— n\u00a0m AAAAAAA=\n")]
    [DataRow("text\n\n—  AAAAAAA=\n")]
    [DataRow("text\n\n")]
    [DataRow("\n\n")]
    public void TryParse_RuleBroken_IsRefused(string text) => Assert.IsFalse(SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [TestMethod]
    public void TryParse_InvalidUtf8_IsRefused()
    {
        Assert.IsTrue(SignedNote.TryParse("text\n\n— n AAAAAAA=\n"u8, out _));
        Assert.IsFalse(SignedNote.TryParse([0xff, .. "text\n\n— n AAAAAAA=\n"u8], out _));
        Assert.IsFalse(SignedNote.TryParse([0xed, 0xa0, 0x80, .. "text\n\n— n AAAAAAA=\n"u8], out _));
    }

    [TestMethod]
    public void TryParse_SignatureLimit_IsAtOneHundred()
    {
        var line = "— n AAAAAAA=\n";
        Assert.IsTrue(SignedNote.TryParse(Encoding.UTF8.GetBytes("t\n\n" + string.Concat(Enumerable.Repeat(line, SignedNote.MaxSignatures))), out _));
        Assert.IsFalse(SignedNote.TryParse(Encoding.UTF8.GetBytes("t\n\n" + string.Concat(Enumerable.Repeat(line, SignedNote.MaxSignatures + 1))), out _));
        Assert.IsFalse(SignedNote.TryParse(Encoding.UTF8.GetBytes(new string('t', SignedNote.MaxSize) + "\n\n" + line), out _));
    }

    // A line whose base64 has unused bits set does not make the note malformed, but it is not the known key's signature.
    [TestMethod]
    public void Verify_UnusedBitsOfBase64_FailForAKnownKeyAndAreIgnoredOtherwise()
    {
        var text = Encoding.UTF8.GetString(Note);
        var loose = text[..^3] + (char)(text[^3] + 1) + text[^2..];
        Assert.IsTrue(SignedNote.TryParse(Encoding.UTF8.GetBytes(loose), out var note));
        Assert.AreEqual(RefusalReason.BadSignature, note.Verify([Signer.VerifierKey]).Reason);
        var other = new NoteSigner("example.com/other", NoteKeyType.Ed25519, OtherKey);
        note = note.WithSignatures(other.SignatureLine(note.Text.Span));
        Assert.IsTrue(note.Verify([other.VerifierKey]).Accepted);
        Assert.IsFalse(note.Verify([other.VerifierKey, Signer.VerifierKey]).Accepted);
    }

    [TestMethod]
    public void Verify_SameNameOrSameIdOnly_IsAnUnknownKey()
    {
        Assert.IsTrue(SignedNote.TryParse(Note, out var note));
        var sameName = new NoteVerifierKey("example.com/log", NoteKeyType.Ed25519, OtherKey.PublicKey);
        var otherType = new NoteVerifierKey("example.com/log", NoteKeyType.Cosignature, Key.PublicKey);
        foreach (var key in new[] { sameName, otherType })
        {
            Assert.AreEqual(RefusalReason.BadSignature, note.Verify([key]).Reason);
            Assert.IsTrue(note.Verify([key, Signer.VerifierKey]).Accepted);
        }

        Assert.AreEqual(RefusalReason.BadSettings, note.Verify([Signer.VerifierKey, Signer.VerifierKey]).Reason);
    }

    [TestMethod]
    public void NoteVerifierKey_RoundTripAndEveryChangedCharacter()
    {
        var text = Signer.VerifierKey.ToString();
        Assert.AreEqual(Signer.VerifierKey, NoteVerifierKey.Parse(text));
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text.ToCharArray();
            changed[i] = changed[i] == 'x' ? 'y' : 'x';
            Assert.IsFalse(NoteVerifierKey.TryParse(new string(changed), out _), new string(changed));
            Assert.IsFalse(NoteVerifierKey.TryParse(text[..i], out _), text[..i]);
        }

        Assert.IsFalse(NoteVerifierKey.TryParse(text + "=", out _));
        Assert.IsFalse(NoteVerifierKey.TryParse(null, out _));
    }

    [TestMethod]
    public void NoteSigner_OtherUseThanItsType_Throws()
    {
        var witness = new NoteSigner("w", NoteKeyType.Cosignature, Key);
        Assert.ThrowsExactly<InvalidOperationException>(() => witness.SignatureLine("t\n"u8));
        Assert.ThrowsExactly<InvalidOperationException>(() => Signer.CosignatureLine("t\n"u8, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => witness.CosignatureLine("t\n"u8, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => witness.CosignatureLine("t\n"u8, 1UL << 63));
        Assert.ThrowsExactly<ArgumentException>(() => new NoteSigner("a b", NoteKeyType.Ed25519, Key));
        Assert.ThrowsExactly<ArgumentException>(() => Signer.Sign("no newline"u8));
        Assert.ThrowsExactly<ArgumentException>(() => Signer.Sign("tab\t\n"u8));
    }
}
