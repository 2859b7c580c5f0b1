namespace PrivChain.Core.Tree;

/// <summary>A signature of a note that verified.</summary>
/// <param name="Key">The known key that made it.</param>
/// <param name="Time">For a cosignature, when it was made, in Unix seconds; otherwise null.</param>
public sealed record VerifiedSignature(NoteVerifierKey Key, ulong? Time);
