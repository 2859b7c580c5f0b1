namespace PrivChain.Signatures.Engine;

/// <summary>Signatures whose parts are in range, until there are enough of them.</summary>
internal sealed class PendingItems(int capacity)
{
    private readonly int[] _places = new int[capacity];
    private readonly int[] _offsets = new int[capacity];
    private readonly bool[] _impossible = new bool[capacity];
    private readonly ulong[] _keys = new ulong[capacity * 8];
    private readonly ulong[] _e = new ulong[capacity * 4];
    private readonly ulong[] _r = new ulong[capacity * 4];
    private readonly ulong[] _s = new ulong[capacity * 4];
    private readonly ulong[] _u1 = new ulong[capacity * 4];
    private readonly ulong[] _u2 = new ulong[capacity * 4];
    private readonly ulong[] _x = new ulong[capacity * 4];
    private readonly ulong[] _otherX = new ulong[capacity * 4];

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    public ReadOnlySpan<int> KeyOffsets => _offsets.AsSpan(0, Count);

    public ReadOnlySpan<ulong> Keys => _keys.AsSpan(0, Count * 8);

    public PointCheck Question => new()
    {
        U1 = _u1.AsSpan(0, Count * 4),
        U2 = _u2.AsSpan(0, Count * 4),
        X = _x.AsSpan(0, Count * 4),
        OtherX = _otherX.AsSpan(0, Count * 4),
    };

    public void Add(int place, in PublicKey key, int offset, in U256 e, in U256 r, in U256 s)
    {
        _places[Count] = place;
        _offsets[Count] = offset;
        key.Write(_keys.AsSpan(Count * 8));
        e.Write(_e.AsSpan(Count * 4));
        r.Write(_r.AsSpan(Count * 4));
        s.Write(_s.AsSpan(Count * 4));
        Count++;
    }

    /// <summary>Turns signatures into <see cref="Question"/>.</summary>
    public void Prepare(SignatureScheme scheme, CurveEngine engine)
    {
        var curve = engine.Curve;
        if (scheme != SignatureScheme.Sm2)
        {
            var words = Count * 4;
            engine.DivideScalars(_e.AsSpan(0, words), _r.AsSpan(0, words), _s.AsSpan(0, words), _u1.AsSpan(0, words), _u2.AsSpan(0, words));
        }

        for (var i = 0; i < Count; i++)
        {
            var r = U256.Read(_r.AsSpan(i * 4));
            var x = r;
            _impossible[i] = false;
            if (scheme == SignatureScheme.Sm2)
            {
                // GB/T 32918.2 section 7: t = r + s, not zero; the point is s · G + t · P; r = e + x.
                var s = U256.Read(_s.AsSpan(i * 4));
                var t = U256.AddModulo(r, s, curve.N);
                _impossible[i] = t.IsZero;
                s.Write(_u1.AsSpan(i * 4));
                t.Write(_u2.AsSpan(i * 4));
                x = U256.SubtractModulo(r, U256.ReduceOnce(U256.Read(_e.AsSpan(i * 4)), curve.N), curve.N);
            }

            // x modulo n is known; x itself may be n larger, as long as it is below p.
            x.Write(_x.AsSpan(i * 4));
            var larger = U256.Add(x, curve.N, out var carry);
            (carry == 0 && U256.LessThan(larger, curve.P) ? larger : x).Write(_otherX.AsSpan(i * 4));
        }
    }

    /// <summary>Puts each verdict into its place, and begins anew.</summary>
    public void Report(ReadOnlySpan<bool> found, Span<bool> verdicts)
    {
        for (var i = 0; i < Count; i++)
        {
            verdicts[_places[i]] = found[i] && !_impossible[i];
        }

        Count = 0;
    }
}
