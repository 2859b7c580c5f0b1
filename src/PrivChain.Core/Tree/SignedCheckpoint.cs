using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tree;

/// <summary>A checkpoint that its log signed. One operator's word: for more, ask for a <see cref="WitnessedCheckpoint"/>.</summary>
public sealed class SignedCheckpoint
{
    private SignedCheckpoint(Checkpoint checkpoint, SignedNote note)
    {
        Checkpoint = checkpoint;
        Note = note;
    }

    /// <summary>What the log signed.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The note as received, with every signature on it.</summary>
    public SignedNote Note { get; }

    /// <summary>Signs a checkpoint as its log.</summary>
    public static SignedCheckpoint Sign(Checkpoint checkpoint, NoteSigner log)
    {
        var bytes = log.Sign(checkpoint.Text.Span);
        return SignedNote.TryParse(bytes, out var note)
            ? new SignedCheckpoint(checkpoint, note)
            : throw new InvalidOperationException("a signed checkpoint is not a note");
    }

    /// <summary>Verifies a note as a checkpoint of the log with this key and origin. Both are configured: the origin is not always the key's name.</summary>
    public static Verdict<SignedCheckpoint> Verify(ReadOnlySpan<byte> note, NoteVerifierKey logKey, string origin) =>
        SignedNote.TryParse(note, out var parsed)
            ? Verify(parsed, [logKey], origin)
            : Verdict<SignedCheckpoint>.Refuse(RefusalReason.Malformed, "not a signed note");

    /// <summary>As above, for a log with several keys (rotation): one good signature suffices, a wrong one by any of them refuses.</summary>
    public static Verdict<SignedCheckpoint> Verify(SignedNote note, IReadOnlyList<NoteVerifierKey> logKeys, string origin)
    {
        if (!Checkpoint.TryParse(note.Text.Span, out var checkpoint))
        {
            return Verdict<SignedCheckpoint>.Refuse(RefusalReason.Malformed, "not a checkpoint");
        }

        if (checkpoint.Origin != origin)
        {
            return Verdict<SignedCheckpoint>.Refuse(RefusalReason.WrongLedger, $"wanted origin {origin}, given {checkpoint.Origin}");
        }

        var verified = note.Verify(logKeys);
        return verified.Accepted ? new SignedCheckpoint(checkpoint, note) : verified.Refusal;
    }
}
