using System.Runtime.InteropServices;
using PrivChain.Signatures.Engine;
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

    private static readonly ulong[] _product = [.. Enumerable.Repeat(Limb, 8), (1UL << 25) - 5];

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

    [TestMethod]
    public void P256_EverySumOfChecksAndRoots_FitsItsWord() => ChecksHoldFor<P256Prime>();

    [TestMethod]
    public void Secp256k1_EverySumOfChecksAndRoots_FitsItsWord() => ChecksHoldFor<Secp256k1Prime>();

    [TestMethod]
    public void Sm2_EverySumOfChecksAndRoots_FitsItsWord() => ChecksHoldFor<Sm2Prime>();

    // The sum e + r d is multiplied as it is, without a carry.
    [TestMethod]
    public void Finish_OfAnySignature_FitsItsWords()
    {
        FinishHoldsFor<P256Prime, P256Order>();
        FinishHoldsFor<Secp256k1Prime, Secp256k1Order>();
        FinishHoldsFor<Sm2Prime, Sm2Order>();
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

    // What verifications and recoveries do beside additions: a key is entered, a root lifted, an x compared.
    private static void ChecksHoldFor<TPrime>()
        where TPrime : struct, IPrime
    {
        // Any number of 256 bits, put into Montgomery's form.
        Element<Interval> any = Upto(_affine), constant = Upto(_affine), x = default, right = default, left = default;
        Modular<Interval, IntervalLanes, TPrime>.Multiply(ref x, in any, in constant);
        Group<Interval, IntervalLanes, TPrime>.CurveRight(in x, in constant, ref right);
        Within(in right, Upto(_coordinate), "right side");

        // Enter: y² against it.
        Modular<Interval, IntervalLanes, TPrime>.Square(ref left, in x);
        Group<Interval, IntervalLanes, TPrime>.Same(ref left, in right);

        // Lift: powers of the right side, whose factors are it and products, which stay products; then the check, the parity and the opposite.
        var power = Upto(_coordinate);
        var root = power;
        Modular<Interval, IntervalLanes, TPrime>.Square(ref root, in power);
        Within(in root, in power, "a square");
        Modular<Interval, IntervalLanes, TPrime>.Multiply(ref root, in power, in right);
        Within(in root, in power, "a product with the base");
        Modular<Interval, IntervalLanes, TPrime>.Multiply(ref root, in power, in power);
        Within(in root, in power, "a product of products");
        Modular<Interval, IntervalLanes, TPrime>.Square(ref left, in root);
        Group<Interval, IntervalLanes, TPrime>.Same(ref left, in right);
        var plain = root;
        Group<Interval, IntervalLanes, TPrime>.Reduced(ref plain);
        Element<Interval> canonical = Upto(_affine), opposite = default;
        Modular<Interval, IntervalLanes, TPrime>.Canonicalize(ref root);
        PrimeField<Interval, IntervalLanes, TPrime>.NegateCanonical(ref opposite, in canonical);
        Modular<Interval, IntervalLanes, TPrime>.Canonicalize(ref opposite);

        // Compare: the wanted x times Z² in Montgomery's form, against any X of a sum.
        Element<Interval> z = Upto(_z), zz = default, wanted = default;
        Modular<Interval, IntervalLanes, TPrime>.Square(ref zz, in z);
        Modular<Interval, IntervalLanes, TPrime>.Multiply(ref zz, in zz, in constant);
        Modular<Interval, IntervalLanes, TPrime>.Multiply(ref wanted, in any, in zz);
        Group<Interval, IntervalLanes, TPrime>.Same(ref wanted, Upto(_coordinate));
    }

    private static void FinishHoldsFor<TPrime, TOrder>()
        where TPrime : struct, IPrime
        where TOrder : struct, IModulus
    {
        Element<Interval> any = Upto(_affine), constant = Upto(_affine), d = default, inverse = default, s = default;
        Modular<Interval, IntervalLanes, TOrder>.Multiply(ref d, in any, in constant);
        Modular<Interval, IntervalLanes, TOrder>.Multiply(ref inverse, in any, in constant);
        VectorEngine<Interval, IntervalLanes, TPrime, TOrder>.Finish(ref s, in any, in d, in any, in inverse);
    }

    private static void ScalarsHoldFor<TOrder>()
        where TOrder : struct, IModulus
    {
        // Any number of 256 bits, and any product.
        var value = Upto(_product);
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
