namespace PrivChain.Signatures.Engine;

/// <summary>Two coordinates below the prime; whether they are a point of the curve is for the engine to say.</summary>
internal readonly record struct PublicKey(UInt128 XHigh, UInt128 XLow, UInt128 YHigh, UInt128 YLow)
{
    /// <summary>Length of x and y.</summary>
    public const int Size = 64;

    public static bool TryRead(ReadOnlySpan<byte> bytes, CurveParameters curve, out PublicKey key)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"a key has {Size} bytes, x and y; given {bytes.Length}", nameof(bytes));
        }

        var x = U256.Read(bytes);
        var y = U256.Read(bytes[U256.Size..]);
        key = new PublicKey(new UInt128(x.W3, x.W2), new UInt128(x.W1, x.W0), new UInt128(y.W3, y.W2), new UInt128(y.W1, y.W0));
        return U256.LessThan(x, curve.P) && U256.LessThan(y, curve.P);
    }

    public void Write(Span<ulong> words)
    {
        words[0] = (ulong)XLow;
        words[1] = (ulong)(XLow >> 64);
        words[2] = (ulong)XHigh;
        words[3] = (ulong)(XHigh >> 64);
        words[4] = (ulong)YLow;
        words[5] = (ulong)(YLow >> 64);
        words[6] = (ulong)YHigh;
        words[7] = (ulong)(YHigh >> 64);
    }
}
