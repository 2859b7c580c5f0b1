using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PrivChain.Attestation.Signatures;

/// <summary>
/// Remembers which signatures of certificates and collateral were found right, and what such collateral says, so that a chain is not verified and a list not read again for each quote. "This key signed these bytes" and
/// "these bytes say this" are facts without a time: nothing that depends on clock, policy or roots is remembered, and wrong signatures are not remembered at all. Safe for use by several threads. Bounded: when full it forgets everything.
/// </summary>
/// <param name="capacity">Facts kept, 32 bytes each.</param>
public sealed class VerifiedSignatures(int capacity = 4096)
{
    // Collateral of a platform is a hundred kilobytes when parsed; a fleet has a few families of platforms.
    private const int MaxForms = 64;

    private readonly ConcurrentDictionary<Fact, byte> _facts = new();
    private readonly ConcurrentDictionary<Fact, object> _forms = new();

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

    /// <summary>What was read from bytes of that SHA-256 before, or null.</summary>
    internal T? FormOf<T>(ReadOnlyMemory<byte> digest)
        where T : class => _forms.TryGetValue(new Fact(digest.Span), out var form) ? form as T : null;

    /// <summary>Keeps what was read from bytes of that SHA-256: an immutable value. Only for bytes whose signatures were found right, so that nobody else decides what is kept.</summary>
    internal void KeepForm(ReadOnlyMemory<byte> digest, object form)
    {
        if (_forms.Count >= MaxForms)
        {
            _forms.Clear();
        }

        _forms[new Fact(digest.Span)] = form;
    }

    // Each part is hashed or of fixed length, so no two facts share a preimage.
    private readonly record struct Fact(UInt128 High, UInt128 Low)
    {
        public Fact(ReadOnlySpan<byte> digest)
            : this(BinaryPrimitives.ReadUInt128BigEndian(digest), BinaryPrimitives.ReadUInt128BigEndian(digest[16..]))
        {
        }

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
            return new Fact(digest);
        }
    }
}
