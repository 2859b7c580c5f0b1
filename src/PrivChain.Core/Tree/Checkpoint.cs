using System.Diagnostics.CodeAnalysis;
using System.Text;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tree;

/// <summary>The text of a checkpoint (c2sp.org/tlog-checkpoint), believed by nobody until its note is verified: origin, size, root, extension lines.</summary>
public sealed class Checkpoint
{
    /// <param name="origin">Which log; not empty, no control characters. Not always the log key's name.</param>
    /// <param name="size">How many leaves.</param>
    /// <param name="root">The root over them.</param>
    /// <param name="extensions">Further lines, none empty. Witnesses sign them but vouch for nothing in them.</param>
    /// <exception cref="ArgumentException">A line is not allowed in a checkpoint.</exception>
    public Checkpoint(string origin, ulong size, Digest root, params IEnumerable<string> extensions)
    {
        Origin = origin;
        Size = size;
        Root = root;
        Extensions = [.. extensions];
        Text = Encoding.UTF8.GetBytes(string.Concat(
            ((IEnumerable<string>)[origin, DecimalText.Format(size), StandardBase64.Encode(root.ToArray()), .. Extensions]).Select(static line => line + "\n")));
        if (!TryParse(Text.Span, out var parsed) || parsed.Origin != origin || !parsed.Extensions.SequenceEqual(Extensions))
        {
            throw new ArgumentException("not an origin and extension lines of a checkpoint");
        }
    }

    private Checkpoint(ReadOnlyMemory<byte> text, string[] lines, ulong size, Digest root)
    {
        Text = text;
        Origin = lines[0];
        Size = size;
        Root = root;
        Extensions = lines[3..];
    }

    /// <summary>Which log.</summary>
    public string Origin { get; }

    /// <summary>How many leaves.</summary>
    public ulong Size { get; }

    /// <summary>The root over them.</summary>
    public Digest Root { get; }

    /// <summary>Further lines.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>The note text: what is signed.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>Parses a note text: at least three lines, none empty, size without leading zeros, root in canonical base64.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (text.Length is 0 or > SignedNote.MaxSize || text[^1] != '\n' || !SignedNote.IsNoteText(text))
        {
            return false;
        }

        var lines = Encoding.UTF8.GetString(text[..^1]).Split('\n');
        if (lines.Length < 3
            || lines.Any(static line => line.Length == 0)
            || !DecimalText.TryParse(lines[1], out var size)
            || !StandardBase64.TryDecode(lines[2], out var root)
            || root.Length != Digest.Size)
        {
            return false;
        }

        checkpoint = new Checkpoint(text.ToArray(), lines, size, new Digest(root));
        return true;
    }
}
