using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures;

/// <summary>
/// The keys that made many signatures, as accounts on secp256k1 need: r, s and the parity of the nonce point's y. Everything here is public data. For all threads; one call uses one core.
/// </summary>
public sealed class BatchRecovery
{
    private readonly bool _lowSOnly;
    private readonly CurveEngine _engine;

    /// <param name="lowSOnly">Refuses an s above n/2 (EIP-2).</param>
    /// <param name="instructions">Forces an instruction set, for tests; null takes the best there is.</param>
    /// <exception cref="PlatformNotSupportedException">The machine lacks <paramref name="instructions"/>.</exception>
    public BatchRecovery(bool lowSOnly, InstructionSet? instructions = null)
    {
        _lowSOnly = lowSOnly;
        Instructions = SignatureEngine.Choose(instructions);
        _engine = SignatureEngine.For(SignatureScheme.EcdsaSecp256k1, Instructions);
    }

    /// <summary>What it runs on.</summary>
    public InstructionSet Instructions { get; }

    /// <summary>Writes the key of each signature and whether there is one; where there is none the key is zeros. A nonce point with x of n or more (which no honest signer meets) is not looked for.</summary>
    /// <param name="digests">32 bytes for each item.</param>
    /// <param name="signatures">64 bytes for each item: r and s, big-endian.</param>
    /// <param name="odd">For each item, whether the nonce point's y is odd.</param>
    /// <param name="keys">64 bytes for each item: x and y; every one is written.</param>
    /// <param name="found">One for each item; every one is written.</param>
    /// <exception cref="ArgumentException">The lengths do not belong to the same number of items, or something would be written over what is read.</exception>
    public void Recover(ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<bool> odd, Span<byte> keys, Span<bool> found)
    {
        var count = found.Length;
        if (odd.Length != count || digests.Length != (long)count * BatchVerifier.DigestSize || signatures.Length != (long)count * BatchVerifier.SignatureSize
            || keys.Length != (long)count * BatchVerifier.KeySize)
        {
            throw new ArgumentException($"{count} items; given {odd.Length} parities and {digests.Length}, {signatures.Length} and {keys.Length} bytes");
        }

        if (digests.Overlaps(keys) || signatures.Overlaps(keys))
        {
            throw new ArgumentException("keys would be written over digests or signatures", nameof(keys));
        }

        if (odd.Overlaps(found))
        {
            throw new ArgumentException("what was found would be written over the parities", nameof(found));
        }

        keys.Clear();
        found.Clear();
        var chunk = Math.Min(CurveEngine.Chunk, count);
        var places = new int[chunk];
        var words = new ulong[chunk * 12];
        var parities = new bool[chunk];
        var pending = 0;
        for (var i = 0; i < count; i++)
        {
            var curve = _engine.Curve;
            var r = U256.Read(signatures[(i * BatchVerifier.SignatureSize)..]);
            var s = U256.Read(signatures[((i * BatchVerifier.SignatureSize) + U256.Size)..]);
            if (!r.IsZero && !s.IsZero && U256.LessThan(r, curve.N) && U256.LessThan(s, curve.N) && !(_lowSOnly && U256.LessThan(curve.HalfN, s)))
            {
                U256.Read(digests[(i * BatchVerifier.DigestSize)..]).Write(words.AsSpan(pending * 4));
                r.Write(words.AsSpan((chunk + pending) * 4));
                s.Write(words.AsSpan(((2 * chunk) + pending) * 4));
                parities[pending] = odd[i];
                places[pending++] = i;
            }

            if (pending == chunk || (i == count - 1 && pending > 0))
            {
                Recover(words, parities.AsSpan(0, pending), places, keys, found);
                pending = 0;
            }
        }
    }

    private void Recover(ReadOnlySpan<ulong> words, ReadOnlySpan<bool> odd, int[] places, Span<byte> keys, Span<bool> found)
    {
        Span<ulong> points = new ulong[odd.Length * 8];
        Span<bool> exist = stackalloc bool[odd.Length];
        var size = odd.Length * 4;
        var engine = SignatureEngine.For(SignatureScheme.EcdsaSecp256k1, Instructions, odd.Length);
        var part = words.Length / 3;
        engine.Recover(words[..size], words.Slice(part, size), words.Slice(2 * part, size), odd, points, exist);
        for (var i = 0; i < odd.Length; i++)
        {
            found[places[i]] = exist[i];
            if (exist[i])
            {
                var key = keys.Slice(places[i] * BatchVerifier.KeySize, BatchVerifier.KeySize);
                U256.Read(points[(i * 8)..]).Write(key);
                U256.Read(points[((i * 8) + 4)..]).Write(key[U256.Size..]);
            }
        }
    }
}
