using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Tree;

/// <summary>
/// What a witness keeps of one log: the log's own signed note of the latest checkpoint it cosigned. Not the root alone: without the log's signature
/// a split view could be seen but not proved later.
/// </summary>
public sealed class WitnessState
{
    private WitnessState(SignedNote note, Checkpoint checkpoint)
    {
        Note = note;
        Checkpoint = checkpoint;
    }

    /// <summary>The latest cosigned checkpoint.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Its note, as the log signed it.</summary>
    public SignedNote Note { get; }

    /// <summary>Reads what the witness itself stored after verifying it; signatures are not checked again, so that a log may change its key.</summary>
    public static bool TryRead(ReadOnlySpan<byte> storedNote, [NotNullWhen(true)] out WitnessState? state)
    {
        state = SignedNote.TryParse(storedNote, out var note) && Checkpoint.TryParse(note.Text.Span, out var checkpoint)
            ? new WitnessState(note, checkpoint)
            : null;
        return state is not null;
    }
}
