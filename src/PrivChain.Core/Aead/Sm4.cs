using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PrivChain.Core.Aead;

/// <summary>The block cipher SM4 (GB/T 32907-2016): its substitution written for AES hardware, and its key schedule.</summary>
/// <remarks>
/// The substitution is S(x) = A·inv(A·x + d3) + d3 with the inverse in GF(2)[x]/(x^8+x^7+x^6+x^5+x^4+x^2+1). Its field is that of AES (x^8+x^4+x^3+x+1) under another
/// name: with an isomorphism φ it is S(x) = <see cref="After"/>(inv_AES(<see cref="Before"/>(x))), where Before = φ∘(A·x + d3) and After = (A·x + d3)∘φ⁻¹. So hardware that inverts
/// for AES substitutes for SM4, without a table. A test compares all 256 values with the standard's table.
/// </remarks>
internal static class Sm4
{
    public const int Rounds = 32;

    /// <summary>φ(A·x) as an 8 by 8 matrix in the form of GF2P8AFFINEQB: row i in byte 7 - i.</summary>
    public const ulong Before = 0x4c287db91a22505d;

    /// <summary>φ(d3).</summary>
    public const byte BeforeConstant = 0x3e;

    /// <summary>A·φ⁻¹(x).</summary>
    public const ulong After = 0xf3ab34a974a6b589;

    /// <summary>d3.</summary>
    public const byte AfterConstant = 0xd3;

    /// <summary>As <see cref="After"/> behind AES's own affine step, which AESENCLAST does not leave out: A·φ⁻¹(affine_AES⁻¹(x)).</summary>
    public const ulong AfterAes = 0x480e4c47651dbad3;

    /// <summary>The constant of <see cref="AfterAes"/>.</summary>
    public const byte AfterAesConstant = 0x6c;

    private static ReadOnlySpan<uint> FamilyKey => [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc];

    /// <summary>Section 7.3: the round keys. The words go through a vector so that no table is indexed by them.</summary>
    public static void ExpandKey(ReadOnlySpan<byte> key, Span<uint> roundKeys)
    {
        Span<uint> k = stackalloc uint[4];
        for (var i = 0; i < 4; i++)
        {
            k[i] = BinaryPrimitives.ReadUInt32BigEndian(key[(4 * i)..]) ^ FamilyKey[i];
        }

        for (var i = 0; i < Rounds; i++)
        {
            // CK: its bytes are (4i + j)·7 modulo 256.
            uint constant = 0;
            for (var j = 0; j < 4; j++)
            {
                constant = (constant << 8) | (uint)((((4 * i) + j) * 7) & 0xff);
            }

            var b = Sm4Lanes128.Substitute(Vector128.Create(k[(i + 1) % 4] ^ k[(i + 2) % 4] ^ k[(i + 3) % 4] ^ constant)).ToScalar();
            roundKeys[i] = k[i % 4] ^= b ^ uint.RotateLeft(b, 13) ^ uint.RotateLeft(b, 23);
        }

        k.Clear();
    }

    /// <summary>A matrix times a byte, plus a constant: what the instructions compute, for the tables of those without.</summary>
    public static byte Affine(ulong matrix, byte constant, byte value)
    {
        var result = constant;
        for (var i = 0; i < 8; i++)
        {
            var row = matrix >> (8 * (7 - i));
            result ^= (byte)((System.Numerics.BitOperations.PopCount(row & value) & 1) << i);
        }

        return result;
    }

    /// <summary>One round's T on every lane: S on each byte, then L (section 6.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Mix<TVector, TLanes>(TVector value)
        where TVector : struct
        where TLanes : struct, ISm4Lanes<TVector>
    {
        var b = TLanes.Substitute(value);
        return TLanes.Xor(
            TLanes.Xor(TLanes.Xor(b, TLanes.RotateLeft(b, 2)), TLanes.Xor(TLanes.RotateLeft(b, 10), TLanes.RotateLeft(b, 18))),
            TLanes.RotateLeft(b, 24));
    }
}
