using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures;

/// <summary>
/// Signs many digests at once with one private key, which it owns and wipes. The arithmetic takes the same time for every key, nonce and digest. For all threads, of which one signs at a time; one
/// call uses one core.
/// </summary>
public sealed class BatchSigner : IDisposable
{
    private readonly bool _hedged;
    private readonly bool _lowS;
    private readonly CurveParameters _curve;
    private readonly ulong[] _key = GC.AllocateArray<ulong>(4, pinned: true);
    private readonly byte[] _keyBytes = GC.AllocateArray<byte>(U256.Size, pinned: true);
    private readonly byte[] _publicKey = new byte[PublicKey.Size];

    // A key that is wiped while it signs would give a nonce that anybody can compute, beside an s that holds the key.
    private readonly Lock _signing = new();
    private bool _disposed;

    /// <param name="scheme">Of all signatures. A key serves one scheme: never the same scalar for SM2 and ECDSA.</param>
    /// <param name="privateKey">32 bytes, big-endian, in 1 to n - 1 (SM2: n - 2). Copied; the caller wipes its own.</param>
    /// <param name="hedged">False: nonces of RFC 6979, the same signature for the same digest. True: fresh randomness is mixed in, against faults and other implementations' weak nonces.</param>
    /// <param name="lowS">Gives the lower of both forms of an ECDSA signature (EIP-2).</param>
    /// <param name="instructions">Forces an instruction set, for tests; null takes the best there is.</param>
    /// <exception cref="ArgumentException">The key has another length or is out of range, or <paramref name="lowS"/> was asked of SM2.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks <paramref name="instructions"/>.</exception>
    public BatchSigner(SignatureScheme scheme, ReadOnlySpan<byte> privateKey, bool hedged = false, bool lowS = false, InstructionSet? instructions = null)
    {
        if (lowS && scheme == SignatureScheme.Sm2)
        {
            throw new ArgumentException("SM2 signatures have one form", nameof(lowS));
        }

        Scheme = scheme;
        Instructions = SignatureEngine.Choose(instructions);
        _hedged = hedged;
        _lowS = lowS;
        var engine = EngineFor(items: 1);
        _curve = engine.Curve;
        var limit = scheme == SignatureScheme.Sm2 ? U256.Subtract(_curve.N, new U256(1, 0, 0, 0), out _) : _curve.N;
        if (privateKey.Length != U256.Size || U256.Read(privateKey).IsZero || !U256.LessThan(U256.Read(privateKey), limit))
        {
            throw new ArgumentException($"a private key has {U256.Size} bytes and is in the range of its scheme", nameof(privateKey));
        }

        privateKey.CopyTo(_keyBytes);
        U256.Read(privateKey).Write(_key);
        Span<ulong> point = stackalloc ulong[8];
        engine.MultiplyBase(_key, point);
        U256.Read(point).Write(_publicKey);
        U256.Read(point[4..]).Write(_publicKey.AsSpan(U256.Size));
    }

    /// <summary>Of all signatures.</summary>
    public SignatureScheme Scheme { get; }

    /// <summary>What it runs on.</summary>
    public InstructionSet Instructions { get; }

    /// <summary>64 bytes: x and y.</summary>
    public ReadOnlyMemory<byte> PublicKeyBytes => _publicKey;

    /// <summary>Signs each digest.</summary>
    /// <param name="digests">32 bytes for each item.</param>
    /// <param name="signatures">64 bytes for each item: r and s, big-endian.</param>
    /// <param name="odd">Whether the nonce point's y is odd, as recovery wants it, after any change to the low s; empty where nobody asks. Means nothing for SM2.</param>
    /// <exception cref="ArgumentException">The lengths do not belong to the same number of items, or signatures would be written over digests.</exception>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public void Sign(ReadOnlySpan<byte> digests, Span<byte> signatures, Span<bool> odd = default)
    {
        lock (_signing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var count = digests.Length / U256.Size;
            if (digests.Length != count * U256.Size || signatures.Length != (long)count * BatchVerifier.SignatureSize || (!odd.IsEmpty && odd.Length != count))
            {
                throw new ArgumentException($"{digests.Length} bytes of digests, {signatures.Length} of signatures, {odd.Length} parities");
            }

            if (digests.Overlaps(signatures))
            {
                throw new ArgumentException("signatures would be written over digests", nameof(signatures));
            }

            for (var start = 0; start < count; start += CurveEngine.Chunk)
            {
                var items = Math.Min(CurveEngine.Chunk, count - start);
                SignChunk(
                    digests.Slice(start * U256.Size, items * U256.Size),
                    signatures.Slice(start * BatchVerifier.SignatureSize, items * BatchVerifier.SignatureSize),
                    odd.IsEmpty ? odd : odd.Slice(start, items),
                    skipped: 0);
            }
        }

        // The finalizer must not wipe what is being signed with.
        GC.KeepAlive(this);
    }

