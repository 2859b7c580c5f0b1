using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace PrivChain.Core.Aead;

/// <summary>
/// SM4-GCM (GB/T 32907-2016, GB/T 36624-2018, RFC 8998) with a 12-byte nonce and a 16-byte tag after the ciphertext. Vector units encrypt 4 or 16 blocks at once, with no
/// table that a key or a plaintext indexes; where there are none (in a browser) BouncyCastle does it.
/// </summary>
public static class Sm4Gcm
{
    /// <summary>Key length in bytes.</summary>
    public const int KeySize = 16;

    /// <summary>Nonce length in bytes.</summary>
    public const int NonceSize = 12;

    /// <summary>Tag length in bytes.</summary>
    public const int TagSize = PortableAead.TagSize;

    private const int BlockSize = 16;

    // The counter block of a 12-byte nonce starts at 1, which the tag takes; content starts at 2 (SP 800-38D section 7.1).
    private const int TagCounter = 1;
    private const int ContentCounter = 2;

    /// <summary>What this process uses.</summary>
    internal static Sm4Instructions Detected { get; } = Sm4Lanes512.IsSupported && Ghash.IsSupported ? Sm4Instructions.Lanes16
        : Sm4Lanes128.IsSupported && Ghash.IsSupported ? Sm4Instructions.Lanes4
        : Sm4Instructions.Portable;

    /// <summary>Ciphertext and tag. The caller says beside the call why the nonce cannot repeat under this key.</summary>
    /// <exception cref="ArgumentException">Another length of key or nonce.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext) =>
        Seal(Detected, key, nonce, associatedData, plaintext);

    /// <summary>The plaintext, only when the tag holds.</summary>
    /// <exception cref="ArgumentException">Another length of key or nonce.</exception>
    public static bool TryOpen(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> sealedBytes,
        [NotNullWhen(true)] out byte[]? plaintext) => TryOpen(Detected, key, nonce, associatedData, sealedBytes, out plaintext);

    internal static byte[] Seal(Sm4Instructions instructions, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        RequireSizes(key, nonce);
        if (instructions == Sm4Instructions.Portable)
        {
            return PortableAead.Seal(Portable(forEncryption: true, key, nonce, associatedData), plaintext);
        }

        return instructions == Sm4Instructions.Lanes16
            ? Lanes<Vector512<uint>, Sm4Lanes512>.Seal(key, nonce, associatedData, plaintext)
            : Lanes<Vector128<uint>, Sm4Lanes128>.Seal(key, nonce, associatedData, plaintext);
    }

    internal static bool TryOpen(
        Sm4Instructions instructions,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> sealedBytes,
        [NotNullWhen(true)] out byte[]? plaintext)
    {
        RequireSizes(key, nonce);
        if (instructions == Sm4Instructions.Portable)
        {
            return PortableAead.TryOpen(Portable(forEncryption: false, key, nonce, associatedData), sealedBytes, out plaintext);
        }

        plaintext = null;
        if (sealedBytes.Length < TagSize)
        {
            return false;
        }

        return instructions == Sm4Instructions.Lanes16
            ? Lanes<Vector512<uint>, Sm4Lanes512>.TryOpen(key, nonce, associatedData, sealedBytes, out plaintext)
            : Lanes<Vector128<uint>, Sm4Lanes128>.TryOpen(key, nonce, associatedData, sealedBytes, out plaintext);
    }

