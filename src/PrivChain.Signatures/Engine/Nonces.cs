using System.Security.Cryptography;

namespace PrivChain.Signatures.Engine;

/// <summary>
/// RFC 6979 section 3.2 with HMAC-SHA-256, and its section 3.6 where fresh randomness is mixed in (hedged). A nonce cannot repeat under one key unless the digest does, and then without
/// randomness the signature is the same one.
/// </summary>
internal ref struct Nonces
{
    private const int Size = 32;

    private readonly Span<byte> _state;
    private bool _used;

    /// <param name="state">64 bytes that the caller wipes.</param>
    /// <param name="key">The private key.</param>
    /// <param name="digest">The digest modulo n.</param>
    /// <param name="extra">Fresh randomness, or nothing.</param>
    public Nonces(Span<byte> state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> extra)
    {
        _state = state[..(2 * Size)];
        K.Clear();
        V.Fill(1);

        // V || octet || key || digest || extra
        Span<byte> seed = stackalloc byte[(3 * Size) + 1 + extra.Length];
        key.CopyTo(seed[(Size + 1)..]);
        digest.CopyTo(seed[((2 * Size) + 1)..]);
        extra.CopyTo(seed[((3 * Size) + 1)..]);
        for (byte step = 0; step <= 1; step++)
        {
            V.CopyTo(seed);
            seed[Size] = step;
            Update(seed);
        }

        CryptographicOperations.ZeroMemory(seed);
    }

    private readonly Span<byte> K => _state[..Size];

    private readonly Span<byte> V => _state[Size..];

    /// <summary>The next candidate in 1 to n - 1. That one was refused shows in the time, and says nothing about the one that is taken.</summary>
    public U256 Next(in U256 n)
    {
        Span<byte> again = stackalloc byte[Size + 1];
        while (true)
        {
            if (_used)
            {
                V.CopyTo(again);
                again[Size] = 0;
                Update(again);
            }

            _used = true;
            HMACSHA256.HashData(K, V, V);
            var candidate = U256.Read(V);
            if (!candidate.IsZero && U256.LessThan(candidate, n))
            {
                return candidate;
            }
        }
    }

    private readonly void Update(ReadOnlySpan<byte> message)
    {
        HMACSHA256.HashData(K, message, K);
        HMACSHA256.HashData(K, V, V);
    }
}
