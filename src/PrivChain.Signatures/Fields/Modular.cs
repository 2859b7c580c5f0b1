using System.Runtime.CompilerServices;
using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Fields;

/// <summary>
/// Arithmetic modulo <typeparamref name="TModulus"/> in nine limbs of 29 bits, on all lanes at once. No carry travels while products are summed: nine products of 2^29 by 2^31 fit
/// into 64 bits. Which limbs each method may be given follows from that, and BoundsTests shows that no caller in this library gives larger ones, by running the callers on intervals.
/// </summary>
/// <remarks>
/// Montgomery form with R = 2^261, except for a modulus that folds. "Carried" means that limbs are below 2^29 and a little; "reduced" that they came out of a multiplication.
/// No method branches on a value. Results may be the same variable as an argument.
/// </remarks>
internal static class Modular<TVector, TLanes, TModulus>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
    where TModulus : struct, IModulus
{
    private const ulong Mask = (1UL << 29) - 1;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ref Element<TVector> result, in Element<TVector> left, in Element<TVector> right)
    {
        Unsafe.SkipInit(out Columns<TVector> columns);
        Product(ref columns, in left, in right);
        Reduce(ref result, ref columns);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Square(ref Element<TVector> result, in Element<TVector> value)
    {
        Unsafe.SkipInit(out Columns<TVector> columns);
        SquareProduct(ref columns, in value);
        Reduce(ref result, ref columns);
    }

    /// <summary><c>left · right + left2 · right2</c> with one reduction.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumOfProducts(
        ref Element<TVector> result, in Element<TVector> left, in Element<TVector> right, in Element<TVector> left2, in Element<TVector> right2)
    {
        Unsafe.SkipInit(out Columns<TVector> columns);
        Product(ref columns, in left, in right);
        AddProduct(ref columns, in left2, in right2);
        Reduce(ref result, ref columns);
    }

    public static void Square(ref Element<TVector> result, in Element<TVector> value, int times)
    {
        Square(ref result, in value);
        for (var i = 1; i < times; i++)
        {
            Square(ref result, in result);
        }
    }

    /// <summary>Limbs as they are, up to twice as large.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ref Element<TVector> result, in Element<TVector> left, in Element<TVector> right)
    {
        result.L0 = TLanes.Add(left.L0, right.L0);
        result.L1 = TLanes.Add(left.L1, right.L1);
        result.L2 = TLanes.Add(left.L2, right.L2);
        result.L3 = TLanes.Add(left.L3, right.L3);
        result.L4 = TLanes.Add(left.L4, right.L4);
        result.L5 = TLanes.Add(left.L5, right.L5);
        result.L6 = TLanes.Add(left.L6, right.L6);
        result.L7 = TLanes.Add(left.L7, right.L7);
        result.L8 = TLanes.Add(left.L8, right.L8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Select(ref Element<TVector> result, TVector mask, in Element<TVector> whenSet, in Element<TVector> whenClear)
    {
        result.L0 = TLanes.Select(mask, whenSet.L0, whenClear.L0);
        result.L1 = TLanes.Select(mask, whenSet.L1, whenClear.L1);
        result.L2 = TLanes.Select(mask, whenSet.L2, whenClear.L2);
        result.L3 = TLanes.Select(mask, whenSet.L3, whenClear.L3);
        result.L4 = TLanes.Select(mask, whenSet.L4, whenClear.L4);
        result.L5 = TLanes.Select(mask, whenSet.L5, whenClear.L5);
        result.L6 = TLanes.Select(mask, whenSet.L6, whenClear.L6);
        result.L7 = TLanes.Select(mask, whenSet.L7, whenClear.L7);
        result.L8 = TLanes.Select(mask, whenSet.L8, whenClear.L8);
    }

    /// <summary>All ones in the lanes whose canonical value is zero.</summary>
    public static TVector IsZero(in Element<TVector> canonical)
    {
        var any = TLanes.Or(TLanes.Or(TLanes.Or(canonical.L0, canonical.L1), TLanes.Or(canonical.L2, canonical.L3)), TLanes.Or(TLanes.Or(canonical.L4, canonical.L5), TLanes.Or(canonical.L6, canonical.L7)));
        return TLanes.Equal(TLanes.Or(any, canonical.L8), TLanes.Broadcast(0));
    }

    /// <summary>The one representative below the modulus, of a value below twice the modulus. Montgomery's factor stays.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Canonicalize(ref Element<TVector> x)
    {
        var mask = TLanes.Broadcast(Mask);
        var carry = TLanes.ShiftRight(x.L0, 29);
        x.L0 = TLanes.And(x.L0, mask);
        x.L1 = TLanes.Add(x.L1, carry);
        carry = TLanes.ShiftRight(x.L1, 29);
        x.L1 = TLanes.And(x.L1, mask);
        x.L2 = TLanes.Add(x.L2, carry);
        carry = TLanes.ShiftRight(x.L2, 29);
        x.L2 = TLanes.And(x.L2, mask);
        x.L3 = TLanes.Add(x.L3, carry);
        carry = TLanes.ShiftRight(x.L3, 29);
        x.L3 = TLanes.And(x.L3, mask);
        x.L4 = TLanes.Add(x.L4, carry);
        carry = TLanes.ShiftRight(x.L4, 29);
        x.L4 = TLanes.And(x.L4, mask);
        x.L5 = TLanes.Add(x.L5, carry);
        carry = TLanes.ShiftRight(x.L5, 29);
        x.L5 = TLanes.And(x.L5, mask);
        x.L6 = TLanes.Add(x.L6, carry);
        carry = TLanes.ShiftRight(x.L6, 29);
        x.L6 = TLanes.And(x.L6, mask);
        x.L7 = TLanes.Add(x.L7, carry);
        carry = TLanes.ShiftRight(x.L7, 29);
        x.L7 = TLanes.And(x.L7, mask);
        x.L8 = TLanes.Add(x.L8, carry);

        // x - p + 2^261, so that bit 29 of the top limb says whether x was at least p.
        Unsafe.SkipInit(out Element<TVector> less);
        var one = TLanes.Broadcast(1UL << 29);
        var value = TLanes.Subtract(TLanes.Add(x.L0, one), TLanes.Broadcast(TModulus.P0));
        less.L0 = TLanes.And(value, mask);
        var borrow = TLanes.Broadcast((1UL << 29) - 1);
        value = TLanes.Add(TLanes.Subtract(TLanes.Add(x.L1, borrow), TLanes.Broadcast(TModulus.P1)), TLanes.ShiftRight(value, 29));
        less.L1 = TLanes.And(value, mask);
        value = TLanes.Add(TLanes.Subtract(TLanes.Add(x.L2, borrow), TLanes.Broadcast(TModulus.P2)), TLanes.ShiftRight(value, 29));
        less.L2 = TLanes.And(value, mask);
        value = TLanes.Add(TLanes.Subtract(TLanes.Add(x.L3, borrow), TLanes.Broadcast(TModulus.P3)), TLanes.ShiftRight(value, 29));
        less.L3 = TLanes.And(value, mask);
        value = TLanes.Add(TLanes.Subtract(TLanes.Add(x.L4, borrow), TLanes.Broadcast(TModulus.P4)), TLanes.ShiftRight(value, 29));
        less.L4 = TLanes.And(value, mask);
        value = TLanes.Add(TLanes.Subtract(TLanes.Add(x.L5, borrow), TLanes.Broadcast(TModulus.P5)), TLanes.ShiftRight(value, 29));
        less.L5 = TLanes.And(value, mask);
        value = TLanes.Add(TLanes.Subtract(TLanes.Add(x.L6, borrow), TLanes.Broadcast(TModulus.P6)), TLanes.ShiftRight(value, 29));
        less.L6 = TLanes.And(value, mask);
        value = TLanes.Add(TLanes.Subtract(TLanes.Add(x.L7, borrow), TLanes.Broadcast(TModulus.P7)), TLanes.ShiftRight(value, 29));
        less.L7 = TLanes.And(value, mask);
        value = TLanes.Add(TLanes.Subtract(TLanes.Add(x.L8, borrow), TLanes.Broadcast(TModulus.P8)), TLanes.ShiftRight(value, 29));
        less.L8 = TLanes.And(value, mask);
        var below = TLanes.Equal(TLanes.ShiftRight(value, 29), TLanes.Broadcast(0));
        Select(ref x, below, in x, in less);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product(ref Columns<TVector> c, in Element<TVector> left, in Element<TVector> right)
    {
        TVector a0 = left.L0, a1 = left.L1, a2 = left.L2, a3 = left.L3, a4 = left.L4, a5 = left.L5, a6 = left.L6, a7 = left.L7, a8 = left.L8;
        TVector b0 = right.L0, b1 = right.L1, b2 = right.L2, b3 = right.L3, b4 = right.L4, b5 = right.L5, b6 = right.L6, b7 = right.L7, b8 = right.L8;
        TVector sum;
        sum = TLanes.Multiply(a0, b0);
        c.C0 = sum;
        sum = TLanes.Multiply(a0, b1);
        sum = TLanes.MultiplyAdd(sum, a1, b0);
        c.C1 = sum;
        sum = TLanes.Multiply(a0, b2);
        sum = TLanes.MultiplyAdd(sum, a1, b1);
        sum = TLanes.MultiplyAdd(sum, a2, b0);
        c.C2 = sum;
        sum = TLanes.Multiply(a0, b3);
        sum = TLanes.MultiplyAdd(sum, a1, b2);
        sum = TLanes.MultiplyAdd(sum, a2, b1);
        sum = TLanes.MultiplyAdd(sum, a3, b0);
        c.C3 = sum;
        sum = TLanes.Multiply(a0, b4);
        sum = TLanes.MultiplyAdd(sum, a1, b3);
        sum = TLanes.MultiplyAdd(sum, a2, b2);
        sum = TLanes.MultiplyAdd(sum, a3, b1);
        sum = TLanes.MultiplyAdd(sum, a4, b0);
        c.C4 = sum;
        sum = TLanes.Multiply(a0, b5);
        sum = TLanes.MultiplyAdd(sum, a1, b4);
        sum = TLanes.MultiplyAdd(sum, a2, b3);
        sum = TLanes.MultiplyAdd(sum, a3, b2);
        sum = TLanes.MultiplyAdd(sum, a4, b1);
        sum = TLanes.MultiplyAdd(sum, a5, b0);
        c.C5 = sum;
        sum = TLanes.Multiply(a0, b6);
        sum = TLanes.MultiplyAdd(sum, a1, b5);
        sum = TLanes.MultiplyAdd(sum, a2, b4);
        sum = TLanes.MultiplyAdd(sum, a3, b3);
        sum = TLanes.MultiplyAdd(sum, a4, b2);
        sum = TLanes.MultiplyAdd(sum, a5, b1);
        sum = TLanes.MultiplyAdd(sum, a6, b0);
        c.C6 = sum;
        sum = TLanes.Multiply(a0, b7);
        sum = TLanes.MultiplyAdd(sum, a1, b6);
        sum = TLanes.MultiplyAdd(sum, a2, b5);
        sum = TLanes.MultiplyAdd(sum, a3, b4);
        sum = TLanes.MultiplyAdd(sum, a4, b3);
        sum = TLanes.MultiplyAdd(sum, a5, b2);
        sum = TLanes.MultiplyAdd(sum, a6, b1);
        sum = TLanes.MultiplyAdd(sum, a7, b0);
        c.C7 = sum;
        sum = TLanes.Multiply(a0, b8);
        sum = TLanes.MultiplyAdd(sum, a1, b7);
        sum = TLanes.MultiplyAdd(sum, a2, b6);
        sum = TLanes.MultiplyAdd(sum, a3, b5);
        sum = TLanes.MultiplyAdd(sum, a4, b4);
        sum = TLanes.MultiplyAdd(sum, a5, b3);
        sum = TLanes.MultiplyAdd(sum, a6, b2);
        sum = TLanes.MultiplyAdd(sum, a7, b1);
        sum = TLanes.MultiplyAdd(sum, a8, b0);
        c.C8 = sum;
        sum = TLanes.Multiply(a1, b8);
        sum = TLanes.MultiplyAdd(sum, a2, b7);
        sum = TLanes.MultiplyAdd(sum, a3, b6);
        sum = TLanes.MultiplyAdd(sum, a4, b5);
        sum = TLanes.MultiplyAdd(sum, a5, b4);
        sum = TLanes.MultiplyAdd(sum, a6, b3);
        sum = TLanes.MultiplyAdd(sum, a7, b2);
        sum = TLanes.MultiplyAdd(sum, a8, b1);
        c.C9 = sum;
        sum = TLanes.Multiply(a2, b8);
        sum = TLanes.MultiplyAdd(sum, a3, b7);
        sum = TLanes.MultiplyAdd(sum, a4, b6);
        sum = TLanes.MultiplyAdd(sum, a5, b5);
        sum = TLanes.MultiplyAdd(sum, a6, b4);
        sum = TLanes.MultiplyAdd(sum, a7, b3);
        sum = TLanes.MultiplyAdd(sum, a8, b2);
        c.C10 = sum;
        sum = TLanes.Multiply(a3, b8);
        sum = TLanes.MultiplyAdd(sum, a4, b7);
        sum = TLanes.MultiplyAdd(sum, a5, b6);
        sum = TLanes.MultiplyAdd(sum, a6, b5);
        sum = TLanes.MultiplyAdd(sum, a7, b4);
        sum = TLanes.MultiplyAdd(sum, a8, b3);
        c.C11 = sum;
        sum = TLanes.Multiply(a4, b8);
        sum = TLanes.MultiplyAdd(sum, a5, b7);
        sum = TLanes.MultiplyAdd(sum, a6, b6);
        sum = TLanes.MultiplyAdd(sum, a7, b5);
        sum = TLanes.MultiplyAdd(sum, a8, b4);
        c.C12 = sum;
        sum = TLanes.Multiply(a5, b8);
        sum = TLanes.MultiplyAdd(sum, a6, b7);
        sum = TLanes.MultiplyAdd(sum, a7, b6);
        sum = TLanes.MultiplyAdd(sum, a8, b5);
        c.C13 = sum;
        sum = TLanes.Multiply(a6, b8);
        sum = TLanes.MultiplyAdd(sum, a7, b7);
        sum = TLanes.MultiplyAdd(sum, a8, b6);
        c.C14 = sum;
        sum = TLanes.Multiply(a7, b8);
        sum = TLanes.MultiplyAdd(sum, a8, b7);
        c.C15 = sum;
        sum = TLanes.Multiply(a8, b8);
        c.C16 = sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddProduct(ref Columns<TVector> c, in Element<TVector> left, in Element<TVector> right)
    {
        TVector a0 = left.L0, a1 = left.L1, a2 = left.L2, a3 = left.L3, a4 = left.L4, a5 = left.L5, a6 = left.L6, a7 = left.L7, a8 = left.L8;
        TVector b0 = right.L0, b1 = right.L1, b2 = right.L2, b3 = right.L3, b4 = right.L4, b5 = right.L5, b6 = right.L6, b7 = right.L7, b8 = right.L8;
        TVector sum;
        sum = TLanes.MultiplyAdd(c.C0, a0, b0);
        c.C0 = sum;
        sum = TLanes.MultiplyAdd(c.C1, a0, b1);
        sum = TLanes.MultiplyAdd(sum, a1, b0);
        c.C1 = sum;
        sum = TLanes.MultiplyAdd(c.C2, a0, b2);
        sum = TLanes.MultiplyAdd(sum, a1, b1);
        sum = TLanes.MultiplyAdd(sum, a2, b0);
        c.C2 = sum;
        sum = TLanes.MultiplyAdd(c.C3, a0, b3);
        sum = TLanes.MultiplyAdd(sum, a1, b2);
        sum = TLanes.MultiplyAdd(sum, a2, b1);
        sum = TLanes.MultiplyAdd(sum, a3, b0);
        c.C3 = sum;
        sum = TLanes.MultiplyAdd(c.C4, a0, b4);
        sum = TLanes.MultiplyAdd(sum, a1, b3);
        sum = TLanes.MultiplyAdd(sum, a2, b2);
        sum = TLanes.MultiplyAdd(sum, a3, b1);
        sum = TLanes.MultiplyAdd(sum, a4, b0);
        c.C4 = sum;
        sum = TLanes.MultiplyAdd(c.C5, a0, b5);
        sum = TLanes.MultiplyAdd(sum, a1, b4);
        sum = TLanes.MultiplyAdd(sum, a2, b3);
        sum = TLanes.MultiplyAdd(sum, a3, b2);
        sum = TLanes.MultiplyAdd(sum, a4, b1);
        sum = TLanes.MultiplyAdd(sum, a5, b0);
        c.C5 = sum;
        sum = TLanes.MultiplyAdd(c.C6, a0, b6);
        sum = TLanes.MultiplyAdd(sum, a1, b5);
        sum = TLanes.MultiplyAdd(sum, a2, b4);
        sum = TLanes.MultiplyAdd(sum, a3, b3);
        sum = TLanes.MultiplyAdd(sum, a4, b2);
        sum = TLanes.MultiplyAdd(sum, a5, b1);
        sum = TLanes.MultiplyAdd(sum, a6, b0);
        c.C6 = sum;
        sum = TLanes.MultiplyAdd(c.C7, a0, b7);
        sum = TLanes.MultiplyAdd(sum, a1, b6);
        sum = TLanes.MultiplyAdd(sum, a2, b5);
        sum = TLanes.MultiplyAdd(sum, a3, b4);
        sum = TLanes.MultiplyAdd(sum, a4, b3);
        sum = TLanes.MultiplyAdd(sum, a5, b2);
        sum = TLanes.MultiplyAdd(sum, a6, b1);
        sum = TLanes.MultiplyAdd(sum, a7, b0);
        c.C7 = sum;
        sum = TLanes.MultiplyAdd(c.C8, a0, b8);
        sum = TLanes.MultiplyAdd(sum, a1, b7);
        sum = TLanes.MultiplyAdd(sum, a2, b6);
        sum = TLanes.MultiplyAdd(sum, a3, b5);
        sum = TLanes.MultiplyAdd(sum, a4, b4);
        sum = TLanes.MultiplyAdd(sum, a5, b3);
        sum = TLanes.MultiplyAdd(sum, a6, b2);
        sum = TLanes.MultiplyAdd(sum, a7, b1);
        sum = TLanes.MultiplyAdd(sum, a8, b0);
        c.C8 = sum;
        sum = TLanes.MultiplyAdd(c.C9, a1, b8);
        sum = TLanes.MultiplyAdd(sum, a2, b7);
        sum = TLanes.MultiplyAdd(sum, a3, b6);
        sum = TLanes.MultiplyAdd(sum, a4, b5);
        sum = TLanes.MultiplyAdd(sum, a5, b4);
        sum = TLanes.MultiplyAdd(sum, a6, b3);
        sum = TLanes.MultiplyAdd(sum, a7, b2);
        sum = TLanes.MultiplyAdd(sum, a8, b1);
        c.C9 = sum;
        sum = TLanes.MultiplyAdd(c.C10, a2, b8);
        sum = TLanes.MultiplyAdd(sum, a3, b7);
        sum = TLanes.MultiplyAdd(sum, a4, b6);
        sum = TLanes.MultiplyAdd(sum, a5, b5);
        sum = TLanes.MultiplyAdd(sum, a6, b4);
        sum = TLanes.MultiplyAdd(sum, a7, b3);
        sum = TLanes.MultiplyAdd(sum, a8, b2);
        c.C10 = sum;
        sum = TLanes.MultiplyAdd(c.C11, a3, b8);
        sum = TLanes.MultiplyAdd(sum, a4, b7);
        sum = TLanes.MultiplyAdd(sum, a5, b6);
        sum = TLanes.MultiplyAdd(sum, a6, b5);
        sum = TLanes.MultiplyAdd(sum, a7, b4);
        sum = TLanes.MultiplyAdd(sum, a8, b3);
        c.C11 = sum;
        sum = TLanes.MultiplyAdd(c.C12, a4, b8);
        sum = TLanes.MultiplyAdd(sum, a5, b7);
        sum = TLanes.MultiplyAdd(sum, a6, b6);
        sum = TLanes.MultiplyAdd(sum, a7, b5);
        sum = TLanes.MultiplyAdd(sum, a8, b4);
        c.C12 = sum;
        sum = TLanes.MultiplyAdd(c.C13, a5, b8);
        sum = TLanes.MultiplyAdd(sum, a6, b7);
        sum = TLanes.MultiplyAdd(sum, a7, b6);
        sum = TLanes.MultiplyAdd(sum, a8, b5);
        c.C13 = sum;
        sum = TLanes.MultiplyAdd(c.C14, a6, b8);
        sum = TLanes.MultiplyAdd(sum, a7, b7);
        sum = TLanes.MultiplyAdd(sum, a8, b6);
        c.C14 = sum;
        sum = TLanes.MultiplyAdd(c.C15, a7, b8);
        sum = TLanes.MultiplyAdd(sum, a8, b7);
        c.C15 = sum;
        sum = TLanes.MultiplyAdd(c.C16, a8, b8);
        c.C16 = sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SquareProduct(ref Columns<TVector> c, in Element<TVector> value)
    {
        TVector a0 = value.L0, a1 = value.L1, a2 = value.L2, a3 = value.L3, a4 = value.L4, a5 = value.L5, a6 = value.L6, a7 = value.L7, a8 = value.L8;
        TVector d0 = TLanes.Add(a0, a0), d1 = TLanes.Add(a1, a1), d2 = TLanes.Add(a2, a2), d3 = TLanes.Add(a3, a3), d4 = TLanes.Add(a4, a4), d5 = TLanes.Add(a5, a5), d6 = TLanes.Add(a6, a6), d7 = TLanes.Add(a7, a7);
        TVector sum;
        sum = TLanes.Multiply(a0, a0);
        c.C0 = sum;
        sum = TLanes.Multiply(d0, a1);
        c.C1 = sum;
        sum = TLanes.Multiply(d0, a2);
        sum = TLanes.MultiplyAdd(sum, a1, a1);
        c.C2 = sum;
        sum = TLanes.Multiply(d0, a3);
        sum = TLanes.MultiplyAdd(sum, d1, a2);
        c.C3 = sum;
        sum = TLanes.Multiply(d0, a4);
        sum = TLanes.MultiplyAdd(sum, d1, a3);
        sum = TLanes.MultiplyAdd(sum, a2, a2);
        c.C4 = sum;
        sum = TLanes.Multiply(d0, a5);
        sum = TLanes.MultiplyAdd(sum, d1, a4);
        sum = TLanes.MultiplyAdd(sum, d2, a3);
        c.C5 = sum;
        sum = TLanes.Multiply(d0, a6);
        sum = TLanes.MultiplyAdd(sum, d1, a5);
        sum = TLanes.MultiplyAdd(sum, d2, a4);
        sum = TLanes.MultiplyAdd(sum, a3, a3);
        c.C6 = sum;
        sum = TLanes.Multiply(d0, a7);
        sum = TLanes.MultiplyAdd(sum, d1, a6);
        sum = TLanes.MultiplyAdd(sum, d2, a5);
        sum = TLanes.MultiplyAdd(sum, d3, a4);
        c.C7 = sum;
        sum = TLanes.Multiply(d0, a8);
        sum = TLanes.MultiplyAdd(sum, d1, a7);
        sum = TLanes.MultiplyAdd(sum, d2, a6);
        sum = TLanes.MultiplyAdd(sum, d3, a5);
        sum = TLanes.MultiplyAdd(sum, a4, a4);
        c.C8 = sum;
        sum = TLanes.Multiply(d1, a8);
        sum = TLanes.MultiplyAdd(sum, d2, a7);
        sum = TLanes.MultiplyAdd(sum, d3, a6);
        sum = TLanes.MultiplyAdd(sum, d4, a5);
        c.C9 = sum;
        sum = TLanes.Multiply(d2, a8);
        sum = TLanes.MultiplyAdd(sum, d3, a7);
        sum = TLanes.MultiplyAdd(sum, d4, a6);
        sum = TLanes.MultiplyAdd(sum, a5, a5);
        c.C10 = sum;
        sum = TLanes.Multiply(d3, a8);
        sum = TLanes.MultiplyAdd(sum, d4, a7);
        sum = TLanes.MultiplyAdd(sum, d5, a6);
        c.C11 = sum;
        sum = TLanes.Multiply(d4, a8);
        sum = TLanes.MultiplyAdd(sum, d5, a7);
        sum = TLanes.MultiplyAdd(sum, a6, a6);
        c.C12 = sum;
        sum = TLanes.Multiply(d5, a8);
        sum = TLanes.MultiplyAdd(sum, d6, a7);
        c.C13 = sum;
        sum = TLanes.Multiply(d6, a8);
        sum = TLanes.MultiplyAdd(sum, a7, a7);
        c.C14 = sum;
        sum = TLanes.Multiply(d7, a8);
        c.C15 = sum;
        sum = TLanes.Multiply(a8, a8);
        c.C16 = sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(ref Element<TVector> result, ref Columns<TVector> columns)
    {
        if (TModulus.Folds)
        {
            ReduceByFolding(ref result, ref columns);
        }
        else
        {
            ReduceByMontgomery(ref result, ref columns);
        }
    }

    /// <summary>
    /// Adds the multiple m of the modulus that makes the lower nine limbs zero, one limb at a time. Where the modulus is -1 modulo 2^29, m is the limb itself and the multiple of p + 1 is added
    /// to the limbs above: limbs of p + 1 that are zero cost nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReduceByMontgomery(ref Element<TVector> result, ref Columns<TVector> c)
    {
        var mask = TLanes.Broadcast(Mask);
        var column = c.C0;
        var m0 = Multiple(column, mask);
        var carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m0), 29);
        column = c.C1;
        column = Term(TModulus.Q1, column, m0);
        column = TLanes.Add(column, carry);
        var m1 = Multiple(column, mask);
        carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m1), 29);
        column = c.C2;
        column = Term(TModulus.Q2, column, m0);
        column = Term(TModulus.Q1, column, m1);
        column = TLanes.Add(column, carry);
        var m2 = Multiple(column, mask);
        carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m2), 29);
        column = c.C3;
        column = Term(TModulus.Q3, column, m0);
        column = Term(TModulus.Q2, column, m1);
        column = Term(TModulus.Q1, column, m2);
        column = TLanes.Add(column, carry);
        var m3 = Multiple(column, mask);
        carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m3), 29);
        column = c.C4;
        column = Term(TModulus.Q4, column, m0);
        column = Term(TModulus.Q3, column, m1);
        column = Term(TModulus.Q2, column, m2);
        column = Term(TModulus.Q1, column, m3);
        column = TLanes.Add(column, carry);
        var m4 = Multiple(column, mask);
        carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m4), 29);
        column = c.C5;
        column = Term(TModulus.Q5, column, m0);
        column = Term(TModulus.Q4, column, m1);
        column = Term(TModulus.Q3, column, m2);
        column = Term(TModulus.Q2, column, m3);
        column = Term(TModulus.Q1, column, m4);
        column = TLanes.Add(column, carry);
        var m5 = Multiple(column, mask);
        carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m5), 29);
        column = c.C6;
        column = Term(TModulus.Q6, column, m0);
        column = Term(TModulus.Q5, column, m1);
        column = Term(TModulus.Q4, column, m2);
        column = Term(TModulus.Q3, column, m3);
        column = Term(TModulus.Q2, column, m4);
        column = Term(TModulus.Q1, column, m5);
        column = TLanes.Add(column, carry);
        var m6 = Multiple(column, mask);
        carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m6), 29);
        column = c.C7;
        column = Term(TModulus.Q7, column, m0);
        column = Term(TModulus.Q6, column, m1);
        column = Term(TModulus.Q5, column, m2);
        column = Term(TModulus.Q4, column, m3);
        column = Term(TModulus.Q3, column, m4);
        column = Term(TModulus.Q2, column, m5);
        column = Term(TModulus.Q1, column, m6);
        column = TLanes.Add(column, carry);
        var m7 = Multiple(column, mask);
        carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m7), 29);
        column = c.C8;
        column = Term(TModulus.Q8, column, m0);
        column = Term(TModulus.Q7, column, m1);
        column = Term(TModulus.Q6, column, m2);
        column = Term(TModulus.Q5, column, m3);
        column = Term(TModulus.Q4, column, m4);
        column = Term(TModulus.Q3, column, m5);
        column = Term(TModulus.Q2, column, m6);
        column = Term(TModulus.Q1, column, m7);
        column = TLanes.Add(column, carry);
        var m8 = Multiple(column, mask);
        carry = TLanes.ShiftRight(Term(TModulus.Q0, column, m8), 29);
        column = c.C9;
        column = Term(TModulus.Q8, column, m1);
        column = Term(TModulus.Q7, column, m2);
        column = Term(TModulus.Q6, column, m3);
        column = Term(TModulus.Q5, column, m4);
        column = Term(TModulus.Q4, column, m5);
        column = Term(TModulus.Q3, column, m6);
        column = Term(TModulus.Q2, column, m7);
        column = Term(TModulus.Q1, column, m8);
        column = TLanes.Add(column, carry);
        result.L0 = TLanes.And(column, mask);
        carry = TLanes.ShiftRight(column, 29);
        column = c.C10;
        column = Term(TModulus.Q8, column, m2);
        column = Term(TModulus.Q7, column, m3);
        column = Term(TModulus.Q6, column, m4);
        column = Term(TModulus.Q5, column, m5);
        column = Term(TModulus.Q4, column, m6);
        column = Term(TModulus.Q3, column, m7);
        column = Term(TModulus.Q2, column, m8);
        column = TLanes.Add(column, carry);
        result.L1 = TLanes.And(column, mask);
        carry = TLanes.ShiftRight(column, 29);
        column = c.C11;
        column = Term(TModulus.Q8, column, m3);
        column = Term(TModulus.Q7, column, m4);
        column = Term(TModulus.Q6, column, m5);
        column = Term(TModulus.Q5, column, m6);
        column = Term(TModulus.Q4, column, m7);
        column = Term(TModulus.Q3, column, m8);
        column = TLanes.Add(column, carry);
        result.L2 = TLanes.And(column, mask);
        carry = TLanes.ShiftRight(column, 29);
        column = c.C12;
        column = Term(TModulus.Q8, column, m4);
        column = Term(TModulus.Q7, column, m5);
        column = Term(TModulus.Q6, column, m6);
        column = Term(TModulus.Q5, column, m7);
        column = Term(TModulus.Q4, column, m8);
        column = TLanes.Add(column, carry);
        result.L3 = TLanes.And(column, mask);
        carry = TLanes.ShiftRight(column, 29);
        column = c.C13;
        column = Term(TModulus.Q8, column, m5);
        column = Term(TModulus.Q7, column, m6);
        column = Term(TModulus.Q6, column, m7);
        column = Term(TModulus.Q5, column, m8);
        column = TLanes.Add(column, carry);
        result.L4 = TLanes.And(column, mask);
        carry = TLanes.ShiftRight(column, 29);
        column = c.C14;
        column = Term(TModulus.Q8, column, m6);
        column = Term(TModulus.Q7, column, m7);
        column = Term(TModulus.Q6, column, m8);
        column = TLanes.Add(column, carry);
        result.L5 = TLanes.And(column, mask);
        carry = TLanes.ShiftRight(column, 29);
        column = c.C15;
        column = Term(TModulus.Q8, column, m7);
        column = Term(TModulus.Q7, column, m8);
        column = TLanes.Add(column, carry);
        result.L6 = TLanes.And(column, mask);
        carry = TLanes.ShiftRight(column, 29);
        column = c.C16;
        column = Term(TModulus.Q8, column, m8);
        column = TLanes.Add(column, carry);
        result.L7 = TLanes.And(column, mask);
        carry = TLanes.ShiftRight(column, 29);
        result.L8 = carry;
    }

    /// <summary>2^261 = 2^37 + 31264 modulo the prime of secp256k1: the upper limbs come down twice over, then what is left above 2^256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReduceByFolding(ref Element<TVector> result, ref Columns<TVector> c)
    {
        var mask = TLanes.Broadcast(Mask);
        var fold = TLanes.Broadcast(31264);
        var column = c.C0;
        var t0 = TLanes.And(column, mask);
        column = TLanes.Add(c.C1, TLanes.ShiftRight(column, 29));
        var t1 = TLanes.And(column, mask);
        column = TLanes.Add(c.C2, TLanes.ShiftRight(column, 29));
        var t2 = TLanes.And(column, mask);
        column = TLanes.Add(c.C3, TLanes.ShiftRight(column, 29));
        var t3 = TLanes.And(column, mask);
        column = TLanes.Add(c.C4, TLanes.ShiftRight(column, 29));
        var t4 = TLanes.And(column, mask);
        column = TLanes.Add(c.C5, TLanes.ShiftRight(column, 29));
        var t5 = TLanes.And(column, mask);
        column = TLanes.Add(c.C6, TLanes.ShiftRight(column, 29));
        var t6 = TLanes.And(column, mask);
        column = TLanes.Add(c.C7, TLanes.ShiftRight(column, 29));
        var t7 = TLanes.And(column, mask);
        column = TLanes.Add(c.C8, TLanes.ShiftRight(column, 29));
        var t8 = TLanes.And(column, mask);
        column = TLanes.Add(c.C9, TLanes.ShiftRight(column, 29));
        var t9 = TLanes.And(column, mask);
        column = TLanes.Add(c.C10, TLanes.ShiftRight(column, 29));
        var t10 = TLanes.And(column, mask);
        column = TLanes.Add(c.C11, TLanes.ShiftRight(column, 29));
        var t11 = TLanes.And(column, mask);
        column = TLanes.Add(c.C12, TLanes.ShiftRight(column, 29));
        var t12 = TLanes.And(column, mask);
        column = TLanes.Add(c.C13, TLanes.ShiftRight(column, 29));
        var t13 = TLanes.And(column, mask);
        column = TLanes.Add(c.C14, TLanes.ShiftRight(column, 29));
        var t14 = TLanes.And(column, mask);
        column = TLanes.Add(c.C15, TLanes.ShiftRight(column, 29));
        var t15 = TLanes.And(column, mask);
        column = TLanes.Add(c.C16, TLanes.ShiftRight(column, 29));
        var t16 = TLanes.And(column, mask);
        var t17 = TLanes.ShiftRight(column, 29);

        column = TLanes.MultiplyAdd(TLanes.MultiplyAdd(t0, t9, fold), t17, TLanes.Broadcast(977 << 13));
        t0 = TLanes.And(column, mask);
        column = TLanes.Add(TLanes.Add(TLanes.MultiplyAdd(t1, t10, fold), TLanes.ShiftLeft(t17, 16)), TLanes.Add(TLanes.ShiftLeft(t9, 8), TLanes.ShiftRight(column, 29)));
        t1 = TLanes.And(column, mask);
        column = TLanes.Add(TLanes.MultiplyAdd(t2, t11, fold), TLanes.Add(TLanes.ShiftLeft(t10, 8), TLanes.ShiftRight(column, 29)));
        t2 = TLanes.And(column, mask);
        column = TLanes.Add(TLanes.MultiplyAdd(t3, t12, fold), TLanes.Add(TLanes.ShiftLeft(t11, 8), TLanes.ShiftRight(column, 29)));
        t3 = TLanes.And(column, mask);
        column = TLanes.Add(TLanes.MultiplyAdd(t4, t13, fold), TLanes.Add(TLanes.ShiftLeft(t12, 8), TLanes.ShiftRight(column, 29)));
        t4 = TLanes.And(column, mask);
        column = TLanes.Add(TLanes.MultiplyAdd(t5, t14, fold), TLanes.Add(TLanes.ShiftLeft(t13, 8), TLanes.ShiftRight(column, 29)));
        t5 = TLanes.And(column, mask);
        column = TLanes.Add(TLanes.MultiplyAdd(t6, t15, fold), TLanes.Add(TLanes.ShiftLeft(t14, 8), TLanes.ShiftRight(column, 29)));
        t6 = TLanes.And(column, mask);
        column = TLanes.Add(TLanes.MultiplyAdd(t7, t16, fold), TLanes.Add(TLanes.ShiftLeft(t15, 8), TLanes.ShiftRight(column, 29)));
        t7 = TLanes.And(column, mask);
        column = TLanes.Add(TLanes.MultiplyAdd(t8, t17, fold), TLanes.Add(TLanes.ShiftLeft(t16, 8), TLanes.ShiftRight(column, 29)));

        // Bits 256 and above come down once more. What the topmost limb gives beyond the ninth, 2^13 times 2^256, was added to the lowest two above.
        t8 = TLanes.And(column, TLanes.Broadcast((1UL << 24) - 1));
        var excess = TLanes.ShiftRight(column, 24);
        column = TLanes.MultiplyAdd(t0, excess, TLanes.Broadcast(977));
        result.L0 = TLanes.And(column, mask);
        result.L1 = TLanes.Add(TLanes.Add(t1, TLanes.ShiftLeft(excess, 3)), TLanes.ShiftRight(column, 29));
        result.L2 = t2;
        result.L3 = t3;
        result.L4 = t4;
        result.L5 = t5;
        result.L6 = t6;
        result.L7 = t7;
        result.L8 = t8;
    }

    /// <summary>The part of the multiple that falls into this column; nothing at all where that limb of the modulus is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Term(ulong limb, TVector column, TVector multiple) =>
        limb == 0 ? column : TLanes.MultiplyAdd(column, multiple, TLanes.Broadcast(limb));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Multiple(TVector column, TVector mask) =>
        TModulus.NegativeInverse == 1 ? TLanes.And(column, mask) : TLanes.And(TLanes.Multiply(TLanes.And(column, mask), TLanes.Broadcast(TModulus.NegativeInverse)), mask);
}
