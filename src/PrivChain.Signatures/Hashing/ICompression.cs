namespace PrivChain.Signatures.Hashing;

/// <summary>A hash of 32 bytes over blocks of 64, as SHA-256 and SM3 are: the same padding, big-endian words, eight of them in the state.</summary>
internal interface ICompression<TVector>
    where TVector : struct
{
    static abstract void Begin(Span<TVector> state);

    static abstract void Compress(Span<TVector> state, ReadOnlySpan<TVector> block);
}
