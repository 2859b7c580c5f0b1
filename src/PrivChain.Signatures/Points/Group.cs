using System.Runtime.CompilerServices;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Points;

/// <summary>
/// Doubling and addition on y² = x³ + ax + b with a = -3 or 0 (the formulas dbl-2001-b, dbl-2009-l and madd of the explicit-formulas database). Coordinates X and Y stay settled or
/// reduced, Z reduced or twice that.
/// </summary>
/// <remarks>
/// The addition is incomplete: for equal and for opposite points it gives Z = 0, which every later doubling and addition keeps. So at the end Z = 0 says "infinity, or an exception on
/// the way", and the caller computes that item again with <see cref="AddExact"/>, one lane at a time. Signing meets no exception: see BatchSigner.
/// </remarks>
internal static class Group<TVector, TLanes, TPrime>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
    where TPrime : struct, IPrime
{
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Double(ref JacobianPoint<TVector> point)
    {
        Unsafe.SkipInit(out Element<TVector> alpha);
        Unsafe.SkipInit(out Element<TVector> beta);
        Unsafe.SkipInit(out Element<TVector> gamma);
        Unsafe.SkipInit(out Element<TVector> t);
        if (TPrime.AIsMinusThree)
        {
            // alpha = 3 (X - Z²) (X + Z²)
            Modular<TVector, TLanes, TPrime>.Square(ref t, in point.Z);
            PrimeField<TVector, TLanes, TPrime>.Subtract(ref alpha, in point.X, in t);
            PrimeField<TVector, TLanes, TPrime>.Carry(ref alpha);
            Modular<TVector, TLanes, TPrime>.Add(ref t, in point.X, in t);
            Modular<TVector, TLanes, TPrime>.Multiply(ref alpha, in alpha, in t);
        }
        else
        {
            Modular<TVector, TLanes, TPrime>.Square(ref alpha, in point.X);
        }

        PrimeField<TVector, TLanes, TPrime>.Scale(ref alpha, in alpha, 3);
        PrimeField<TVector, TLanes, TPrime>.Carry(ref alpha);
        Modular<TVector, TLanes, TPrime>.Square(ref gamma, in point.Y);
        Modular<TVector, TLanes, TPrime>.Multiply(ref beta, in point.X, in gamma);

        // Z = 2YZ, before Y goes.
        Modular<TVector, TLanes, TPrime>.Multiply(ref point.Z, in point.Y, in point.Z);
        Modular<TVector, TLanes, TPrime>.Add(ref point.Z, in point.Z, in point.Z);

        // X = alpha² - 8 beta
        Modular<TVector, TLanes, TPrime>.Square(ref point.X, in alpha);
        PrimeField<TVector, TLanes, TPrime>.Scale(ref t, in beta, 8);
        PrimeField<TVector, TLanes, TPrime>.SubtractWide(ref point.X, in point.X, in t);
        PrimeField<TVector, TLanes, TPrime>.Settle(ref point.X);

        // Y = alpha (4 beta - X) - 8 gamma²
        PrimeField<TVector, TLanes, TPrime>.Scale(ref t, in beta, 4);
        PrimeField<TVector, TLanes, TPrime>.Subtract(ref t, in t, in point.X);
        PrimeField<TVector, TLanes, TPrime>.Carry(ref t);
        Modular<TVector, TLanes, TPrime>.Multiply(ref point.Y, in alpha, in t);
        Modular<TVector, TLanes, TPrime>.Square(ref gamma, in gamma);
        PrimeField<TVector, TLanes, TPrime>.Scale(ref gamma, in gamma, 8);
        PrimeField<TVector, TLanes, TPrime>.SubtractWide(ref point.Y, in point.Y, in gamma);
        PrimeField<TVector, TLanes, TPrime>.Settle(ref point.Y);
    }

    /// <summary>point + other; see the remarks for equal and opposite points. A point at infinity stays there.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ref JacobianPoint<TVector> point, in AffinePoint<TVector> other)
    {
        Unsafe.SkipInit(out Element<TVector> h);
        Unsafe.SkipInit(out Element<TVector> r);
        Differences(in point, in other, ref h, ref r);
        Finish(ref point, in h, in r);
    }

    /// <summary>The addition for one lane that knows equal points, opposite points and infinity (Z = 0). Branches: for public points only.</summary>
    [SkipLocalsInit]
    public static void AddExact(ref JacobianPoint<TVector> point, in AffinePoint<TVector> other, in Element<TVector> one)
    {
        if (IsZero(in point.Z))
        {
            point.X = other.X;
            point.Y = other.Y;
            point.Z = one;
            PrimeField<TVector, TLanes, TPrime>.Carry(ref point.Y);
            return;
        }

        Unsafe.SkipInit(out Element<TVector> h);
        Unsafe.SkipInit(out Element<TVector> r);
        Differences(in point, in other, ref h, ref r);
        if (IsZero(in h) && IsZero(in r))
        {
            Double(ref point);
            return;
        }

        Finish(ref point, in h, in r);
    }

    /// <summary>h = other.X · Z² - X and r = other.Y · Z³ - Y, carried.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Differences(in JacobianPoint<TVector> point, in AffinePoint<TVector> other, ref Element<TVector> h, ref Element<TVector> r)
    {
        Unsafe.SkipInit(out Element<TVector> zz);
        Modular<TVector, TLanes, TPrime>.Square(ref zz, in point.Z);
        Modular<TVector, TLanes, TPrime>.Multiply(ref h, in other.X, in zz);
        Modular<TVector, TLanes, TPrime>.Multiply(ref zz, in zz, in point.Z);
        Modular<TVector, TLanes, TPrime>.Multiply(ref r, in other.Y, in zz);
        PrimeField<TVector, TLanes, TPrime>.Subtract(ref h, in h, in point.X);
        PrimeField<TVector, TLanes, TPrime>.Carry(ref h);
        PrimeField<TVector, TLanes, TPrime>.Subtract(ref r, in r, in point.Y);
        PrimeField<TVector, TLanes, TPrime>.Carry(ref r);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(ref JacobianPoint<TVector> point, in Element<TVector> h, in Element<TVector> r)
    {
        Unsafe.SkipInit(out Element<TVector> hh);
        Unsafe.SkipInit(out Element<TVector> hhh);
        Unsafe.SkipInit(out Element<TVector> v);
        Unsafe.SkipInit(out Element<TVector> t);
        Modular<TVector, TLanes, TPrime>.Multiply(ref point.Z, in point.Z, in h);
        Modular<TVector, TLanes, TPrime>.Square(ref hh, in h);
        Modular<TVector, TLanes, TPrime>.Multiply(ref hhh, in hh, in h);
        Modular<TVector, TLanes, TPrime>.Multiply(ref v, in point.X, in hh);

        // X = r² - h³ - 2v
        Modular<TVector, TLanes, TPrime>.Square(ref point.X, in r);
        Modular<TVector, TLanes, TPrime>.Add(ref t, in v, in v);
        Modular<TVector, TLanes, TPrime>.Add(ref t, in t, in hhh);
        PrimeField<TVector, TLanes, TPrime>.SubtractWide(ref point.X, in point.X, in t);
        PrimeField<TVector, TLanes, TPrime>.Settle(ref point.X);

        // Y = r (v - X) - Y h³
        PrimeField<TVector, TLanes, TPrime>.Subtract(ref v, in v, in point.X);
        PrimeField<TVector, TLanes, TPrime>.Carry(ref v);
        PrimeField<TVector, TLanes, TPrime>.Negate(ref t, in point.Y);
        PrimeField<TVector, TLanes, TPrime>.Carry(ref t);
        Modular<TVector, TLanes, TPrime>.SumOfProducts(ref point.Y, in r, in v, in t, in hhh);
    }

    // Of a carried or reduced value: one more reduction brings it to 0 or p, or below.
    private static bool IsZero(in Element<TVector> value)
    {
        var canonical = value;
        Reduced(ref canonical);
        Span<ulong> mask = stackalloc ulong[TLanes.Count];
        TLanes.Store(Modular<TVector, TLanes, TPrime>.IsZero(in canonical), ref mask[0]);
        return mask[0] != 0;
    }

    /// <summary>x³ + ax + b, settled, of an x that is reduced; everything in Montgomery's form.</summary>
    public static void CurveRight(in Element<TVector> x, in Element<TVector> b, ref Element<TVector> right)
    {
        Modular<TVector, TLanes, TPrime>.Square(ref right, in x);
        Modular<TVector, TLanes, TPrime>.Multiply(ref right, in right, in x);
        Modular<TVector, TLanes, TPrime>.Add(ref right, in right, in b);
        if (TPrime.AIsMinusThree)
        {
            Unsafe.SkipInit(out Element<TVector> triple);
            PrimeField<TVector, TLanes, TPrime>.Scale(ref triple, in x, 3);
            PrimeField<TVector, TLanes, TPrime>.SubtractWide(ref right, in right, in triple);
        }

        PrimeField<TVector, TLanes, TPrime>.Settle(ref right);
    }

    /// <summary>All ones where both are the same number modulo the prime; settled or reduced both, and the left one is used up.</summary>
    public static TVector Same(ref Element<TVector> left, in Element<TVector> right)
    {
        PrimeField<TVector, TLanes, TPrime>.Subtract(ref left, in left, in right);
        PrimeField<TVector, TLanes, TPrime>.Carry(ref left);
        Reduced(ref left);
        return Modular<TVector, TLanes, TPrime>.IsZero(in left);
    }

    /// <summary>Canonical, and zero exactly where the value is zero modulo the prime; elsewhere divided by Montgomery's factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduced(ref Element<TVector> value)
    {
        Element<TVector> one = default;
        one.L0 = TLanes.Broadcast(1);
        Modular<TVector, TLanes, TPrime>.Multiply(ref value, in value, in one);
        Modular<TVector, TLanes, TPrime>.Canonicalize(ref value);
    }
}
