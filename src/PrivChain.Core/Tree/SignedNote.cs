using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tree;

/// <summary>
/// A note of c2sp.org/signed-note: text, a blank line, signature lines. Parsing verifies nothing; the bytes are kept as received and
/// signatures are checked over them.
/// </summary>
public sealed class SignedNote
{
    /// <summary>Largest note in bytes; room for the allowed number of post-quantum signatures.</summary>
    public const int MaxSize = 1_000_000;

    /// <summary>Most signature lines; the specification asks for at least 16.</summary>
    public const int MaxSignatures = 100;

    private readonly byte[] _bytes;
    private readonly int _textLength;

    private SignedNote(byte[] bytes, int textLength, IReadOnlyList<NoteSignature> signatures)
    {
        _bytes = bytes;
        _textLength = textLength;
        Signatures = signatures;
    }

    /// <summary>The whole note as received.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The text with its last newline: what is signed.</summary>
    public ReadOnlyMemory<byte> Text => _bytes.AsMemory(0, _textLength);

    /// <summary>All signature lines in order, by known and unknown keys.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Parses a note: valid UTF-8, no control characters but newline, at least one signature line and nothing after them.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;

        // The last empty line separates text from signatures; the text may contain empty lines of its own.
        var blank = bytes.Length > MaxSize ? -1 : bytes.LastIndexOf("\n\n"u8);
        if (blank < 0 || bytes[^1] != '\n' || !IsNoteText(bytes))
        {
            return false;
        }

        var lines = Encoding.UTF8.GetString(bytes[(blank + 2)..]);
        var signatures = new List<NoteSignature>();
        for (var start = 0; start < lines.Length;)
        {
            var end = lines.IndexOf('\n', start) + 1;
            if (signatures.Count == MaxSignatures || !NoteSignature.TryParse(lines[start..end], out var signature))
            {
                return false;
            }

            signatures.Add(signature);
            start = end;
        }

        if (signatures.Count == 0)
        {
            return false;
        }

        note = new SignedNote(bytes.ToArray(), blank + 1, signatures);
        return true;
    }

    /// <summary>
    /// Checks the signatures by the given keys; signatures by other keys are ignored. Refused when a given key's signature is wrong, when
    /// none of the given keys signed, or when two given keys share the name and key id of a signature.
    /// </summary>
    public Verdict<VerifiedNote> Verify(IReadOnlyList<NoteVerifierKey> keys)
    {
        var verified = new List<VerifiedSignature>();
        foreach (var signature in Signatures)
        {
            NoteVerifierKey? known = null;
            foreach (var key in keys)
            {
                if (!signature.IsBy(key))
                {
                    continue;
                }

                // First-wins would let the order of a configuration decide whose word counts.
                if (known is not null)
                {
                    return Verdict<VerifiedNote>.Refuse(RefusalReason.BadSettings, $"two keys named {key.Name} share a key id");
                }

                known = key;
            }

            if (known is null)
            {
                continue;
            }

            if (!signature.IsCanonical || !known.Verify(Text.Span, signature.Signature, out var time))
            {
                return Verdict<VerifiedNote>.Refuse(RefusalReason.BadSignature, $"the {known.Type} signature of {known.Name} is wrong");
            }

            // The same line again says nothing new; another time of the same witness does.
            var found = new VerifiedSignature(known, time);
            if (!verified.Contains(found))
            {
                verified.Add(found);
            }
        }

        return verified.Count == 0
            ? Verdict<VerifiedNote>.Refuse(RefusalReason.BadSignature, "no signature by a known key")
            : new VerifiedNote(this, verified);
    }

    /// <summary>This note with more signature lines at its end.</summary>
    /// <exception cref="ArgumentException">A line is not a signature line, or there are too many.</exception>
    public SignedNote WithSignatures(params IEnumerable<string> lines)
    {
        byte[] bytes = [.. _bytes, .. Encoding.UTF8.GetBytes(string.Concat(lines))];
        return TryParse(bytes, out var note) && note._textLength == _textLength
            ? note
            : throw new ArgumentException("not signature lines, or too many", nameof(lines));
    }

    /// <summary>A note of a text and signature lines.</summary>
    /// <exception cref="ArgumentException">The text does not end in a newline or has control characters, or a line is not a signature line.</exception>
    public static byte[] Compose(ReadOnlySpan<byte> text, params IEnumerable<string> lines)
    {
        byte[] bytes = [.. text, (byte)'\n', .. Encoding.UTF8.GetBytes(string.Concat(lines))];
        return TryParse(bytes, out var note) && note._textLength == text.Length
            ? bytes
            : throw new ArgumentException("not a text and signature lines that make a note");
    }

    /// <summary>Valid UTF-8 without ASCII control characters other than newline.</summary>
    internal static bool IsNoteText(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b < 0x20 && b != '\n')
            {
                return false;
            }
        }

        return Utf8.IsValid(bytes);
    }
}
