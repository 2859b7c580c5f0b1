using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Lanes;

namespace PrivChain.Signatures.Engine;

/// <summary>Inverses of many elements by one exponentiation and three multiplications each (Montgomery's trick). The exponent is public; nothing branches on a value.</summary>
internal sealed class Inversion<TVector, TLanes, TModulus>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
    where TModulus : struct, IModulus
{
    /// <summary>Elements that an exponentiation keeps.</summary>
    public const int PowerCount = 1 << Width;

    private const int Width = 5;

    private readonly U256 _exponent;
    private readonly Element<TVector> _one;

    public Inversion(in U256 modulus, in Element<TVector> one)
    {
        _exponent = U256.Subtract(modulus, new U256(2, 0, 0, 0), out _);
        _one = one;
    }

    /// <summary>Replaces each element by its inverse. None may be zero in any lane: a zero would spoil that lane of all.</summary>
    /// <param name="values">In the form that multiplication keeps.</param>
    /// <param name="products">Space for as many elements.</param>
    /// <param name="powers">Space for <see cref="PowerCount"/> elements. Whoever inverts secrets wipes all three.</param>
    public void Invert(Span<Element<TVector>> values, Span<Element<TVector>> products, Span<Element<TVector>> powers)
    {
        products[0] = values[0];
        for (var i = 1; i < values.Length; i++)
        {
            Modular<TVector, TLanes, TModulus>.Multiply(ref products[i], in products[i - 1], in values[i]);
        }

        var inverse = products[values.Length - 1];
        Power(ref inverse, _exponent, powers);
        for (var i = values.Length - 1; i > 0; i--)
        {
            var value = values[i];
            Modular<TVector, TLanes, TModulus>.Multiply(ref values[i], in inverse, in products[i - 1]);
            Modular<TVector, TLanes, TModulus>.Multiply(ref inverse, in inverse, in value);
        }

        values[0] = inverse;
    }

    /// <summary>Raises to a public exponent, five bits at a time. The base may be a nonce; what branches and is looked up is the exponent's.</summary>
    public void Power(ref Element<TVector> value, in U256 exponent, Span<Element<TVector>> powers)
    {
        powers[0] = _one;
        for (var i = 1; i < PowerCount; i++)
        {
            Modular<TVector, TLanes, TModulus>.Multiply(ref powers[i], in powers[i - 1], in value);
        }

        Span<ulong> words = [exponent.W0, exponent.W1, exponent.W2, exponent.W3, 0];
        value = powers[0];
        for (var bit = 255; bit >= 0; bit -= Width)
        {
            for (var i = 0; i < Width; i++)
            {
                Modular<TVector, TLanes, TModulus>.Square(ref value, in value);
            }

            var digit = (int)((words[bit >> 6] >> (bit & 63)) | (words[(bit >> 6) + 1] << 1 << (63 - (bit & 63)))) & ((1 << Width) - 1);
            if (digit != 0)
            {
                Modular<TVector, TLanes, TModulus>.Multiply(ref value, in value, in powers[digit]);
            }
        }
    }
}
