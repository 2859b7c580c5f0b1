using System.Diagnostics.CodeAnalysis;
using System.Text;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tree;

/// <summary>The body of <c>add-checkpoint</c> (c2sp.org/tlog-witness): old size, consistency proof, an empty line, the log's signed checkpoint. Nothing in it is verified.</summary>
public sealed class WitnessRequest
{
    /// <summary>Largest body in bytes; room for many post-quantum signatures.</summary>
    public const int MaxSize = 256 * 1024;

    /// <summary>"The client MUST NOT send more than 63 consistency proof lines."</summary>
    public const int MaxProofLines = 63;

    private const string OldPrefix = "old ";

    private WitnessRequest(ulong oldSize, IReadOnlyList<Digest> proof, SignedNote note, Checkpoint checkpoint)
    {
        OldSize = oldSize;
        Proof = proof;
        Note = note;
        Checkpoint = checkpoint;
    }

    /// <summary>The size that the client believes the witness to be at.</summary>
    public ulong OldSize { get; }

    /// <summary>Consistency proof from the old size to the checkpoint's.</summary>
    public IReadOnlyList<Digest> Proof { get; }

    /// <summary>The log's note as received.</summary>
    public SignedNote Note { get; }

    /// <summary>The text of the note, read but not verified.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Parses a body; false is status 400.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, [NotNullWhen(true)] out WitnessRequest? request)
    {
        request = null;
        var blank = body.Length > MaxSize ? -1 : body.IndexOf("\n\n"u8);
        if (blank < 0 || body[..blank].ContainsAnyExceptInRange((byte)'\n', (byte)'~'))
        {
            return false;
        }

        var lines = Encoding.ASCII.GetString(body[..blank]).Split('\n');
        if (lines.Length > 1 + MaxProofLines
            || !lines[0].StartsWith(OldPrefix, StringComparison.Ordinal)
            || !DecimalText.TryParse(lines[0].AsSpan(OldPrefix.Length), out var oldSize))
        {
            return false;
        }

        var proof = new List<Digest>(lines.Length - 1);
        foreach (var line in lines.AsSpan(1))
        {
            if (!StandardBase64.TryDecode(line, out var hash) || hash.Length != Digest.Size)
            {
                return false;
            }

            proof.Add(new Digest(hash));
        }

        if (!SignedNote.TryParse(body[(blank + 2)..], out var note) || !Checkpoint.TryParse(note.Text.Span, out var checkpoint))
        {
            return false;
        }

        request = new WitnessRequest(oldSize, proof, note, checkpoint);
        return true;
    }

    /// <summary>The body that a log sends.</summary>
    public static byte[] Compose(ulong oldSize, IReadOnlyList<Digest> proof, ReadOnlySpan<byte> note) =>
        [
            .. Encoding.ASCII.GetBytes($"{OldPrefix}{DecimalText.Format(oldSize)}\n" + string.Concat(proof.Select(static p => StandardBase64.Encode(p.ToArray()) + "\n")) + "\n"),
            .. note,
        ];
}
