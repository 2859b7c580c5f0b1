using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures;

/// <summary>
/// Verifies many signatures at once, with a verdict for each. Everything here is public data. For all threads; one call uses one core.
/// </summary>
public sealed class BatchVerifier
{
    /// <summary>Length of a public key: x and y.</summary>
    public const int KeySize = PublicKey.Size;

    /// <summary>Length of a digest.</summary>
    public const int DigestSize = U256.Size;

    /// <summary>Length of a signature: r and s.</summary>
    public const int SignatureSize = 2 * U256.Size;

    private readonly KeyRegistry? _registry;
    private readonly bool _lowSOnly;
    private readonly CurveEngine _engine;

    /// <param name="scheme">Of all signatures.</param>
    /// <param name="registry">Tables of keys that return, or null.</param>
    /// <param name="lowSOnly">Refuses an s above n/2, so that nobody can turn one signature into another (EIP-2). For ECDSA; SM2 has no such second form.</param>
    /// <param name="instructions">Forces an instruction set, for tests; null takes the best there is.</param>
    /// <exception cref="PlatformNotSupportedException">The machine lacks <paramref name="instructions"/>.</exception>
    /// <exception cref="ArgumentException">The registry is of another scheme, or <paramref name="lowSOnly"/> was asked of SM2.</exception>
    public BatchVerifier(SignatureScheme scheme, KeyRegistry? registry = null, bool lowSOnly = false, InstructionSet? instructions = null)
    {
        if (registry is not null && registry.Scheme != scheme)
        {
            throw new ArgumentException($"wanted a registry of {scheme} keys, given {registry.Scheme}", nameof(registry));
        }

        if (lowSOnly && scheme == SignatureScheme.Sm2)
        {
            throw new ArgumentException("SM2 signatures have one form", nameof(lowSOnly));
        }

        Scheme = scheme;
        Instructions = SignatureEngine.Choose(instructions);
        _registry = registry;
        _lowSOnly = lowSOnly;
        _engine = SignatureEngine.For(scheme, Instructions);
    }

    /// <summary>Of all signatures.</summary>
    public SignatureScheme Scheme { get; }

    /// <summary>What it runs on.</summary>
    public InstructionSet Instructions { get; }

    /// <summary>Sets a verdict for each item: true where the signature is one of that key over that digest. Digests are of 32 bytes; a longer hash is cut by the caller, as the scheme says.</summary>
    /// <param name="keys">64 bytes for each item: x and y, big-endian. What is no point of the curve verifies nothing.</param>
    /// <param name="digests">32 bytes for each item.</param>
    /// <param name="signatures">64 bytes for each item: r and s, big-endian.</param>
    /// <param name="verdicts">One for each item; every one is written.</param>
    /// <exception cref="ArgumentException">The lengths do not belong to the same number of items.</exception>
    public void Verify(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, Span<bool> verdicts)
    {
        var count = verdicts.Length;
        if (keys.Length != (long)count * KeySize || digests.Length != (long)count * DigestSize || signatures.Length != (long)count * SignatureSize)
        {
            throw new ArgumentException($"{count} verdicts need {KeySize}, {DigestSize} and {SignatureSize} bytes each; given {keys.Length}, {digests.Length} and {signatures.Length}");
        }

        verdicts.Clear();
        var registered = new PendingItems(_registry is null ? 0 : Math.Min(CurveEngine.Chunk, count));
        var unknown = new PendingItems(Math.Min(CurveEngine.Chunk, count));
        for (var i = 0; i < count; i++)
        {
            var r = U256.Read(signatures[(i * SignatureSize)..]);
            var s = U256.Read(signatures[((i * SignatureSize) + U256.Size)..]);
            var curve = _engine.Curve;
            if (!IsScalar(r, curve) || !IsScalar(s, curve) || (_lowSOnly && U256.LessThan(curve.HalfN, s))
                || !PublicKey.TryRead(keys.Slice(i * KeySize, KeySize), curve, out var key))
            {
                continue;
            }

            var offset = 0;
            var pending = _registry is not null && _registry.TryFind(key, out offset) ? registered : unknown;
            pending.Add(i, key, offset, U256.Read(digests[(i * DigestSize)..]), r, s);
            if (pending.IsFull)
            {
                Check(pending, pending == registered, verdicts);
            }
        }

        Check(registered, true, verdicts);
        Check(unknown, false, verdicts);
    }

    private static bool IsScalar(in U256 value, CurveParameters curve) => !value.IsZero && U256.LessThan(value, curve.N);

    private void Check(PendingItems items, bool registered, Span<bool> verdicts)
    {
        if (items.Count == 0)
        {
            return;
        }

        var engine = SignatureEngine.For(Scheme, Instructions, items.Count);
        items.Prepare(Scheme, engine);
        Span<bool> found = stackalloc bool[items.Count];
        if (registered)
        {
            engine.CheckRegistered(items.Question, _registry!.Tables, items.KeyOffsets, found);
        }
        else
        {
            engine.CheckUnknown(items.Question, items.Keys, found);
        }

        items.Report(found, verdicts);
    }
}