    /// <summary>Wipes the key, once nothing is being signed.</summary>
    public void Dispose()
    {
        lock (_signing)
        {
            _disposed = true;
            Wipe();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Wipes the key of a signer that nobody disposed of.</summary>
    ~BatchSigner() => Wipe();

    private void Wipe()
    {
        CryptographicOperations.ZeroMemory(_keyBytes);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_key.AsSpan()));
    }

    private void SignChunk(ReadOnlySpan<byte> digests, Span<byte> signatures, Span<bool> odd, int skipped)
    {
        var curve = _curve;
        var count = digests.Length / U256.Size;
        var size = count * 4;
        var engine = EngineFor(count);
        using var rented = SecretMemory<ulong>.Rent(6 * size, 6 * 4 * CurveEngine.Chunk);
        var memory = rented.Span;
        Span<ulong> e = memory[..size], k = memory.Slice(size, size), r = memory.Slice(2 * size, size), s = memory.Slice(3 * size, size), points = memory[(4 * size)..];
        for (var i = 0; i < count; i++)
        {
            var digest = U256.ReduceOnce(U256.Read(digests[(i * U256.Size)..]), curve.N);
            digest.Write(e[(i * 4)..]);
        }

        TakeNonces(e, k, skipped);

        engine.MultiplyBase(k, points);
        for (var i = 0; i < count; i++)
        {
            var x = U256.ReduceOnce(U256.Read(points[(i * 8)..]), curve.N);
            (Scheme == SignatureScheme.Sm2 ? U256.AddModulo(x, U256.Read(e[(i * 4)..]), curve.N) : x).Write(r[(i * 4)..]);
        }

        if (Scheme == SignatureScheme.Sm2)
        {
            engine.FinishSm2(_key, k, r, s);
        }
        else
        {
            engine.FinishEcdsa(_key, e, k, r, s);
        }

        for (var i = 0; i < count; i++)
        {
            var rValue = U256.Read(r[(i * 4)..]);
            var value = U256.Read(s[(i * 4)..]);
            var again = rValue.IsZero || value.IsZero
                || (Scheme == SignatureScheme.Sm2 && U256.AddModulo(rValue, U256.Read(k[(i * 4)..]), curve.N).IsZero);
            var flip = _lowS && U256.LessThan(curve.HalfN, value) ? ulong.MaxValue : 0;
            rValue.Write(signatures[(i * BatchVerifier.SignatureSize)..]);
            U256.Select(flip, U256.Subtract(curve.N, value, out _), value).Write(signatures[((i * BatchVerifier.SignatureSize) + U256.Size)..]);
            if (!odd.IsEmpty)
            {
                odd[i] = ((points[(i * 8) + 4] ^ flip) & 1) != 0;
            }

            // Once in 2^255 signatures; the standards say to take the next nonce.
            if (again)
            {
                SignChunk(digests.Slice(i * U256.Size, U256.Size), signatures.Slice(i * BatchVerifier.SignatureSize, BatchVerifier.SignatureSize), odd.IsEmpty ? odd : odd.Slice(i, 1), skipped + 1);
            }
        }
    }

    // One signature costs the same in one lane and in four; in four the tables are made faster.
    private CurveEngine EngineFor(int items) => SignatureEngine.For(Scheme, Instructions, Math.Max(2, items));

    private void TakeNonces(ReadOnlySpan<ulong> digests, Span<ulong> nonces, int skipped)
    {
        var sideBySide = !_hedged && skipped == 0 && NonceLanes.TryFirst(Instructions, _keyBytes, digests, nonces);
        for (var i = 0; i < nonces.Length; i += 4)
        {
            // A first candidate out of range is left to the one that knows the next.
            var candidate = U256.Read(nonces[i..]);
            if (!sideBySide || candidate.IsZero || !U256.LessThan(candidate, _curve.N))
            {
                Nonce(U256.Read(digests[i..]), skipped).Write(nonces[i..]);
            }
        }
    }

    private U256 Nonce(in U256 digest, int skipped)
    {
        Span<byte> state = stackalloc byte[2 * U256.Size];
        Span<byte> bytes = stackalloc byte[U256.Size];
        Span<byte> extra = stackalloc byte[_hedged ? U256.Size : 0];
        RandomNumberGenerator.Fill(extra);
        digest.Write(bytes);
        var nonces = new Nonces(state, _keyBytes, bytes, extra);
        var nonce = nonces.Next(_curve.N);
        for (; skipped > 0; skipped--)
        {
            nonce = nonces.Next(_curve.N);
        }

        CryptographicOperations.ZeroMemory(state);
        CryptographicOperations.ZeroMemory(extra);
        return nonce;
    }
}
