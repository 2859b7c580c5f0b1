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

    /// <summary>Signs a checkpoint as its log, with each of its keys.</summary>
    public static SignedCheckpoint Sign(Checkpoint checkpoint, params IReadOnlyList<NoteSigner> log)
    {
        var bytes = SignedNote.Compose(checkpoint.Text.Span, log.Select(signer => signer.SignatureLine(checkpoint.Text.Span)));
        return SignedNote.TryParse(bytes, out var note)
            ? new SignedCheckpoint(checkpoint, note)
            : throw new InvalidOperationException("a signed checkpoint is not a note");
    }

    /// <summary>Verifies a note as a checkpoint of a log.</summary>
    public static Verdict<SignedCheckpoint> Verify(ReadOnlySpan<byte> note, TrustedLog log) =>
        SignedNote.TryParse(note, out var parsed)
            ? Verify(parsed, log)
            : Verdict<SignedCheckpoint>.Refuse(RefusalReason.Malformed, "not a signed note");

    /// <summary>As above. Of several keys of one type (rotation) one good signature suffices, of each type one is needed, and a wrong one by any key refuses.</summary>
    public static Verdict<SignedCheckpoint> Verify(SignedNote note, TrustedLog log)
    {
        if (!Checkpoint.TryParse(note.Text.Span, out var checkpoint))
        {
            return Verdict<SignedCheckpoint>.Refuse(RefusalReason.Malformed, "not a checkpoint");
        }

        if (checkpoint.Origin != log.Origin)
        {
            return Verdict<SignedCheckpoint>.Refuse(RefusalReason.WrongLedger, $"wanted origin {log.Origin}, given {checkpoint.Origin}");
        }

        var verified = note.Verify(log.Keys);
        if (!verified.Accepted)
        {
            return verified.Refusal;
        }

        var missing = log.Suite.LogKeyTypes.Except(verified.Value.Signatures.Select(static signature => signature.Key.Type)).ToList();
        return missing.Count == 0
            ? new SignedCheckpoint(checkpoint, note)
            : Verdict<SignedCheckpoint>.Refuse(RefusalReason.BadSignature, $"no {string.Join(" and no ", missing)} signature of the log");
    }
}
