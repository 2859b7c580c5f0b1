namespace PrivChain.Signatures.Engine;

/// <summary>The arithmetic question to which ECDSA and SM2 both come: is x of u1 · G + u2 · Q one of these?</summary>
internal readonly ref struct PointCheck
{
    /// <summary>Scalars below n.</summary>
    public required ReadOnlySpan<ulong> U1 { get; init; }

    public required ReadOnlySpan<ulong> U2 { get; init; }

    /// <summary>The wanted x modulo n, and the same plus n where that is still below p, else the first again.</summary>
    public required ReadOnlySpan<ulong> X { get; init; }

    public required ReadOnlySpan<ulong> OtherX { get; init; }

    public int Count => U1.Length / 4;

    public PointCheck Slice(int start, int count) => new()
    {
        U1 = U1.Slice(start * 4, count * 4),
        U2 = U2.Slice(start * 4, count * 4),
        X = X.Slice(start * 4, count * 4),
        OtherX = OtherX.Slice(start * 4, count * 4),
    };
}
