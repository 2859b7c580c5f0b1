using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Utilities;

namespace PrivChain.Core.Keys;

/// <summary>
/// RFC 6979 section 3.2 with HMAC-SHA-256 for a 256-bit order. A nonce cannot repeat under one key unless the hash does, and then
/// the signature is the same one.
/// </summary>
internal sealed class Rfc6979Nonces : IDisposable
{
    private const int Size = 32;

    private readonly BigInteger _n;
    private readonly byte[] _key = new byte[Size];
    private readonly byte[] _value = new byte[Size];
    private bool _used;

    public Rfc6979Nonces(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> hash, BigInteger n)
    {
        _n = n;

        // V || octet || int2octets(x) || bits2octets(h1)
        Span<byte> seed = stackalloc byte[Size + 1 + Size + Size];
        privateKey.CopyTo(seed[(Size + 1)..]);
        BigIntegers.AsUnsignedByteArray(new BigInteger(1, hash).Mod(n), seed[(Size + 1 + Size)..]);
        _value.AsSpan().Fill(1);
        for (byte step = 0; step <= 1; step++)
        {
            _value.CopyTo(seed);
            seed[Size] = step;
            Update(seed);
        }

        CryptographicOperations.ZeroMemory(seed);
    }

    /// <summary>The next candidate in 1..n-1.</summary>
    public BigInteger Next()
    {
        Span<byte> again = stackalloc byte[Size + 1];
        while (true)
        {
            if (_used)
            {
                _value.CopyTo(again);
                again[Size] = 0;
                Update(again);
            }

            _used = true;
            HMACSHA256.HashData(_key, _value, _value);
            var candidate = new BigInteger(1, _value);
            if (candidate.SignValue > 0 && candidate.CompareTo(_n) < 0)
            {
                return candidate;
            }
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        CryptographicOperations.ZeroMemory(_value);
    }

    private void Update(ReadOnlySpan<byte> message)
    {
        HMACSHA256.HashData(_key, message, _key);
        HMACSHA256.HashData(_key, _value, _value);
    }
}