    private static void RequireSizes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        if (key.Length != KeySize || nonce.Length != NonceSize)
        {
            throw new ArgumentException($"wanted a {KeySize}-byte key and a {NonceSize}-byte nonce, given {key.Length} and {nonce.Length}");
        }
    }

    private static GcmBlockCipher Portable(bool forEncryption, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        var cipher = new GcmBlockCipher(new SM4Engine());
        cipher.Init(forEncryption, new AeadParameters(new KeyParameter(key), TagSize * 8, nonce.ToArray(), associatedData.ToArray()));
        return cipher;
    }

    /// <summary>By vectors. The secrets of a message live on the stack, and are wiped there.</summary>
    private static class Lanes<TVector, TLanes>
        where TVector : struct
        where TLanes : struct, ISm4Lanes<TVector>
    {
        public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
        {
            var sealedBytes = new byte[plaintext.Length + TagSize];
            var ciphertext = sealedBytes.AsSpan(0, plaintext.Length);
            Span<uint> roundKeys = stackalloc uint[Sm4.Rounds];
            Span<byte> stream = stackalloc byte[TLanes.Count * BlockSize];
            Begin(key, nonce, roundKeys, stream);
            Encrypt(roundKeys, nonce, stream, plaintext, ciphertext);
            WriteTag(stream, associatedData, ciphertext, sealedBytes.AsSpan(plaintext.Length));
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(roundKeys));
            CryptographicOperations.ZeroMemory(stream);
            return sealedBytes;
        }

        public static bool TryOpen(
            ReadOnlySpan<byte> key,
            ReadOnlySpan<byte> nonce,
            ReadOnlySpan<byte> associatedData,
            ReadOnlySpan<byte> sealedBytes,
            [NotNullWhen(true)] out byte[]? plaintext)
        {
            plaintext = null;
            var ciphertext = sealedBytes[..^TagSize];
            Span<uint> roundKeys = stackalloc uint[Sm4.Rounds];
            Span<byte> stream = stackalloc byte[TLanes.Count * BlockSize];
            Span<byte> tag = stackalloc byte[TagSize];
            Begin(key, nonce, roundKeys, stream);

            // The tag first: nothing is decrypted that was not sealed.
            WriteTag(stream, associatedData, ciphertext, tag);
            if (CryptographicOperations.FixedTimeEquals(tag, sealedBytes[^TagSize..]))
            {
                plaintext = new byte[ciphertext.Length];
                Encrypt(roundKeys, nonce, stream, ciphertext, plaintext);
            }

            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(roundKeys));
            CryptographicOperations.ZeroMemory(stream);
            return plaintext is not null;
        }

        private static void Begin(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<uint> roundKeys, Span<byte> stream)
        {
            Sm4.ExpandKey<TVector, TLanes>(key, roundKeys);
            Sm4Counter<TVector, TLanes>.Begin(roundKeys, Word(nonce, 0), Word(nonce, 1), Word(nonce, 2), stream);
        }

        // What the first batch has left for content, then as many batches as it takes.
        private static void Encrypt(ReadOnlySpan<uint> roundKeys, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> stream, ReadOnlySpan<byte> input, Span<byte> output)
        {
            var first = stream[(ContentCounter * BlockSize)..];
            var size = Math.Min(first.Length, input.Length);
            var i = 0;
            for (; i + BlockSize <= size; i += BlockSize)
            {
                (Vector128.Create(input.Slice(i, BlockSize)) ^ Vector128.Create(first.Slice(i, BlockSize))).CopyTo(output[i..]);
            }

            for (; i < size; i++)
            {
                output[i] = (byte)(input[i] ^ first[i]);
            }

            if (input.Length > size)
            {
                Sm4Counter<TVector, TLanes>.Apply(roundKeys, Word(nonce, 0), Word(nonce, 1), Word(nonce, 2), (uint)TLanes.Count, input[size..], output[size..]);
            }
        }

        private static void WriteTag(ReadOnlySpan<byte> stream, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> tag)
        {
            Ghash.Compute(stream[..BlockSize], associatedData, ciphertext, tag);
            (Vector128.Create<byte>(tag) ^ Vector128.Create<byte>(stream.Slice(TagCounter * BlockSize, BlockSize))).CopyTo(tag);
        }

        private static uint Word(ReadOnlySpan<byte> nonce, int index) => BinaryPrimitives.ReadUInt32BigEndian(nonce[(4 * index)..]);
    }
}
