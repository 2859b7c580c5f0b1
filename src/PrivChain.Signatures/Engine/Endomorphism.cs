using System.Runtime.CompilerServices;

namespace PrivChain.Signatures.Engine;

/// <summary>
/// secp256k1 has a map that costs one multiplication: λ·(x, y) = (βx, y). So k·Q becomes k1·Q + k2·(λQ) with k1 and k2 of half the length, and half of the doublings go (Gallant, Lambert and
/// Vanstone). For public scalars.
/// </summary>
internal static class Endomorphism
{
    /// <summary>Bits that no half exceeds. EndomorphismTests proves it from the constants here.</summary>
    public const int Bits = 128;

    // (A1, -B1) and (A2, A1) are short vectors (a, b) with a + bλ = 0 modulo n.
    private static readonly U256 _a1 = new(0xe86c90e49284eb15, 0x3086d221a7d46bcd, 0, 0);
    private static readonly U256 _b1 = new(0x6f547fa90abfe4c3, 0xe4437ed6010e8828, 0, 0);
    private static readonly U256 _a2 = new(0x57c1108d9d44cfd8, 0x14ca50f7a8e2f3f6, 1, 0);

    // A1 · 2^384 / n and B1 · 2^384 / n, rounded: a multiplication instead of a division by n.
    private static readonly U256 _g1 = new(0xe893209a45dbb031, 0x3daa8a1471e8ca7f, 0xe86c90e49284eb15, 0x3086d221a7d46bcd);
    private static readonly U256 _g2 = new(0x1571b4ae8ac47f71, 0x221208ac9df506c6, 0x6f547fa90abfe4c4, 0xe4437ed6010e8828);

    /// <summary>A cube root of one modulo n.</summary>
    public static U256 Lambda { get; } = new(0xdf02967c1b23bd72, 0x122e22ea20816678, 0xa5261c028812645a, 0x5363ad4cc05c30e0);

    /// <summary>The cube root of one modulo p that belongs to it.</summary>
    public static U256 Beta { get; } = new(0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710);

    /// <summary>k = k1 + k2·λ modulo n, for k below n. What is returned are the absolute values, and all ones for each of the two that stands for its negative.</summary>
    public static (ulong Negative1, ulong Negative2) Split(in U256 k, out U256 k1, out U256 k2)
    {
        // The lattice point nearest to (k, 0): c1 and c2 are k·A1/n and k·B1/n, rounded. Differences wrap, and are small again at the end.
        var c1 = Rounded(k, _g1);
        var c2 = Rounded(k, _g2);
        k1 = U256.Subtract(U256.Subtract(k, Low(c1, _a1), out _), Low(c2, _a2), out _);
        k2 = U256.Subtract(Low(c1, _b1), Low(c2, _a1), out _);
        return (Absolute(ref k1), Absolute(ref k2));
    }

    private static ulong Absolute(ref U256 value)
    {
        var negative = 0 - (value.W3 >> 63);
        value = U256.Select(negative, U256.Subtract(default, value, out _), value);
        return negative;
    }

    // k · g / 2^384.
    private static U256 Rounded(in U256 k, in U256 g)
    {
        var product = Product(k, g);
        var half = (UInt128)(product[5] >> 63);
        var rounded = new UInt128(product[7], product[6]) + half;
        return new U256((ulong)rounded, (ulong)(rounded >> 64), 0, 0);
    }

    private static U256 Low(in U256 left, in U256 right)
    {
        var product = Product(left, right);
        return new U256(product[0], product[1], product[2], product[3]);
    }

    private static Words8 Product(in U256 left, in U256 right)
    {
        ReadOnlySpan<ulong> a = [left.W0, left.W1, left.W2, left.W3];
        ReadOnlySpan<ulong> b = [right.W0, right.W1, right.W2, right.W3];
        var product = default(Words8);
        for (var i = 0; i < a.Length; i++)
        {
            var carry = UInt128.Zero;
            for (var j = 0; j < b.Length; j++)
            {
                // At most (2^64 - 1)² + 2 (2^64 - 1): just below 2^128.
                carry = ((UInt128)a[i] * b[j]) + product[i + j] + (ulong)(carry >> 64);
                product[i + j] = (ulong)carry;
            }

            product[i + b.Length] = (ulong)(carry >> 64);
        }

        return product;
    }

    [InlineArray(8)]
    private struct Words8
    {
        private ulong _first;
    }
}
