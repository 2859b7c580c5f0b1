using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Lanes;
using PrivChain.Signatures.Points;

namespace PrivChain.Signatures.Engine;

/// <content>
/// What works on secrets. No branch and no address depends on one: digits are masks and indices into tables that are read whole, and the memory taken here is wiped.
/// </content>
internal sealed partial class VectorEngine<TVector, TLanes, TPrime, TOrder>
{
    // The generator's comb for secret scalars: 32 windows of 8 bits, in each the odd multiples 1, 3, … 255 of 2^(8i) times the generator, word by word for reading whole.
    private const int SecretWidth = 8;
    private const int SecretWindows = 32;
    private const int SecretRows = 1 << (SecretWidth - 1);

    private static readonly int MostGroups = Chunk / TLanes.Count;

    private readonly Lazy<ulong[]> _scanTable;

    // No addition meets equal or opposite points or infinity, for any scalar. The scalar, its negative where it is 2^255 or more, is made odd and written in digits of 8 bits that are all odd,
    // from -255 to 255: after windows 0 to i - 1 the sum is an odd multiple below 2^(8i) of the generator, and the next addend a multiple by 2^(8i) to 255 · 2^(8i). Their sum and difference are
    // not zero and below 2^(8i + 8), which is below n up to the last window; there the digit is at most 127, so both are at most 2^255. The correction of an even scalar, at the end, takes the
    // generator from a multiple of it by 3 to 2^255; for an odd one it is computed as well, and dropped.
    public override void MultiplyBase(ReadOnlySpan<ulong> scalars, Span<ulong> points)
    {
        var count = scalars.Length / 4;
        var groups = (count + TLanes.Count - 1) / TLanes.Count;
        using var memory = SecretMemory<JacobianPoint<TVector>>.Rent(groups, MostGroups);
        using var secrets = new SecretElements(groups);
        var sums = memory.Span;
        var inverses = secrets.Inverses;
        Span<ulong> lanes = stackalloc ulong[8 * TLanes.Count];
        for (var group = 0; group < groups; group++)
        {
            Multiply(scalars, group, ref sums[group], lanes, secrets);
            inverses[group] = sums[group].Z;
        }

        _fieldInversion.Invert(inverses, secrets.Products, secrets.Powers);
        ref var square = ref secrets.Value;
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

        lanes.Clear();
    }

    public override void FinishEcdsa(ReadOnlySpan<ulong> key, ReadOnlySpan<ulong> e, ReadOnlySpan<ulong> k, ReadOnlySpan<ulong> r, Span<ulong> s)
    {
        var groups = ((k.Length / 4) + TLanes.Count - 1) / TLanes.Count;
        using var secrets = new SecretElements(groups);
        var inverses = secrets.Inverses;
        Span<ulong> lanes = stackalloc ulong[8 * TLanes.Count];
        for (var group = 0; group < groups; group++)
        {
            Load(k, group, 4, 0, lanes, out inverses[group]);
        }

        // As in DivideScalars: Montgomery's form of R/k, then of 1/k.
        _scalarInversion.Invert(inverses, secrets.Products, secrets.Powers);
        Secret(key, ref secrets.Key);
        for (var group = 0; group < groups; group++)
        {
            Load(r, group, 4, 0, lanes, out var rValue);
            Load(e, group, 4, 0, lanes, out var digest);
            Modular<TVector, TLanes, TOrder>.Multiply(ref inverses[group], in inverses[group], in _plainOne);
            Finish(ref secrets.Value, in rValue, in secrets.Key, in digest, in inverses[group]);
            Store(in secrets.Value, s, group, 4, 0, lanes);
        }

        lanes.Clear();
    }

    public override void FinishSm2(ReadOnlySpan<ulong> key, ReadOnlySpan<ulong> k, ReadOnlySpan<ulong> r, Span<ulong> s)
    {
        var groups = ((k.Length / 4) + TLanes.Count - 1) / TLanes.Count;
        using var secrets = new SecretElements(1);
        var inverse = secrets.Inverses;
        Span<ulong> lanes = stackalloc ulong[8 * TLanes.Count];
        U256.Add(U256.Read(key), new U256(1, 0, 0, 0), out _).Write(lanes);
        inverse[0] = Words<TVector, TLanes>.Broadcast(lanes);
        _scalarInversion.Invert(inverse, secrets.Products, secrets.Powers);
        Modular<TVector, TLanes, TOrder>.Multiply(ref inverse[0], in inverse[0], in _plainOne);
        Secret(key, ref secrets.Key);
        ref var value = ref secrets.Value;
        for (var group = 0; group < groups; group++)
        {
            // s = (k - r d) / (1 + d)
            Load(r, group, 4, 0, lanes, out value);
            Modular<TVector, TLanes, TOrder>.Multiply(ref value, in value, in secrets.Key);
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
        }

        lanes.Clear();
    }

    /// <summary>s = (e + r d) / k, with d and 1/k in Montgomery's form. The sum is not carried before it is multiplied.</summary>
    internal static void Finish(ref Element<TVector> s, in Element<TVector> r, in Element<TVector> d, in Element<TVector> e, in Element<TVector> inverse)
    {
        Modular<TVector, TLanes, TOrder>.Multiply(ref s, in r, in d);
        Modular<TVector, TLanes, TOrder>.Add(ref s, in s, in e);
        Modular<TVector, TLanes, TOrder>.Multiply(ref s, in s, in inverse);
        Modular<TVector, TLanes, TOrder>.Canonicalize(ref s);
    }

