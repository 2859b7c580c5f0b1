namespace PrivChain.Core.Tree;

/// <summary>A note with at least one good signature by a known key and none that is wrong; made by <see cref="SignedNote.Verify"/> alone.</summary>
public sealed class VerifiedNote
{
    internal VerifiedNote(SignedNote note, IReadOnlyList<VerifiedSignature> signatures)
    {
        Note = note;
        Signatures = signatures;
    }

    /// <summary>The note, whose text may now be believed as far as its signers are.</summary>
    public SignedNote Note { get; }

    /// <summary>The good signatures, each key and time once, in the order of the note.</summary>
    public IReadOnlyList<VerifiedSignature> Signatures { get; }
}
