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

    // CK: the bytes of word i are (4i + j)·7 modulo 256.
    private const uint FirstConstant = 0x00070e15;

    private static ReadOnlySpan<uint> FamilyKey => [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc];

    /// <summary>Section 7.3: the round keys. The words stay in vectors, so that no table is indexed by them and none waits for a way there and back.</summary>
    public static void ExpandKey<TVector, TLanes>(ReadOnlySpan<byte> key, Span<uint> roundKeys)
        where TVector : struct
        where TLanes : struct, ISm4Lanes<TVector>
    {
        var k0 = Word(key, 0);
        var k1 = Word(key, 1);
        var k2 = Word(key, 2);
        var k3 = Word(key, 3);
        var constant = FirstConstant;
        for (var i = 0; i < Rounds; i += 4)
        {
            roundKeys[i] = Round(ref k0, k1, k2, k3, ref constant);
            roundKeys[i + 1] = Round(ref k1, k2, k3, k0, ref constant);
            roundKeys[i + 2] = Round(ref k2, k3, k0, k1, ref constant);
            roundKeys[i + 3] = Round(ref k3, k0, k1, k2, ref constant);
        }

        static TVector Word(ReadOnlySpan<byte> key, int i) => TLanes.Broadcast(BinaryPrimitives.ReadUInt32BigEndian(key[(4 * i)..]) ^ FamilyKey[i]);

        // The word that came last is added last, since all else is there before it.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static uint Round(ref TVector a, TVector b, TVector c, TVector d, ref uint constant)
        {
            var s = TLanes.Substitute(TLanes.Xor(TLanes.Xor(TLanes.Xor(b, c), TLanes.Broadcast(constant)), d));
            a = TLanes.Xor(TLanes.Xor(a, s), TLanes.Xor(TLanes.RotateLeft(s, 13), TLanes.RotateLeft(s, 23)));

            // Each byte 28 further, modulo 256.
            constant = ((constant & 0x7f7f7f7f) + 0x1c1c1c1c) ^ (constant & 0x80808080);
            return TLanes.First(a);
        }
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