    private void Multiply(ReadOnlySpan<ulong> scalars, int group, ref JacobianPoint<TVector> sum, Span<ulong> lanes, in SecretElements secrets)
    {
        var count = scalars.Length / 4;
        Span<ulong> signs = stackalloc ulong[2 * TLanes.Count];
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var item = Math.Min((group * TLanes.Count) + lane, count - 1);
            signs[lane] = Recoding.Halve(U256.Read(scalars[(item * 4)..]), Curve.N, out var half);
            signs[TLanes.Count + lane] = Recoding.OddDigits(in half, out var digits);
            lanes[lane] = digits.W0;
            lanes[TLanes.Count + lane] = digits.W1;
            lanes[(2 * TLanes.Count) + lane] = digits.W2;
            lanes[(3 * TLanes.Count) + lane] = digits.W3;
        }

        var negative = TLanes.Load(in signs[0]);
        var even = TLanes.Load(in signs[TLanes.Count]);
        var byteMask = TLanes.Broadcast(0xff);
        var rowMask = TLanes.Broadcast(SecretRows - 1);
        var one = TLanes.Broadcast(1);
        var word = TLanes.Load(in lanes[0]);
        var table = _scanTable.Value;
        Unsafe.SkipInit(out AffinePoint<TVector> addend);
        for (var window = 0; window < SecretWindows; window++)
        {
            if (window % 8 == 0)
            {
                word = TLanes.Load(in lanes[window / 8 * TLanes.Count]);
            }

            // The byte b stands for 2b - 255: below zero where its highest bit is clear, and then in the row of its complement.
            var below = TLanes.Subtract(TLanes.ShiftRight(TLanes.And(word, byteMask), SecretWidth - 1), one);
            TLanes.Scan(in table[window * SecretRows * 8], SecretRows, TLanes.And(TLanes.Xor(word, below), rowMask), out var row);
            Take(in row, TLanes.Xor(negative, below), ref addend);
            word = TLanes.ShiftRight(word, SecretWidth);
            if (window > 0)
            {
                Group<TVector, TLanes, TPrime>.Add(ref sum, in addend);
                continue;
            }

            sum.X = addend.X;
            sum.Y = addend.Y;
            sum.Z = _one;
            PrimeField<TVector, TLanes, TPrime>.Carry(ref sum.Y);
        }

        // One generator less where the scalar was even; the same operations where it was not.
        ref var before = ref secrets.Before;
        before = sum;
        Unsafe.SkipInit(out Row<TVector> generator);
        BroadcastGenerator(ref generator);
        Take(in generator, TLanes.Xor(negative, TLanes.Broadcast(ulong.MaxValue)), ref addend);
        Group<TVector, TLanes, TPrime>.Add(ref sum, in addend);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.X, even, in sum.X, in before.X);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.Y, even, in sum.Y, in before.Y);
        Modular<TVector, TLanes, TPrime>.Select(ref sum.Z, even, in sum.Z, in before.Z);
        signs.Clear();
    }

    private void BroadcastGenerator(ref Row<TVector> row)
    {
        var words = _generator;
        row.W0 = TLanes.Broadcast(words[0]);
        row.W1 = TLanes.Broadcast(words[1]);
        row.W2 = TLanes.Broadcast(words[2]);
        row.W3 = TLanes.Broadcast(words[3]);
        row.W4 = TLanes.Broadcast(words[4]);
        row.W5 = TLanes.Broadcast(words[5]);
        row.W6 = TLanes.Broadcast(words[6]);
        row.W7 = TLanes.Broadcast(words[7]);
    }

    private ulong[] ScanTable()
    {
        var rows = GeneratorComb(SecretWidth + 1, SecretWidth, SecretWindows);
        var table = new ulong[SecretWindows * SecretRows * 8];
        for (var window = 0; window < SecretWindows; window++)
        {
            for (var row = 0; row < SecretRows; row++)
            {
                for (var word = 0; word < 8; word++)
                {
                    // Row j is the multiple by j + 1; the even ones are left out.
                    table[(((window * 8) + word) * SecretRows) + row] = rows[(((window * 2 * SecretRows) + (2 * row)) * 8) + word];
                }
            }
        }

        return table;
    }

    private void Secret(ReadOnlySpan<ulong> key, ref Element<TVector> d)
    {
        d = Words<TVector, TLanes>.Broadcast(key);
        Modular<TVector, TLanes, TOrder>.Multiply(ref d, in d, in _toScalarMontgomery);
    }

    /// <summary>What one call of signing keeps beside its points, by name.</summary>
    private readonly ref struct SecretElements(int groups) : IDisposable
    {
        private const int Named = 5;

        private readonly SecretMemory<Element<TVector>> _memory =
            SecretMemory<Element<TVector>>.Rent(Named + Inversion<TVector, TLanes, TPrime>.PowerCount + (2 * groups), Named + Inversion<TVector, TLanes, TPrime>.PowerCount + (2 * MostGroups));

        public ref Element<TVector> Key => ref _memory.Span[0];

        public ref Element<TVector> Value => ref _memory.Span[1];

        public ref JacobianPoint<TVector> Before => ref MemoryMarshal.Cast<Element<TVector>, JacobianPoint<TVector>>(_memory.Span[2..])[0];

        public Span<Element<TVector>> Powers => _memory.Span.Slice(Named, Inversion<TVector, TLanes, TPrime>.PowerCount);

        public Span<Element<TVector>> Inverses => _memory.Span.Slice(Named + Inversion<TVector, TLanes, TPrime>.PowerCount, groups);

        public Span<Element<TVector>> Products => _memory.Span[^groups..];

        public void Dispose() => _memory.Dispose();
    }
}
