using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PrivChain.Attestation.Signatures;

/// <summary>
/// Remembers which signatures of certificates and collateral were found right, so that a chain is not verified again for each quote. "This key signed these bytes" is a fact without a time: nothing that
/// depends on clock, policy or roots is remembered, and wrong signatures are not remembered at all. Safe for use by several threads. Bounded: when full it forgets everything.
/// </summary>
/// <param name="capacity">Facts kept, 32 bytes each.</param>
public sealed class VerifiedSignatures(int capacity = 4096)
{
    private readonly ConcurrentDictionary<Fact, byte> _facts = new();

    /// <summary>Facts kept now.</summary>
    public int Count => _facts.Count;

    internal bool Verify(PublicKey key, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, bool raw)
    {
        var fact = Fact.Of(key, algorithm, data, signature, raw);
        if (_facts.ContainsKey(fact))
        {
            return true;
        }

        if (!(raw ? key.VerifyRaw(algorithm, data, signature) : key.Verify(algorithm, data, signature)))
        {
            return false;
        }

        if (_facts.Count >= capacity)
        {
            _facts.Clear();
        }

        _facts[fact] = 0;
        return true;
    }

    // Each part is hashed or of fixed length, so no two facts share a preimage.
    private readonly record struct Fact(UInt128 High, UInt128 Low)
    {
        public static Fact Of(PublicKey key, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, bool raw)
        {
            Span<byte> parts = stackalloc byte[(3 * SHA256.HashSizeInBytes) + 2];
            key.Fingerprint.Span.CopyTo(parts);
            SHA256.HashData(data, parts[32..]);
            SHA256.HashData(signature, parts[64..]);
            parts[96] = (byte)algorithm;
            parts[97] = raw ? (byte)1 : (byte)0;
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(parts, digest);
            return new Fact(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest[16..]));
        }
    }
}
