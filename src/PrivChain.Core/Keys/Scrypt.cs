using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace PrivChain.Core.Keys;

/// <summary>
/// scrypt (RFC 7914), for keystore V3 only. Our own because BouncyCastle holds to "N below 2^(128r/8)" of section 2, and existing keystore files,
/// the published test vector among them, have r = 1 with N = 2^18. The caller bounds n * r * p.
/// </summary>
internal static class Scrypt
{
    private const int SalsaWords = 16;

    public static byte[] Derive(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int n, int r, int p, int size)
    {
        // Step 1: p blocks of 128 * r bytes.
        var bytes = Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, 1, HashAlgorithmName.SHA256, p * 128 * r);
        var block = new uint[32 * r];
        var scratch = new uint[32 * r];
        var table = new uint[(long)n * 32 * r];
        try
        {
            // Step 2: each block through scryptROMix.
            for (var i = 0; i < p; i++)
            {
                var part = bytes.AsSpan(i * 128 * r, 128 * r);
                for (var word = 0; word < block.Length; word++)
                {
                    block[word] = BinaryPrimitives.ReadUInt32LittleEndian(part[(4 * word)..]);
                }

                Mix(block, scratch, table, n, r);
                for (var word = 0; word < block.Length; word++)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(part[(4 * word)..], block[word]);
                }
            }

            // Step 3.
            return Rfc2898DeriveBytes.Pbkdf2(passphrase, bytes, 1, HashAlgorithmName.SHA256, size);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(block);
            Array.Clear(scratch);
            Array.Clear(table);
        }
    }

    // scryptROMix, section 5.
    private static void Mix(uint[] block, uint[] scratch, uint[] table, int n, int r)
    {
        var length = block.Length;
        for (var i = 0; i < n; i++)
        {
            block.CopyTo(table.AsSpan(i * length));
            BlockMix(block, scratch, r);
        }

        for (var i = 0; i < n; i++)
        {
            // Integerify: the last 64 bytes as a little-endian number, modulo n, a power of two below 2^31.
            var index = (int)(block[length - SalsaWords] & (uint)(n - 1));
            Xor(block, table.AsSpan(index * length, length));
            BlockMix(block, scratch, r);
        }
    }

    // scryptBlockMix, section 4: even outputs first, then odd ones.
    private static void BlockMix(uint[] block, uint[] scratch, int r)
    {
        Span<uint> x = stackalloc uint[SalsaWords];
        block.AsSpan(block.Length - SalsaWords).CopyTo(x);
        for (var i = 0; i < 2 * r; i++)
        {
            Xor(x, block.AsSpan(i * SalsaWords, SalsaWords));
            Salsa(x);
            x.CopyTo(scratch.AsSpan(((i / 2) + (i % 2 * r)) * SalsaWords));
        }

        scratch.CopyTo(block, 0);
    }

    private static void Xor(Span<uint> target, ReadOnlySpan<uint> other)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] ^= other[i];
        }
    }

    // Salsa20/8, section 3.
    private static void Salsa(Span<uint> b)
    {
        unchecked
        {
            uint x0 = b[0], x1 = b[1], x2 = b[2], x3 = b[3], x4 = b[4], x5 = b[5], x6 = b[6], x7 = b[7];
            uint x8 = b[8], x9 = b[9], x10 = b[10], x11 = b[11], x12 = b[12], x13 = b[13], x14 = b[14], x15 = b[15];
            for (var round = 0; round < 4; round++)
            {
                QuarterRound(ref x0, ref x4, ref x8, ref x12);
                QuarterRound(ref x5, ref x9, ref x13, ref x1);
                QuarterRound(ref x10, ref x14, ref x2, ref x6);
                QuarterRound(ref x15, ref x3, ref x7, ref x11);
                QuarterRound(ref x0, ref x1, ref x2, ref x3);
                QuarterRound(ref x5, ref x6, ref x7, ref x4);
                QuarterRound(ref x10, ref x11, ref x8, ref x9);
                QuarterRound(ref x15, ref x12, ref x13, ref x14);
            }

            b[0] += x0;
            b[1] += x1;
            b[2] += x2;
            b[3] += x3;
            b[4] += x4;
            b[5] += x5;
            b[6] += x6;
            b[7] += x7;
            b[8] += x8;
            b[9] += x9;
            b[10] += x10;
            b[11] += x11;
            b[12] += x12;
            b[13] += x13;
            b[14] += x14;
            b[15] += x15;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        unchecked
        {
            b ^= BitOperations.RotateLeft(a + d, 7);
            c ^= BitOperations.RotateLeft(b + a, 9);
            d ^= BitOperations.RotateLeft(c + b, 13);
            a ^= BitOperations.RotateLeft(d + c, 18);
        }
    }
}
