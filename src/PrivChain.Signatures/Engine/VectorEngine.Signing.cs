using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Points;

namespace PrivChain.Signatures.Engine;

/// <content>
/// What works on secrets. No branch and no address depends on one: digits are masks and indices into tables that are read whole, and the memory taken here is wiped.
/// </content>
internal sealed partial class VectorEngine<TVector, TLanes, TPrime, TOrder>
{
    // The generator's comb again, each window word by word, for reading whole.
    private readonly ulong[] _scanTable = new ulong[BaseWindows * BaseRows * 8];

    // The scalar below 2^255 has digits d_i of 8 bits, and after window i the sum is the multiple by less than 0.51 · 2^(8i + 8) of the generator, while the next addend is zero or a multiple by at
    // least 2^(8i + 8) and at most 2^255: their sum and difference are below n and not zero, so no addition meets equal or opposite points. Only infinity, at the start, is left: a mask.
    public override void MultiplyBase(ReadOnlySpan<ulong> scalars, Span<ulong> points)
    {
        var count = scalars.Length / 4;
        var groups = (count + TLanes.Count - 1) / TLanes.Count;
        var sums = new JacobianPoint<TVector>[groups];
        var inverses = new Element<TVector>[2 * groups];
        var lanes = new ulong[8 * TLanes.Count];
        var digits = new short[BaseWindows * TLanes.Count];
        for (var group = 0; group < groups; group++)
        {
            Multiply(scalars, group, ref sums[group], digits, lanes);
            inverses[group] = sums[group].Z;
        }

        _fieldInversion.Invert(inverses.AsSpan(0, groups), inverses.AsSpan(groups));
        Unsafe.SkipInit(out Element<TVector> square);
        for (var group = 0; group < groups; group++)
        {
            ref var sum = ref sums[group];
            Modular<TVector, TLanes, TPrime>.Square(ref square, in inverses[group]);
            Modular<TVector, TLanes, TPrime>.Multiply(ref sum.X, in sum.X, in square);
            Modular<TVector, TLanes, TPrime>.Multiply(ref square, in square, in inverses[group]);
            Modular<TVector, TLanes, TPrime>.Multiply(ref sum.Y, in sum.Y, in square);
            Group<TVector, TLanes, TPrime>.Reduced(ref sum.X);
            Group<TVector, TLanes, TPrime>.Reduced(ref sum.Y);
            StorePoint(in sum, points, group, 8, 0, lanes);
        }

        Wipe(sums);
        Wipe(inverses);
        Wipe(lanes);
        Wipe(digits);
    }

    public override void FinishEcdsa(ReadOnlySpan<ulong> key, ReadOnlySpan<ulong> e, ReadOnlySpan<ulong> k, ReadOnlySpan<ulong> r, Span<ulong> s)
    {
        var groups = ((k.Length / 4) + TLanes.Count - 1) / TLanes.Count;
        var inverses = new Element<TVector>[2 * groups];
        var lanes = new ulong[8 * TLanes.Count];
        for (var group = 0; group < groups; group++)
        {
            Load(k, group, 4, 0, lanes, out inverses[group]);
        }

        // As in DivideScalars: Montgomery's form of R/k, then of 1/k.
        _scalarInversion.Invert(inverses.AsSpan(0, groups), inverses.AsSpan(groups));
        Secret(key, out var d);
        for (var group = 0; group < groups; group++)
        {
            // s = (e + r d) / k
            Load(r, group, 4, 0, lanes, out var sum);
            Load(e, group, 4, 0, lanes, out var digest);
            Modular<TVector, TLanes, TOrder>.Multiply(ref sum, in sum, in d);
            Modular<TVector, TLanes, TOrder>.Add(ref sum, in sum, in digest);
            Modular<TVector, TLanes, TOrder>.Multiply(ref inverses[group], in inverses[group], in _plainOne);
            Modular<TVector, TLanes, TOrder>.Multiply(ref sum, in sum, in inverses[group]);
            Modular<TVector, TLanes, TOrder>.Canonicalize(ref sum);
            Store(in sum, s, group, 4, 0, lanes);
            Wipe(MemoryMarshal.CreateSpan(ref sum, 1));
        }

        Wipe(MemoryMarshal.CreateSpan(ref d, 1));
        Wipe(inverses);
        Wipe(lanes);
    }

