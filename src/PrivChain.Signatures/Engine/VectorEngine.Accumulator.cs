using System.Runtime.CompilerServices;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Points;

namespace PrivChain.Signatures.Engine;

/// <content>A sum of public points.</content>
internal sealed partial class VectorEngine<TVector, TLanes, TPrime, TOrder>
{
    /// <summary>Begins at infinity in every lane; lanes are public, so what is common (all begun, no zero digit) takes the short way.</summary>
    private struct Accumulator
    {
        public JacobianPoint<TVector> Point;

        /// <summary>Lanes to which nothing was added yet.</summary>
        public TVector Infinite;

        private readonly Element<TVector> _one;
        private bool _allBegun;

        public Accumulator(in Element<TVector> one)
        {
            _one = one;
            Infinite = TLanes.Broadcast(ulong.MaxValue);
        }

        public bool Started { get; private set; }

        public void Double(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Group<TVector, TLanes, TPrime>.Double(ref Point);
            }
        }

        /// <summary>Adds in the lanes outside <paramref name="skip"/>.</summary>
        public void Add(in AffinePoint<TVector> addend, TVector skip, bool anySkips)
        {
            if (TLanes.Count == 1)
            {
                AddOne(in addend, anySkips);
                return;
            }

            if (_allBegun && !anySkips)
            {
                Group<TVector, TLanes, TPrime>.Add(ref Point, in addend);
                return;
            }

            var before = Point;
            if (Started)
            {
                Group<TVector, TLanes, TPrime>.Add(ref Point, in addend);
            }

            // A lane that begins takes the point, with y carried since it may have been negated; a lane that skips keeps what it had.
            Modular<TVector, TLanes, TPrime>.Select(ref Point.X, Infinite, in addend.X, in Point.X);
            Modular<TVector, TLanes, TPrime>.Select(ref Point.Y, Infinite, in addend.Y, in Point.Y);
            PrimeField<TVector, TLanes, TPrime>.Carry(ref Point.Y);
            Modular<TVector, TLanes, TPrime>.Select(ref Point.Z, Infinite, in _one, in Point.Z);
            Modular<TVector, TLanes, TPrime>.Select(ref Point.X, skip, in before.X, in Point.X);
            Modular<TVector, TLanes, TPrime>.Select(ref Point.Y, skip, in before.Y, in Point.Y);
            Modular<TVector, TLanes, TPrime>.Select(ref Point.Z, skip, in before.Z, in Point.Z);
            Infinite = TLanes.And(Infinite, skip);
            Started = true;
            Span<ulong> lanes = stackalloc ulong[TLanes.Count];
            TLanes.Store(Infinite, ref lanes[0]);
            _allBegun = !lanes.ContainsAnyExcept(0UL);
        }

        private void AddOne(in AffinePoint<TVector> addend, bool skips)
        {
            if (!skips)
            {
                Group<TVector, TLanes, TPrime>.AddExact(ref Point, in addend, in _one);
                Started = true;
                Infinite = TLanes.Broadcast(0);
            }
        }
    }
}
