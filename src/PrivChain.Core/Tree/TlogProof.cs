using System.Diagnostics.CodeAnalysis;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tree;

/// <summary>
/// A file that proves offline that an entry is in a log that witnesses watch (c2sp.org/tlog-proof): index, inclusion proof, and the checkpoint's note verbatim. Parsing verifies nothing.
/// </summary>
public sealed class TlogProof
{
    /// <summary>Ending of such a file's name.</summary>
    public const string FileExtension = ".tlog-proof";

    /// <summary>Largest extra data in bytes: the largest entry of c2sp.org/tlog-tiles.</summary>
    public const int MaxExtra = ushort.MaxValue;

    /// <summary>Largest file in bytes.</summary>
    public const int MaxSize = SignedNote.MaxSize + 2 * MaxExtra;

    private const string Header = "c2sp.org/tlog-proof@v1";
    private const string ExtraLabel = "extra ";
    private const string IndexLabel = "index ";

    /// <param name="index">Place of the entry, from zero.</param>
    /// <param name="hashes">Inclusion proof, from the leaf's sibling to the root's child.</param>
    /// <param name="checkpoint">The checkpoint's note.</param>
    /// <param name="extra">Data that nothing in the file authenticates; empty for none.</param>
    /// <exception cref="ArgumentException">More hashes or extra data than a proof can have.</exception>
    public TlogProof(ulong index, IReadOnlyList<Digest> hashes, SignedNote checkpoint, ReadOnlyMemory<byte> extra = default)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (hashes.Count > MerkleProof.MaxLength || extra.Length > MaxExtra)
        {
            throw new ArgumentException($"at most {MerkleProof.MaxLength} hashes and {MaxExtra} bytes of extra data");
        }

        Index = index;
        Hashes = hashes;
        Note = checkpoint;
        Extra = extra;
    }

    /// <summary>Place of the entry, from zero.</summary>
    public ulong Index { get; }

    /// <summary>Inclusion proof, from the leaf's sibling to the root's child.</summary>
    public IReadOnlyList<Digest> Hashes { get; }

    /// <summary>The checkpoint's note, as received.</summary>
    public SignedNote Note { get; }

    /// <summary>Data that came along. Nothing in the file authenticates it: "applications MUST NOT implicitly trust the extra data".</summary>
    public ReadOnlyMemory<byte> Extra { get; }

    /// <summary>Reads a file. Each part has one form: other base64, numbers with zeros before them, lines left over are refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TlogProof? proof)
    {
        proof = null;
        if (bytes.Length > MaxSize)
        {
            return false;
        }

        // The first empty line ends the proof; what follows is a checkpoint, and any other note is not.
        var end = bytes.IndexOf("\n\n"u8);
        if (end < 0 || bytes[..end].ContainsAnyExceptInRange((byte)'\n', (byte)'~') || !SignedNote.TryParse(bytes[(end + 2)..], out var checkpoint)
            || !Checkpoint.TryParse(checkpoint.Text.Span, out _))
        {
            return false;
        }

        var lines = new Queue<string>(Encoding.ASCII.GetString(bytes[..end]).Split('\n'));
        if (lines.Dequeue() != Header || !TryExtra(lines, out var extra)
            || !lines.TryDequeue(out var line) || !line.StartsWith(IndexLabel, StringComparison.Ordinal) || !DecimalText.TryParse(line.AsSpan(IndexLabel.Length), out var index)
            || lines.Count > MerkleProof.MaxLength)
        {
            return false;
        }

        var hashes = new List<Digest>(lines.Count);
        foreach (var text in lines)
        {
            if (!StandardBase64.TryDecode(text, out var hash) || hash.Length != Digest.Size)
            {
                return false;
            }

            hashes.Add(new Digest(hash));
        }

        proof = new TlogProof(index, hashes, checkpoint, extra);
        return true;
    }

    /// <summary>Verifies that an entry stands at <see cref="Index"/> under this checkpoint, signed by its log and cosigned by a quorum of witnesses.</summary>
    /// <param name="entry">The entry's bytes: the leaf.</param>
    /// <param name="log">The log.</param>
    /// <param name="policy">The witnesses that count.</param>
    public Verdict<WitnessedCheckpoint> Verify(ReadOnlySpan<byte> entry, TrustedLog log, WitnessPolicy policy)
    {
        var witnessed = WitnessedCheckpoint.Verify(Note.Bytes.Span, log, policy);
        if (!witnessed.Accepted)
        {
            return witnessed;
        }

        var checkpoint = witnessed.Value.Checkpoint;
        return MerkleProof.VerifyInclusion(log.Suite.Tree, Index, checkpoint.Size, log.Suite.Tree.Leaf(entry), Hashes, checkpoint.Root)
            ? witnessed
            : Verdict<WitnessedCheckpoint>.Refuse(RefusalReason.BadProof, $"entry {Index} is not proved under the checkpoint of {checkpoint.Size} entries");
    }

    /// <summary>The file.</summary>
    public byte[] ToArray()
    {
        var text = new StringBuilder(Header).Append('\n');
        if (!Extra.IsEmpty)
        {
            text.Append(ExtraLabel).Append(StandardBase64.Encode(Extra.Span)).Append('\n');
        }

        text.Append(IndexLabel).Append(DecimalText.Format(Index)).Append('\n');
        foreach (var hash in Hashes)
        {
            text.Append(StandardBase64.Encode(hash.ToArray())).Append('\n');
        }

        return [.. Encoding.ASCII.GetBytes(text.Append('\n').ToString()), .. Note.Bytes.Span];
    }

    // "If no extra data is present, this line is omitted": an empty one is a second form of none.
    private static bool TryExtra(Queue<string> lines, out byte[] extra)
    {
        extra = [];
        if (!lines.TryPeek(out var line) || !line.StartsWith(ExtraLabel, StringComparison.Ordinal))
        {
            return true;
        }

        lines.Dequeue();
        if (!StandardBase64.TryDecode(line.AsSpan(ExtraLabel.Length), out var decoded) || decoded.Length is 0 or > MaxExtra)
        {
            return false;
        }

        extra = decoded;
        return true;
    }
}
