using System.Numerics;
using System.Runtime.CompilerServices;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Lanes;
using PrivChain.Signatures.Points;

namespace PrivChain.Signatures.Engine;

/// <summary>The algorithms, once for all curves and instruction sets. An instance holds constants and the generator's comb, and is shared by all threads.</summary>
internal sealed partial class VectorEngine<TVector, TLanes, TPrime, TOrder> : CurveEngine
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
    where TPrime : struct, IPrime
    where TOrder : struct, IModulus
{
    // The generator's comb for public scalars: 26 windows of 10 bits, 832 KB.
    private const int BaseWidth = 10;
    private const int BaseWindows = 26;
    private const int BaseRows = 1 << (BaseWidth - 1);

    // Keys that come once: 64 windows of 4 bits, one after the other, so eight multiples are enough. Where the curve has an endomorphism, two scalars of 33 windows.
    private const int OnceWidth = 4;
    private const int OnceWindows = 64;
    private const int HalfWindows = (Endomorphism.Bits / OnceWidth) + 1;
    private const int OnceRows = 1 << (OnceWidth - 1);

    private readonly Func<CurveEngine>? _exact;
    private readonly Element<TVector> _one;
    private readonly Element<TVector> _toMontgomery;
    private readonly Element<TVector> _b;
    private readonly Element<TVector> _beta;
    private readonly Element<TVector> _plainOne;
    private readonly Element<TVector> _toScalarMontgomery;
    private readonly Inversion<TVector, TLanes, TPrime> _fieldInversion;
    private readonly Inversion<TVector, TLanes, TOrder> _scalarInversion;
    private readonly ulong[] _generator = new ulong[8];

    // Made when it is first used: who only signs needs the other table, and who only checks needs this one.
    private readonly Lazy<ulong[]> _baseTable;

    /// <param name="curve">The curve.</param>
    /// <param name="exact">Gives the engine of one lane, which finishes items that the vectors cannot; it is made when first needed. Null where this is it.</param>
    public VectorEngine(CurveParameters curve, Func<CurveEngine>? exact)
        : base(curve)
    {
        _exact = exact;
        var p = CurveParameters.Number(curve.P);
        var n = CurveParameters.Number(curve.N);
        var factor = TPrime.Folds ? BigInteger.One : BigInteger.One << 261;
        _one = Constant(factor % p);
        _toMontgomery = Constant(factor * factor % p);
        _b = Constant(CurveParameters.Number(curve.B) * factor % p);
        _beta = Constant(CurveParameters.Number(Endomorphism.Beta) * factor % p);
        _toScalarMontgomery = Constant((BigInteger.One << 522) % n);
        _plainOne.L0 = TLanes.Broadcast(1);
        _fieldInversion = new Inversion<TVector, TLanes, TPrime>(curve.P, in _one);
        _scalarInversion = new Inversion<TVector, TLanes, TOrder>(curve.N, Constant((BigInteger.One << 261) % n));

        curve.X.Write(_generator);
        curve.Y.Write(_generator.AsSpan(4));
        using var workspace = Workspace.Rent();
        Enter(_generator, stackalloc bool[1], workspace);
        _baseTable = new Lazy<ulong[]>(() => GeneratorComb(BaseWidth, BaseWidth, BaseWindows));
        _scanTable = new Lazy<ulong[]>(ScanTable);
    }

    // Of the curves here secp256k1 alone, y² = x³ + b.
    private static bool HasEndomorphism => !TPrime.AIsMinusThree;

    public override int Lanes => TLanes.Count;

    public override bool TryBuildTable(ReadOnlySpan<ulong> key, Span<ulong> table) => TryBuildComb(key, KeyWidth, KeyWindows, table);

    public override void CheckRegistered(in PointCheck check, ReadOnlySpan<ulong> tables, ReadOnlySpan<int> keyOffsets, Span<bool> verdicts)
    {
        using var workspace = Workspace.Rent();
        Unsafe.SkipInit(out AffinePoint<TVector> addend);
        Span<int> offsets = stackalloc int[TLanes.Count];
        for (var first = 0; first < check.Count; first += TLanes.Count)
        {
            var count = Math.Min(TLanes.Count, check.Count - first);
            Recode(in check, first, count, workspace, KeyWidth, KeyWindows, out var baseSigns, out var keySigns);
            var sum = new Accumulator(in _one);
            for (var window = 0; window < BaseWindows; window++)
            {
                AddBase(ref sum, workspace, window, baseSigns, offsets, ref addend);
            }

            for (var window = 0; window < KeyWindows; window++)
            {
                var digits = LoadDigits(workspace.Digits.AsSpan(TLanes.Count * BaseWindows), window, offsets, KeyWidth - 1, workspace.Lane);
                for (var lane = 0; lane < TLanes.Count; lane++)
                {
                    offsets[lane] += keyOffsets[Math.Min(first + lane, check.Count - 1)];
                }

                TLanes.Gather(in tables[0], offsets, out var row);
                Take(in row, TLanes.Xor(digits.Sign, keySigns), ref addend);
                sum.Add(in addend, digits.Zero, digits.AnyZero);
            }

            Compare(ref sum, in check, first, count, verdicts, workspace, keyOffsets, tables, default);
        }
    }

    public override void CheckUnknown(in PointCheck check, ReadOnlySpan<ulong> keys, Span<bool> verdicts)
    {
        using var workspace = Workspace.Rent();
        for (var first = 0; first < check.Count; first += Chunk)
        {
            var count = Math.Min(Chunk, check.Count - first);
            CheckChunk(check.Slice(first, count), keys.Slice(first * 8, count * 8), verdicts.Slice(first, count), workspace);
        }
    }

    public override void DivideScalars(ReadOnlySpan<ulong> e, ReadOnlySpan<ulong> r, ReadOnlySpan<ulong> s, Span<ulong> u1, Span<ulong> u2)
    {
        using var workspace = Workspace.Rent();
        var count = s.Length / 4;
        for (var start = 0; start < count; start += Chunk)
        {
            var items = Math.Min(Chunk, count - start);
            var groups = (items + TLanes.Count - 1) / TLanes.Count;
            var inverses = workspace.Elements.AsSpan(0, groups);
            for (var group = 0; group < groups; group++)
            {
                Load(s.Slice(start * 4, items * 4), group, 4, 0, workspace.Lane, out inverses[group]);
            }

            // Taken as Montgomery's form of s/R, they become that of R/s; the multiplication by one makes it that of 1/s.
            _scalarInversion.Invert(inverses, workspace.Products.AsSpan(0, groups), workspace.Powers);
            for (var group = 0; group < groups; group++)
            {
                Modular<TVector, TLanes, TOrder>.Multiply(ref inverses[group], in inverses[group], in _plainOne);
                Scale(e, u1, in inverses[group]);
                Scale(r, u2, in inverses[group]);
                continue;

                void Scale(ReadOnlySpan<ulong> from, Span<ulong> to, in Element<TVector> inverse)
                {
                    Load(from.Slice(start * 4, items * 4), group, 4, 0, workspace.Lane, out var value);
                    Modular<TVector, TLanes, TOrder>.Multiply(ref value, in value, in inverse);
                    Modular<TVector, TLanes, TOrder>.Canonicalize(ref value);
                    Store(in value, to.Slice(start * 4, items * 4), group, 4, 0, workspace.Lane);
                }
            }
        }
    }

    private void CheckChunk(in PointCheck check, ReadOnlySpan<ulong> keys, Span<bool> verdicts, Workspace workspace)
    {
        // Keys in Montgomery's form, and whether they are on the curve.
        var points = workspace.Points.AsSpan(0, check.Count * 8);
        keys.CopyTo(points);
        Span<bool> onCurve = stackalloc bool[check.Count];
        Enter(points, onCurve, workspace);
        for (var i = 0; i < onCurve.Length; i++)
        {
            // What is no point must not spoil the inversion that it shares with its neighbours.
            if (!onCurve[i])
            {
                _generator.CopyTo(points[(i * 8)..]);
            }
        }

        var table = workspace.Table.AsSpan(0, check.Count * OnceRows * 8);
        Multiples(points, OnceRows, table, workspace);
        for (var first = 0; first < check.Count; first += TLanes.Count)
        {
            var sum = new Accumulator(in _one);
            AddOnce(ref sum, in check, first, table, workspace);
            Compare(ref sum, in check, first, Math.Min(TLanes.Count, check.Count - first), verdicts, workspace, default, default, keys);
        }

        for (var i = 0; i < check.Count; i++)
        {
            verdicts[i] &= onCurve[i];
        }
    }

    // u1 · G + u2 · Q for one group, with the multiples of each Q: doublings shared by all windows of Q, then the comb of G.
    private void AddOnce(ref Accumulator sum, in PointCheck check, int first, ReadOnlySpan<ulong> table, Workspace workspace)
    {
        Unsafe.SkipInit(out AffinePoint<TVector> addend);
        Span<int> offsets = stackalloc int[TLanes.Count];
        var count = Math.Min(TLanes.Count, check.Count - first);
        Unsafe.SkipInit(out TVector otherSigns);
        TVector baseSigns, keySigns;
        if (HasEndomorphism)
        {
            RecodeHalves(in check, first, count, workspace, out baseSigns, out keySigns, out otherSigns);
        }
        else
        {
            Recode(in check, first, count, workspace, OnceWidth, OnceWindows, out baseSigns, out keySigns);
        }

        for (var window = (HasEndomorphism ? HalfWindows : OnceWindows) - 1; window >= 0; window--)
        {
            if (sum.Started)
            {
                sum.Double(OnceWidth);
            }

            var digits = TakeMultiple(window, keySigns, table, first, workspace, ref addend);
            sum.Add(in addend, digits.Zero, digits.AnyZero);
            if (HasEndomorphism)
            {
                digits = TakeMultiple(HalfWindows + window, otherSigns, table, first, workspace, ref addend);
                Modular<TVector, TLanes, TPrime>.Multiply(ref addend.X, in addend.X, in _beta);
                sum.Add(in addend, digits.Zero, digits.AnyZero);
            }
        }

        for (var window = 0; window < BaseWindows; window++)
        {
            AddBase(ref sum, workspace, window, baseSigns, offsets, ref addend);
        }
    }

    // For the key's digit in this window: its multiple, with its sign.
    private static (TVector Sign, TVector Zero, bool AnyZero) TakeMultiple(int window, TVector signs, ReadOnlySpan<ulong> table, int first, Workspace workspace, ref AffinePoint<TVector> addend)
    {
        const int Size = OnceRows * 8;
        Span<int> offsets = stackalloc int[TLanes.Count];
        var digits = LoadDigits(workspace.Digits.AsSpan(TLanes.Count * BaseWindows), window, offsets, -1, workspace.Lane);
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            offsets[lane] += Math.Min(first + lane, (table.Length / Size) - 1) * Size;
        }

        TLanes.Gather(in table[0], offsets, out var row);
        Take(in row, TLanes.Xor(digits.Sign, signs), ref addend);
        return digits;
    }

    private void Recode(in PointCheck check, int first, int count, Workspace workspace, int width, int windows, out TVector baseSigns, out TVector keySigns)
    {
        var item = workspace.ItemDigits.AsSpan();
        Span<ulong> signs = stackalloc ulong[2 * TLanes.Count];
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var index = first + Math.Min(lane, count - 1);
            signs[lane] = Recoding.Halve(U256.Read(check.U1[(index * 4)..]), Curve.N, out var half);
            Recoding.Digits(in half, BaseWidth, item[..BaseWindows]);
            signs[TLanes.Count + lane] = Recoding.Halve(U256.Read(check.U2[(index * 4)..]), Curve.N, out half);
            Recoding.Digits(in half, width, item.Slice(BaseWindows, windows));
            StoreDigits(item[..(BaseWindows + windows)], lane, workspace);
        }

        (baseSigns, keySigns) = (TLanes.Load(in signs[0]), TLanes.Load(in signs[TLanes.Count]));
    }

    // As above with u2 = k1 + k2 λ, both of half its length: first the digits of k1, then those of k2.
    private void RecodeHalves(in PointCheck check, int first, int count, Workspace workspace, out TVector baseSigns, out TVector keySigns, out TVector otherSigns)
    {
        var item = workspace.ItemDigits.AsSpan();
        Span<ulong> signs = stackalloc ulong[3 * TLanes.Count];
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var index = first + Math.Min(lane, count - 1);
            signs[lane] = Recoding.Halve(U256.Read(check.U1[(index * 4)..]), Curve.N, out var half);
            Recoding.Digits(in half, BaseWidth, item[..BaseWindows]);
            (signs[TLanes.Count + lane], signs[(2 * TLanes.Count) + lane]) = Endomorphism.Split(U256.Read(check.U2[(index * 4)..]), out var k1, out var k2);
            Recoding.Digits(in k1, OnceWidth, item.Slice(BaseWindows, HalfWindows));
            Recoding.Digits(in k2, OnceWidth, item.Slice(BaseWindows + HalfWindows, HalfWindows));
            StoreDigits(item[..(BaseWindows + (2 * HalfWindows))], lane, workspace);
        }

        (baseSigns, keySigns, otherSigns) = (TLanes.Load(in signs[0]), TLanes.Load(in signs[TLanes.Count]), TLanes.Load(in signs[2 * TLanes.Count]));
    }

    // Digits lie window by window, so that one window of all lanes is read at once.
    private static void StoreDigits(ReadOnlySpan<short> item, int lane, Workspace workspace)
    {
        for (var window = 0; window < item.Length; window++)
        {
            workspace.Digits[(window * TLanes.Count) + lane] = item[window];
        }
    }

    private void AddBase(ref Accumulator sum, Workspace workspace, int window, TVector signs, Span<int> offsets, ref AffinePoint<TVector> addend)
    {
        var digits = LoadDigits(workspace.Digits, window, offsets, BaseWidth - 1, workspace.Lane);
        TLanes.Gather(in _baseTable.Value[0], offsets, out var row);
        Take(in row, TLanes.Xor(digits.Sign, signs), ref addend);
        sum.Add(in addend, digits.Zero, digits.AnyZero);
    }

    // Where each lane's point lies in its comb, and masks of the digits below zero and of those that are zero. Public digits: they become addresses and branches.
    private static (TVector Sign, TVector Zero, bool AnyZero) LoadDigits(ReadOnlySpan<short> digits, int window, Span<int> offsets, int rowBits, Span<ulong> lanes)
    {
        var anyZero = false;
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            int digit = digits[(window * TLanes.Count) + lane];
            var sign = digit >> 31;
            var magnitude = (digit ^ sign) - sign;
            lanes[lane] = (ulong)(long)sign;
            lanes[TLanes.Count + lane] = magnitude == 0 ? ulong.MaxValue : 0;
            anyZero |= magnitude == 0;
            offsets[lane] = ((rowBits < 0 ? 0 : window << rowBits) + Math.Max(magnitude - 1, 0)) << 3;
        }

        return (TLanes.Load(in lanes[0]), TLanes.Load(in lanes[TLanes.Count]), anyZero);
    }

    private static void Take(in Row<TVector> row, TVector negative, ref AffinePoint<TVector> point)
    {
        Words<TVector, TLanes>.ToLimbs(out point.X, row.W0, row.W1, row.W2, row.W3);
        Words<TVector, TLanes>.ToLimbs(out point.Y, row.W4, row.W5, row.W6, row.W7);
        Unsafe.SkipInit(out Element<TVector> opposite);
        PrimeField<TVector, TLanes, TPrime>.NegateCanonical(ref opposite, in point.Y);
        Modular<TVector, TLanes, TPrime>.Select(ref point.Y, negative, in opposite, in point.Y);
    }

    // x = X/Z² without the division. Z = 0 is infinity or an exception on the way: one lane at a time then, exactly.
    private void Compare(
        ref Accumulator sum, in PointCheck check, int first, int count, Span<bool> verdicts, Workspace workspace, ReadOnlySpan<int> keyOffsets, ReadOnlySpan<ulong> tables, ReadOnlySpan<ulong> keys)
    {
        Unsafe.SkipInit(out Element<TVector> zz);
        Modular<TVector, TLanes, TPrime>.Square(ref zz, in sum.Point.Z);
        Modular<TVector, TLanes, TPrime>.Multiply(ref zz, in zz, in _toMontgomery);
        var equal = TLanes.Or(Matches(check.X, in sum.Point.X), Matches(check.OtherX, in sum.Point.X));
        Group<TVector, TLanes, TPrime>.Reduced(ref sum.Point.Z);
        var zero = TLanes.Or(Modular<TVector, TLanes, TPrime>.IsZero(in sum.Point.Z), sum.Infinite);
        TLanes.Store(equal, ref workspace.Lane[0]);
        TLanes.Store(zero, ref workspace.Lane[TLanes.Count]);
        for (var lane = 0; lane < count; lane++)
        {
            var item = first + lane;
            var unsure = workspace.Lane[TLanes.Count + lane] != 0;
            verdicts[item] = !unsure && workspace.Lane[lane] != 0;
            if (unsure && _exact is not null)
            {
                if (keys.IsEmpty)
                {
                    _exact().CheckRegistered(check.Slice(item, 1), tables, keyOffsets.Slice(item, 1), verdicts.Slice(item, 1));
                }
                else
                {
                    _exact().CheckUnknown(check.Slice(item, 1), keys.Slice(item * 8, 8), verdicts.Slice(item, 1));
                }
            }
        }

        TVector Matches(ReadOnlySpan<ulong> wanted, in Element<TVector> x)
        {
            Load(wanted.Slice(first * 4, count * 4), 0, 4, 0, workspace.Lane, out var value);
            Modular<TVector, TLanes, TPrime>.Multiply(ref value, in value, in zz);
            return Group<TVector, TLanes, TPrime>.Same(ref value, in x);
        }
    }

    private static Element<TVector> Constant(BigInteger value)
    {
        Span<ulong> words = stackalloc ulong[4];
        CurveParameters.Number(value).Write(words);
        return Words<TVector, TLanes>.Broadcast(words);
    }

    // Four words of each item of a group, `stride` words apart; lanes after the last item repeat it.
    private static void Load(ReadOnlySpan<ulong> words, int group, int stride, int offset, Span<ulong> lanes, out Element<TVector> value)
    {
        var items = words.Length / stride;
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var item = Math.Min((group * TLanes.Count) + lane, items - 1);
            var source = words.Slice((item * stride) + offset, 4);
            for (var word = 0; word < 4; word++)
            {
                lanes[(word * TLanes.Count) + lane] = source[word];
            }
        }

        Words<TVector, TLanes>.ToLimbs(
            out value, TLanes.Load(in lanes[0]), TLanes.Load(in lanes[TLanes.Count]), TLanes.Load(in lanes[2 * TLanes.Count]), TLanes.Load(in lanes[3 * TLanes.Count]));
    }

    private static void Store(in Element<TVector> canonical, Span<ulong> words, int group, int stride, int offset, Span<ulong> lanes)
    {
        Words<TVector, TLanes>.FromLimbs(in canonical, out var w0, out var w1, out var w2, out var w3);
        TLanes.Store(w0, ref lanes[0]);
        TLanes.Store(w1, ref lanes[TLanes.Count]);
        TLanes.Store(w2, ref lanes[2 * TLanes.Count]);
        TLanes.Store(w3, ref lanes[3 * TLanes.Count]);
        var items = words.Length / stride;
        for (var lane = 0; lane < TLanes.Count && (group * TLanes.Count) + lane < items; lane++)
        {
            var target = words.Slice((((group * TLanes.Count) + lane) * stride) + offset, 4);
            for (var word = 0; word < 4; word++)
            {
                target[word] = lanes[(word * TLanes.Count) + lane];
            }
        }
    }
}