    public override void FinishSm2(ReadOnlySpan<ulong> key, ReadOnlySpan<ulong> k, ReadOnlySpan<ulong> r, Span<ulong> s)
    {
        var groups = ((k.Length / 4) + TLanes.Count - 1) / TLanes.Count;
        var inverse = new Element<TVector>[2];
        var lanes = new ulong[8 * TLanes.Count];
        Span<ulong> words = stackalloc ulong[4];
        U256.Add(U256.Read(key), new U256(1, 0, 0, 0), out _).Write(words);
        inverse[0] = Words<TVector, TLanes>.Broadcast(words);
        _scalarInversion.Invert(inverse.AsSpan(0, 1), inverse.AsSpan(1));
        Modular<TVector, TLanes, TOrder>.Multiply(ref inverse[0], in inverse[0], in _plainOne);
        Secret(key, out var d);
        for (var group = 0; group < groups; group++)
        {
            // s = (k - r d) / (1 + d)
            Load(r, group, 4, 0, lanes, out var value);
            Modular<TVector, TLanes, TOrder>.Multiply(ref value, in value, in d);
            Modular<TVector, TLanes, TOrder>.Canonicalize(ref value);
            Store(in value, s, group, 4, 0, lanes);
            for (var i = group * TLanes.Count; i < Math.Min((group + 1) * TLanes.Count, k.Length / 4); i++)
            {
                var part = s.Slice(i * 4, 4);
                U256.SubtractModulo(U256.Read(k[(i * 4)..]), U256.Read(part), Curve.N).Write(part);
            }

            Load(s, group, 4, 0, lanes, out value);
            Modular<TVector, TLanes, TOrder>.Multiply(ref value, in value, in inverse[0]);
            Modular<TVector, TLanes, TOrder>.Canonicalize(ref value);
            Store(in value, s, group, 4, 0, lanes);
            Wipe(MemoryMarshal.CreateSpan(ref value, 1));
        }

        words.Clear();
        Wipe(MemoryMarshal.CreateSpan(ref d, 1));
        Wipe(inverse);
        Wipe(lanes);
    }

    private void Multiply(ReadOnlySpan<ulong> scalars, int group, ref JacobianPoint<TVector> sum, short[] digits, ulong[] lanes)
    {
        var count = scalars.Length / 4;
        Span<short> own = stackalloc short[BaseWindows];
        Span<ulong> signs = stackalloc ulong[TLanes.Count];
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var item = Math.Min((group * TLanes.Count) + lane, count - 1);
            signs[lane] = Recoding.Halve(U256.Read(scalars[(item * 4)..]), Curve.N, out var half);
            Recoding.Digits(in half, BaseWidth, own);
            for (var window = 0; window < BaseWindows; window++)
            {
                digits[(window * TLanes.Count) + lane] = own[window];
            }
        }

        var negative = TLanes.Load(in signs[0]);
        var infinite = TLanes.Broadcast(ulong.MaxValue);
        Unsafe.SkipInit(out AffinePoint<TVector> addend);
        for (var window = 0; window < BaseWindows; window++)
        {
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                int digit = digits[(window * TLanes.Count) + lane];
                var sign = digit >> 31;
                var less = ((digit ^ sign) - sign) - 1;

                // -1 becomes 0: the row is read like any other, and not added.
                var zero = less >> 31;
                lanes[lane] = (ulong)(long)sign;
                lanes[TLanes.Count + lane] = (ulong)(long)zero;
                lanes[(2 * TLanes.Count) + lane] = (ulong)(less - zero);
            }

            TLanes.Scan(in _scanTable[window * BaseRows * 8], BaseRows, TLanes.Load(in lanes[2 * TLanes.Count]), out var row);
            Take(in row, TLanes.Xor(negative, TLanes.Load(in lanes[0])), ref addend);
            AddMasked(ref sum, in addend, ref infinite, TLanes.Load(in lanes[TLanes.Count]));
        }

        own.Clear();
        signs.Clear();
    }

    // The same operations whatever the masks are.
    private void AddMasked(ref JacobianPoint<TVector> sum, in AffinePoint<TVector> addend, ref TVector infinite, TVector skip)
    {
        var before = sum;
        Group<TVector, TLanes, TPrime>.Add(ref sum, in addend);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.X, infinite, in addend.X, in sum.X);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.Y, infinite, in addend.Y, in sum.Y);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.Z, infinite, in _one, in sum.Z);
        PrimeField<TVector, TLanes, TPrime>.Carry(ref sum.Y);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.X, skip, in before.X, in sum.X);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.Y, skip, in before.Y, in sum.Y);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.Z, skip, in before.Z, in sum.Z);
        infinite = TLanes.And(infinite, skip);
    }

    private void FillScanTable()
    {
        for (var window = 0; window < BaseWindows; window++)
        {
            for (var row = 0; row < BaseRows; row++)
            {
                for (var word = 0; word < 8; word++)
                {
                    _scanTable[(((window * 8) + word) * BaseRows) + row] = _baseTable[(((window * BaseRows) + row) * 8) + word];
                }
            }
        }
    }

    private void Secret(ReadOnlySpan<ulong> key, out Element<TVector> d)
    {
        d = Words<TVector, TLanes>.Broadcast(key);
        Modular<TVector, TLanes, TOrder>.Multiply(ref d, in d, in _toScalarMontgomery);
    }

    private static void Wipe<T>(Span<T> memory)
        where T : struct => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(memory));

    private static void Wipe<T>(T[] memory)
        where T : struct => Wipe(memory.AsSpan());
}
