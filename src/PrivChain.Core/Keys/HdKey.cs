using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace PrivChain.Core.Keys;

/// <summary>
/// A BIP-32 private key with its chain code. Only private derivation: whoever holds an extended public key and one private child key under it
/// has the whole branch, so none of our protocols hands extended public keys out. Wiped on dispose.
/// </summary>
public sealed class HdKey : IDisposable
{
    /// <summary>Added to an index to make it hardened.</summary>
    public const uint Hardened = 0x80000000;

    private const uint XprvVersion = 0x0488ade4;
    private const uint XpubVersion = 0x0488b21e;
    private const int KeySize = EcdsaCurve.ScalarSize;

    private readonly byte[] _privateKey;
    private readonly byte[] _chainCode;
    private readonly byte _depth;
    private readonly uint _index;

    // The parent's private key; empty for a master key. Its public key is part of the text form alone, and costs as much as all the rest of a hardened step.
    private readonly byte[] _parentKey;
    private byte[]? _publicKey;
    private bool _disposed;

    private HdKey(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> chainCode, byte depth, ReadOnlySpan<byte> parentKey, uint index)
    {
        _privateKey = privateKey.ToArray();
        _chainCode = chainCode.ToArray();
        _depth = depth;
        _parentKey = parentKey.ToArray();
        _index = index;
    }

    /// <summary>The master key of a seed of 16 to 64 bytes.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    /// <exception cref="InvalidOperationException">The seed has no master key, which one in 2^127 has not.</exception>
    public static HdKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length is < 16 or > 64)
        {
            throw new ArgumentException($"wanted 16 to 64 bytes, given {seed.Length}", nameof(seed));
        }

        Span<byte> hash = stackalloc byte[2 * KeySize];
        try
        {
            HMACSHA512.HashData("Bitcoin seed"u8, seed, hash);
            return EcdsaCurve.Secp256k1.IsScalar(hash[..KeySize])
                ? new HdKey(hash[..KeySize], hash[KeySize..], 0, [], 0)
                : throw new InvalidOperationException("this seed has no master key");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(hash);
        }
    }

    /// <summary>A child key; at <see cref="Hardened"/> and above it depends on the private key alone.</summary>
    /// <exception cref="InvalidOperationException">This index has no key (one in 2^127: take the next), or the key is 255 levels deep.</exception>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public HdKey Derive(uint index)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_depth == byte.MaxValue)
        {
            throw new InvalidOperationException("a key has at most 255 levels above it");
        }

        // Both keys enter with all their 32 bytes: dropping leading zeros gives other wallets once in 256 keys.
        Span<byte> data = stackalloc byte[1 + KeySize + 4];
        Span<byte> hash = stackalloc byte[2 * KeySize];
        Span<byte> child = stackalloc byte[KeySize];
        try
        {
            if (index >= Hardened)
            {
                data[0] = 0;
                _privateKey.CopyTo(data[1..]);
            }
            else
            {
                (_publicKey ??= CompressedPublicKey(_privateKey)).CopyTo(data);
            }

            BinaryPrimitives.WriteUInt32BigEndian(data[(1 + KeySize)..], index);
            HMACSHA512.HashData(_chainCode, data, hash);
            var added = hash[..KeySize];
            var isKey = (EcdsaCurve.Secp256k1.IsScalar(added) || !added.ContainsAnyExcept((byte)0))
                && EcdsaCurve.Secp256k1.TryAdd(added, _privateKey, child);
            return isKey
                ? new HdKey(child, hash[KeySize..], (byte)(_depth + 1), _privateKey, index)
                : throw new InvalidOperationException("this index has no key");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
            CryptographicOperations.ZeroMemory(hash);
            CryptographicOperations.ZeroMemory(child);
        }
    }

    /// <summary>The key at a path such as <c>m/44'/60'/0'/0/7</c> below this one.</summary>
    /// <exception cref="FormatException">Not a path.</exception>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public HdKey Derive(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var steps = path.Split('/');
        if (steps[0] != "m")
        {
            throw new FormatException("a path starts with m");
        }

        var key = new HdKey(_privateKey, _chainCode, _depth, _parentKey, _index);
        foreach (var step in steps.AsSpan(1))
        {
            var hardened = step.EndsWith('\'');
            var parent = key;
            using (parent)
            {
                if (!uint.TryParse(hardened ? step[..^1] : step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= Hardened)
                {
                    throw new FormatException("a path has indices below 2^31, with ' where hardened");
                }

                key = parent.Derive(hardened ? index | Hardened : index);
            }
        }

        return key;
    }

    /// <summary>The account of this key.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public Account ToAccount()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Account.FromPrivateKey(_privateKey);
    }

    /// <summary>The <c>xprv</c> text, for other wallets. Whoever has it owns every account below; a string cannot be wiped.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public string ExportExtendedPrivateKey()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Serialize(XprvVersion, [0, .. _privateKey]);
    }

    /// <summary>The <c>xpub</c> text. It links every account below that is not hardened.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public string ExportExtendedPublicKey()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Serialize(XpubVersion, CompressedPublicKey(_privateKey));
    }

    /// <summary>Wipes the private key, its parent's and the chain code.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_privateKey);
        CryptographicOperations.ZeroMemory(_chainCode);
        CryptographicOperations.ZeroMemory(_parentKey);
    }

    // The first four bytes of RIPEMD-160(SHA-256(public key)).
    private static uint Fingerprint(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(publicKey, hash);
        var ripemd = new RipeMD160Digest();
        ripemd.BlockUpdate(hash);
        Span<byte> identifier = stackalloc byte[20];
        ripemd.DoFinal(identifier);
        return BinaryPrimitives.ReadUInt32BigEndian(identifier);
    }

    private static byte[] CompressedPublicKey(ReadOnlySpan<byte> privateKey)
    {
        var point = EcdsaCurve.Secp256k1.PublicKey(privateKey);
        return [(byte)(2 + (point[^1] & 1)), .. point.AsSpan(1, KeySize)];
    }

    // version, depth, parent fingerprint, index, chain code, key; then four bytes of double SHA-256.
    private string Serialize(uint version, ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[82];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, version);
        bytes[4] = _depth;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[5..], _parentKey.Length == 0 ? 0 : Fingerprint(CompressedPublicKey(_parentKey)));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[9..], _index);
        _chainCode.CopyTo(bytes[13..]);
        key.CopyTo(bytes[45..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes[..78], hash);
        SHA256.HashData(hash, hash);
        hash[..4].CopyTo(bytes[78..]);
        try
        {
            return Base58.Encode(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
