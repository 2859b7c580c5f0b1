namespace PrivChain.Signatures.Engine;

/// <summary>What one curve can do on one instruction set. Scalars, digests and coordinates are four words each, one item after the other; everything is checked for its range before.</summary>
internal abstract class CurveEngine(CurveParameters curve)
{
    /// <summary>The most items of one call: what stays in a core's own cache.</summary>
    public const int Chunk = 128;

    /// <summary>Width and windows of the comb of a registered key: 43 windows of 32 points, 88 KB.</summary>
    public const int KeyWidth = 6;

    public const int KeyWindows = 43;

    public const int KeyTableWords = KeyWindows << (KeyWidth - 1) << 3;

    public CurveParameters Curve { get; } = curve;

    /// <summary>Lanes side by side.</summary>
    public abstract int Lanes { get; }

    /// <summary>The comb of a key that is on the curve; false where it is not.</summary>
    public abstract bool TryBuildTable(ReadOnlySpan<ulong> key, Span<ulong> table);

    /// <summary>True in each place where u1 · G + u2 · Q has the x coordinate that was wanted; scalars below n, keys by where their tables begin.</summary>
    public abstract void CheckRegistered(in PointCheck check, ReadOnlySpan<ulong> tables, ReadOnlySpan<int> keyOffsets, Span<bool> verdicts);

    /// <summary>As <see cref="CheckRegistered"/> for keys that come with the items; false where the key is not on the curve.</summary>
    public abstract void CheckUnknown(in PointCheck check, ReadOnlySpan<ulong> keys, Span<bool> verdicts);

    /// <summary>u1 = e/s and u2 = r/s modulo n, for s other than zero.</summary>
    public abstract void DivideScalars(ReadOnlySpan<ulong> e, ReadOnlySpan<ulong> r, ReadOnlySpan<ulong> s, Span<ulong> u1, Span<ulong> u2);

    /// <summary>
    /// The key for which (r, s) is a signature of e and whose nonce point is (r, y) with y odd or even (SEC 1 section 4.1.6); false where there is none. Scalars in 1 to n - 1, at most
    /// <see cref="Chunk"/> items.
    /// </summary>
    public abstract void Recover(ReadOnlySpan<ulong> e, ReadOnlySpan<ulong> r, ReadOnlySpan<ulong> s, ReadOnlySpan<bool> odd, Span<ulong> keys, Span<bool> found);

    /// <summary>Each secret scalar (1 to n - 1) times the generator: x and y. Constant time.</summary>
    public abstract void MultiplyBase(ReadOnlySpan<ulong> scalars, Span<ulong> points);

    /// <summary>s = (e + r · key) / k modulo n. Constant time.</summary>
    public abstract void FinishEcdsa(ReadOnlySpan<ulong> key, ReadOnlySpan<ulong> e, ReadOnlySpan<ulong> k, ReadOnlySpan<ulong> r, Span<ulong> s);

    /// <summary>s = (k - r · key) / (1 + key) modulo n. Constant time.</summary>
    public abstract void FinishSm2(ReadOnlySpan<ulong> key, ReadOnlySpan<ulong> k, ReadOnlySpan<ulong> r, Span<ulong> s);
}
