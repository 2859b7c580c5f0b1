namespace PrivChain.Signatures.Hashing;

/// <summary>A hash of 32 bytes over blocks of 64, as SHA-256 and SM3 are: the same padding, big-endian words, eight of them in the state.</summary>
internal interface ICompression<TVector>
    where TVector : struct
{
    static abstract void Begin(Span<TVector> state);

    static abstract void Compress(Span<TVector> state, ReadOnlySpan<TVector> block);

    /// <summary>The second block of a node of a tree: one byte, padding, and a length of 65 bytes. For a hash that gains by knowing so much of it.</summary>
    static abstract void CompressEnd(Span<TVector> state, ReadOnlySpan<TVector> block);
}
