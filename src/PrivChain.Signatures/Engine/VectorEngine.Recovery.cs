using System.Runtime.CompilerServices;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Points;

namespace PrivChain.Signatures.Engine;

/// <content>The key from a signature.</content>
internal sealed partial class VectorEngine<TVector, TLanes, TPrime, TOrder>
{
    public override void Recover(ReadOnlySpan<ulong> e, ReadOnlySpan<ulong> r, ReadOnlySpan<ulong> s, ReadOnlySpan<bool> odd, Span<ulong> keys, Span<bool> found)
    {
        var count = odd.Length;
        Span<ulong> u1 = stackalloc ulong[count * 4];
        Span<ulong> u2 = stackalloc ulong[count * 4];
        DivideScalars(e, s, r, u1, u2);
        for (var i = 0; i < count; i++)
        {
            var part = u1.Slice(i * 4, 4);
            var value = U256.Read(part);
            (value.IsZero ? value : U256.Subtract(Curve.N, value, out _)).Write(part);
        }

        using var workspace = Workspace.Rent();
        var points = workspace.Points.AsSpan(0, count * 8);
        Lift(r, odd, points, found, workspace);
        var table = workspace.Table.AsSpan(0, count * OnceRows * 8);
        Multiples(points, OnceRows, table, workspace);

        var groups = (count + TLanes.Count - 1) / TLanes.Count;
        var sums = new JacobianPoint<TVector>[groups];
        var unsure = new ulong[groups * TLanes.Count];
        var question = new PointCheck { U1 = u1, U2 = u2, X = default, OtherX = default };
        for (var group = 0; group < groups; group++)
        {
            var sum = new Accumulator(in _one);
            AddOnce(ref sum, in question, group * TLanes.Count, table, workspace);
            var z = sum.Point.Z;
            Group<TVector, TLanes, TPrime>.Reduced(ref z);
            var none = TLanes.Or(Modular<TVector, TLanes, TPrime>.IsZero(in z), sum.Infinite);
            TLanes.Store(none, ref unsure[group * TLanes.Count]);
            sums[group] = sum.Point;

            // A zero must not spoil the inversion that it shares with its neighbours.
            Modular<TVector, TLanes, TPrime>.Select(ref sums[group].Z, none, in _one, in sum.Point.Z);
        }

        Normalize(sums, workspace);
        for (var group = 0; group < groups; group++)
        {
            Group<TVector, TLanes, TPrime>.Reduced(ref sums[group].X);
            Group<TVector, TLanes, TPrime>.Reduced(ref sums[group].Y);
            StorePoint(in sums[group], keys, group, 8, 0, workspace.Lane);
        }

        for (var i = 0; i < count; i++)
        {
            if (found[i] && unsure[i] != 0)
            {
                found[i] = false;
                _exact?.Invoke().Recover(e.Slice(i * 4, 4), r.Slice(i * 4, 4), s.Slice(i * 4, 4), odd.Slice(i, 1), keys.Slice(i * 8, 8), found.Slice(i, 1));
            }
        }
    }

    // Points with the given x and the parity of y, in Montgomery's form; the generator where x is on no point. All three primes are 3 modulo 4, so a root is a power.
    private void Lift(ReadOnlySpan<ulong> x, ReadOnlySpan<bool> odd, Span<ulong> points, Span<bool> found, Workspace workspace)
    {
        var quarter = U256.Add(Curve.P, new U256(1, 0, 0, 0), out _);
        quarter = new U256((quarter.W0 >> 2) | (quarter.W1 << 62), (quarter.W1 >> 2) | (quarter.W2 << 62), (quarter.W2 >> 2) | (quarter.W3 << 62), quarter.W3 >> 2);
        Unsafe.SkipInit(out Element<TVector> right);
        Unsafe.SkipInit(out Element<TVector> opposite);
        Unsafe.SkipInit(out Element<TVector> check);
        var lanes = workspace.Lane;
        for (var group = 0; group * TLanes.Count < odd.Length; group++)
        {
            Load(x, group, 4, 0, lanes, out var px);
            Modular<TVector, TLanes, TPrime>.Multiply(ref px, in px, in _toMontgomery);
            Group<TVector, TLanes, TPrime>.CurveRight(in px, in _b, ref right);
            var py = right;
            _fieldInversion.Power(ref py, quarter, workspace.Powers);
            Modular<TVector, TLanes, TPrime>.Square(ref check, in py);
            var exists = Group<TVector, TLanes, TPrime>.Same(ref check, in right);

            // y = 0 is on none of these curves, since their orders are odd: negating always changes the parity.
            var plain = py;
            Group<TVector, TLanes, TPrime>.Reduced(ref plain);
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                lanes[lane] = odd[Math.Min((group * TLanes.Count) + lane, odd.Length - 1)] ? 1UL : 0;
            }

            var one = TLanes.Broadcast(1);
            var keep = TLanes.Equal(TLanes.And(plain.L0, one), TLanes.Load(in lanes[0]));
            Modular<TVector, TLanes, TPrime>.Canonicalize(ref py);
            PrimeField<TVector, TLanes, TPrime>.NegateCanonical(ref opposite, in py);
            Modular<TVector, TLanes, TPrime>.Canonicalize(ref opposite);
            Modular<TVector, TLanes, TPrime>.Select(ref py, keep, in py, in opposite);
            Modular<TVector, TLanes, TPrime>.Canonicalize(ref px);
            Store(in px, points, group, 8, 0, lanes);
            Store(in py, points, group, 8, 4, lanes);
            TLanes.Store(exists, ref lanes[0]);
            for (var lane = 0; lane < TLanes.Count && (group * TLanes.Count) + lane < odd.Length; lane++)
            {
                var item = (group * TLanes.Count) + lane;
                found[item] = lanes[lane] != 0;
                if (!found[item])
                {
                    _generator.CopyTo(points[(item * 8)..]);
                }
            }
        }
    }
}
