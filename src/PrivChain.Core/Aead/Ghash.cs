using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PrivChain.Core.Aead;

/// <summary>
/// GHASH (SP 800-38D section 6.4) by carry-less multiplication. Blocks are read with their bytes reversed, which makes GHASH with H the POLYVAL of RFC 8452 with x·H (its appendix A): products need
/// no bit reflection, and eight or nine are added up before one reduction.
/// </summary>
internal static class Ghash
{
    private const int BlockSize = 16;
    private const int Powers = 8;

    public static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    private static Vector128<byte> Reversed => Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

    // x^127 + x^126 + x^121 in the upper word: what x^128 is, less one.
    private static Vector128<ulong> Polynomial => Vector128.Create(1UL, 0xc200000000000000);

    /// <summary>GHASH over the associated data and the ciphertext, each padded with zeros to blocks, and their lengths.</summary>
    public static void Compute(ReadOnlySpan<byte> hashKey, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> hash)
    {
        // As many powers as there are blocks, each from two of half its size, so that few wait for others.
        Span<Vector128<ulong>> powers = stackalloc Vector128<ulong>[Powers + 1];
        powers = powers[..Math.Min(powers.Length, Math.Max(Blocks(associatedData), Blocks(ciphertext) + 1))];
        powers[0] = TimesX(Read(hashKey));
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = Multiply(powers[(i - 1) / 2], powers[i / 2]);
        }

        Span<byte> lengths = stackalloc byte[BlockSize];
        BinaryPrimitives.WriteUInt64BigEndian(lengths, 8 * (ulong)associatedData.Length);
        BinaryPrimitives.WriteUInt64BigEndian(lengths[8..], 8 * (ulong)ciphertext.Length);
        var sum = Update(powers, default, associatedData, []);
        sum = Update(powers, sum, ciphertext, lengths);
        Ssse3.Shuffle(sum.AsByte(), Reversed).CopyTo(hash);
        powers.Clear();
    }

    private static int Blocks(ReadOnlySpan<byte> content) => (content.Length + BlockSize - 1) / BlockSize;

    // Whole batches of blocks, then what is left of the content and a block behind it together. The first block of a batch goes with the highest power, the last with the first.
    private static Vector128<ulong> Update(ReadOnlySpan<Vector128<ulong>> powers, Vector128<ulong> sum, ReadOnlySpan<byte> content, ReadOnlySpan<byte> behind)
    {
        while (content.Length >= Powers * BlockSize)
        {
            var product = default(Product);
            product.Add(sum ^ Read(content), powers[Powers - 1]);
            for (var i = 1; i < Powers; i++)
            {
                product.Add(Read(content[(i * BlockSize)..]), powers[Powers - 1 - i]);
            }

            sum = product.Reduce();
            content = content[(Powers * BlockSize)..];
        }

        var power = Blocks(content) + Blocks(behind);
        if (power == 0)
        {
            return sum;
        }

        var rest = default(Product);
        for (; content.Length >= BlockSize; content = content[BlockSize..])
        {
            rest.Add(sum ^ Read(content), powers[--power]);
            sum = default;
        }

        if (!content.IsEmpty)
        {
            Span<byte> padded = stackalloc byte[BlockSize];
            padded.Clear();
            content.CopyTo(padded);
            rest.Add(sum ^ Read(padded), powers[--power]);
            sum = default;
        }

        if (!behind.IsEmpty)
        {
            rest.Add(sum ^ Read(behind), powers[0]);
        }

        return rest.Reduce();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Read(ReadOnlySpan<byte> block) => Ssse3.Shuffle(Vector128.Create(block[..BlockSize]), Reversed).AsUInt64();

    private static Vector128<ulong> Multiply(Vector128<ulong> left, Vector128<ulong> right)
    {
        var product = default(Product);
        product.Add(left, right);
        return product.Reduce();
    }

    // One shift, and the polynomial where a bit goes over; by mask, since the hash key is secret.
    private static Vector128<ulong> TimesX(Vector128<ulong> value)
    {
        var (low, high) = (value.GetElement(0), value.GetElement(1));
        var mask = unchecked((ulong)((long)high >> 63));
        return Vector128.Create(low << 1, (high << 1) | (low >> 63)) ^ (Polynomial & Vector128.Create(mask));
    }

    /// <summary>A sum of products of 256 bits, not reduced.</summary>
    private struct Product
    {
        private Vector128<ulong> _low;
        private Vector128<ulong> _middle;
        private Vector128<ulong> _high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector128<ulong> left, Vector128<ulong> right)
        {
            _low ^= Pclmulqdq.CarrylessMultiply(left, right, 0x00);
            _high ^= Pclmulqdq.CarrylessMultiply(left, right, 0x11);
            _middle ^= Pclmulqdq.CarrylessMultiply(left, right, 0x01) ^ Pclmulqdq.CarrylessMultiply(left, right, 0x10);
        }

        /// <summary>Times x^-128, as POLYVAL multiplies: two folds of the lower word.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector128<ulong> Reduce()
        {
            var low = _low ^ Sse2.ShiftLeftLogical128BitLane(_middle, 8);
            var high = _high ^ Sse2.ShiftRightLogical128BitLane(_middle, 8);
            for (var i = 0; i < 2; i++)
            {
                low = Pclmulqdq.CarrylessMultiply(low, Polynomial, 0x10) ^ Sse2.Shuffle(low.AsUInt32(), 0x4e).AsUInt64();
            }

            return low ^ high;
        }
    }
}
