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

    // The counter block of a 12-byte nonce starts at 1, which the tag takes; content starts at 2 (SP 800-38D section 7.1).
    private const uint TagCounter = 1;

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

        var sealedBytes = new byte[plaintext.Length + TagSize];
        using var state = new State(instructions, key, nonce);
        var ciphertext = sealedBytes.AsSpan(0, plaintext.Length);
        state.Encrypt(plaintext, ciphertext);
        state.WriteTag(associatedData, ciphertext, sealedBytes.AsSpan(plaintext.Length));
        return sealedBytes;
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

        // The tag first: nothing is decrypted that was not sealed.
        using var state = new State(instructions, key, nonce);
        Span<byte> tag = stackalloc byte[TagSize];
        state.WriteTag(associatedData, sealedBytes[..^TagSize], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, sealedBytes[^TagSize..]))
        {
            return false;
        }

        var opened = new byte[sealedBytes.Length - TagSize];
        state.Encrypt(sealedBytes[..^TagSize], opened);
        plaintext = opened;
        return true;
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

    /// <summary>Round keys, nonce words and hash key of one message; wiped on disposal.</summary>
    private readonly ref struct State : IDisposable
    {
        private readonly uint[] _roundKeys = new uint[Sm4.Rounds];
        private readonly Sm4Instructions _instructions;
        private readonly uint _n0;
        private readonly uint _n1;
        private readonly uint _n2;

        public State(Sm4Instructions instructions, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
        {
            _instructions = instructions;
            Sm4.ExpandKey(key, _roundKeys);
            _n0 = BinaryPrimitives.ReadUInt32BigEndian(nonce);
            _n1 = BinaryPrimitives.ReadUInt32BigEndian(nonce[4..]);
            _n2 = BinaryPrimitives.ReadUInt32BigEndian(nonce[8..]);
        }

        public void Encrypt(ReadOnlySpan<byte> input, Span<byte> output)
        {
            if (_instructions == Sm4Instructions.Lanes16)
            {
                Sm4Counter<Vector512<uint>, Sm4Lanes512>.Apply(_roundKeys, _n0, _n1, _n2, TagCounter + 1, input, output);
            }
            else
            {
                Sm4Counter<Vector128<uint>, Sm4Lanes128>.Apply(_roundKeys, _n0, _n1, _n2, TagCounter + 1, input, output);
            }
        }

        public void WriteTag(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> tag)
        {
            // H = E(0) and E(J0), each as the key stream over a block of zeros.
            Span<byte> hashKey = stackalloc byte[TagSize];
            Span<byte> mask = stackalloc byte[TagSize];
            hashKey.Clear();
            mask.Clear();
            Sm4Counter<Vector128<uint>, Sm4Lanes128>.Apply(_roundKeys, 0, 0, 0, 0, hashKey, hashKey);
            Sm4Counter<Vector128<uint>, Sm4Lanes128>.Apply(_roundKeys, _n0, _n1, _n2, TagCounter, mask, mask);
            Ghash.Compute(hashKey, associatedData, ciphertext, tag);
            for (var i = 0; i < TagSize; i++)
            {
                tag[i] ^= mask[i];
            }

            CryptographicOperations.ZeroMemory(hashKey);
            CryptographicOperations.ZeroMemory(mask);
        }

        public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_roundKeys.AsSpan()));
    }
}
