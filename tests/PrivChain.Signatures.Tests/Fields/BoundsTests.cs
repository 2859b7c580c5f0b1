using System.Runtime.InteropServices;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Points;

namespace PrivChain.Signatures.Tests.Fields;

/// <summary>
/// No lazy sum overflows, for any input: the library's formulas run on intervals of limbs. An invariant of points is assumed, one doubling or addition is run on it, and the result has to lie
/// inside the invariant again; so it holds after any number of them.
/// </summary>
[TestClass]
public sealed class BoundsTests
{
    private const ulong Limb = (1UL << 29) - 1;

    // What doublings and additions keep: coordinates a few units above 29 bits (settled) or below (reduced), with room at the top for twice the prime and a little.
    private static readonly ulong[] _coordinate = [.. Enumerable.Repeat(Limb + (1 << 25), 8), (1UL << 25) + (1UL << 22)];
    private static readonly ulong[] _z = [.. Enumerable.Repeat(2 * (Limb + (1 << 25)), 8), 1UL << 26];
    private static readonly ulong[] _affine = [.. Enumerable.Repeat(Limb, 8), (1UL << 24) - 1];

    [TestMethod]
    public void P256_EverySumOfDoublingAndAddition_FitsItsWord() => HoldsFor<P256Prime>();

    [TestMethod]
    public void Secp256k1_EverySumOfDoublingAndAddition_FitsItsWord() => HoldsFor<Secp256k1Prime>();

    [TestMethod]
    public void Sm2_EverySumOfDoublingAndAddition_FitsItsWord() => HoldsFor<Sm2Prime>();

    [TestMethod]
    public void Orders_ProductsOfScalars_FitTheirWords()
    {
        ScalarsHoldFor<P256Order>();
        ScalarsHoldFor<Secp256k1Order>();
        ScalarsHoldFor<Sm2Order>();
    }

    // Seen from the other side: limbs of 31 bits on both sides are too much, and the intervals say so.
    [TestMethod]
    public void Multiply_LimbsThatAreTooLarge_IsNoticed()
    {
        var large = Upto([.. Enumerable.Repeat(1UL << 31, 9)]);
        var result = default(Element<Interval>);
        Assert.ThrowsExactly<AssertFailedException>(() => Modular<Interval, IntervalLanes, P256Prime>.Multiply(ref result, in large, in large));
    }

    private static void HoldsFor<TPrime>()
        where TPrime : struct, IPrime
    {
        var start = new JacobianPoint<Interval> { X = Upto(_coordinate), Y = Upto(_coordinate), Z = Upto(_z) };
        var doubled = start;
        Group<Interval, IntervalLanes, TPrime>.Double(ref doubled);
        Inside(in doubled, "doubled");

        // A table's point may be negated: 2p - y, uncarried.
        var addend = new AffinePoint<Interval> { X = Upto(_affine), Y = Upto(_affine) };
        var opposite = default(Element<Interval>);
        PrimeField<Interval, IntervalLanes, TPrime>.NegateCanonical(ref opposite, in addend.Y);
        Modular<Interval, IntervalLanes, TPrime>.Select(ref addend.Y, default, in opposite, in addend.Y);
        var sum = start;
        Group<Interval, IntervalLanes, TPrime>.Add(ref sum, in addend);
        Inside(in sum, "added");

        // On secp256k1 its x may have been multiplied, for the endomorphism.
        if (!TPrime.AIsMinusThree)
        {
            Modular<Interval, IntervalLanes, TPrime>.Multiply(ref addend.X, in addend.X, Upto(_affine));
            sum = start;
            Group<Interval, IntervalLanes, TPrime>.Add(ref sum, in addend);
            Inside(in sum, "added by the endomorphism");
        }

        // A lane that begins takes the addend itself, with y carried.
        var begun = new JacobianPoint<Interval> { X = addend.X, Y = addend.Y, Z = Upto(_affine) };
        PrimeField<Interval, IntervalLanes, TPrime>.Carry(ref begun.Y);
        var twice = begun;
        Group<Interval, IntervalLanes, TPrime>.Add(ref begun, in addend);
        Inside(in begun, "begun");
        Group<Interval, IntervalLanes, TPrime>.Double(ref twice);
        Inside(in twice, "begun and doubled");

        // Canonical form: a reduced value is below 2^257 - 2^234, hence below twice any of these primes.
        var reduced = start.Z;
        var one = default(Element<Interval>);
        one.L0 = IntervalLanes.Broadcast(1);
        Modular<Interval, IntervalLanes, TPrime>.Multiply(ref reduced, in reduced, in one);
        Assert.IsTrue(reduced.L8.Highest < (1 << 25) - 4, $"top limb {reduced.L8.Highest:x}");
        Modular<Interval, IntervalLanes, TPrime>.Canonicalize(ref reduced);
    }

    private static void ScalarsHoldFor<TOrder>()
        where TOrder : struct, IModulus
    {
        // Any number of 256 bits, and any product.
        var value = Upto([.. Enumerable.Repeat(Limb, 8), (1UL << 25) - 5]);
        var product = value;
        Modular<Interval, IntervalLanes, TOrder>.Multiply(ref product, in value, in value);
        Within(in product, in value, typeof(TOrder).Name);
        Modular<Interval, IntervalLanes, TOrder>.Square(ref product, in value);
        Within(in product, in value, typeof(TOrder).Name);
        Modular<Interval, IntervalLanes, TOrder>.Canonicalize(ref product);
    }

    private static void Inside(in JacobianPoint<Interval> point, string what)
    {
        Within(in point.X, Upto(_coordinate), $"{what} X");
        Within(in point.Y, Upto(_coordinate), $"{what} Y");
        Within(in point.Z, Upto(_z), $"{what} Z");
    }

    private static void Within(in Element<Interval> value, in Element<Interval> bound, string what)
    {
        var limbs = Limbs(in value);
        var bounds = Limbs(in bound);
        for (var i = 0; i < 9; i++)
        {
            Assert.IsTrue(limbs[i].Highest <= bounds[i].Highest, $"{what}: limb {i} up to {limbs[i].Highest:x}, wanted {bounds[i].Highest:x}");
        }
    }

    private static Interval[] Limbs(in Element<Interval> value) =>
        MemoryMarshal.Cast<Element<Interval>, Interval>(MemoryMarshal.CreateReadOnlySpan(in value, 1)).ToArray();

    private static Element<Interval> Upto(ulong[] highest)
    {
        var value = default(Element<Interval>);
        var limbs = MemoryMarshal.Cast<Element<Interval>, Interval>(MemoryMarshal.CreateSpan(ref value, 1));
        for (var i = 0; i < 9; i++)
        {
            limbs[i] = new Interval(0, highest[i]);
        }

        return value;
    }
}
