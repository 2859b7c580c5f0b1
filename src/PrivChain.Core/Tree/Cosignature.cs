using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tree;

/// <summary>
/// A verified statement of one witness (cosignature/v1, or subtree/v1 over a whole tree): at this time the largest tree it had seen of this log, grown by appending only, was
/// the checkpoint's.
/// </summary>
public sealed class Cosignature
{
    private Cosignature(NoteVerifierKey witness, ulong time)
    {
        Witness = witness;
        Time = time;
    }

    /// <summary>The witness.</summary>
    public NoteVerifierKey Witness { get; }

    /// <summary>When it said so, in Unix seconds by its own clock; the earliest where the note carries several of this witness.</summary>
    public ulong Time { get; }

    /// <summary>Makes the signature line, with its newline, of a witness over a checkpoint.</summary>
    public static string Create(Checkpoint checkpoint, NoteSigner witness, ulong time) => witness.CosignatureLine(checkpoint.Text.Span, time);

    /// <summary>Verifies the cosignature of one witness on a checkpoint's note.</summary>
    public static Verdict<Cosignature> Verify(SignedNote note, NoteVerifierKey witness)
    {
        if (!Checkpoint.TryParse(note.Text.Span, out _))
        {
            return Verdict<Cosignature>.Refuse(RefusalReason.Malformed, "not a checkpoint");
        }

        var verified = note.Verify([witness]);
        if (!verified.Accepted)
        {
            return verified.Refusal;
        }

        return verified.Value.Signatures.Min(static s => s.Time) is { } time
            ? new Cosignature(witness, time)
            : Verdict<Cosignature>.Refuse(RefusalReason.BadSettings, $"{witness.Name} is not a witness key");
    }
}
