using System.Collections.Concurrent;
using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures;

/// <summary>
/// Tables of multiples for public keys that return, such as those of institutions: their signatures verify several times faster. Takes 88 KB a key and never more than it was given.
/// For all threads.
/// </summary>
public sealed class KeyRegistry
{
    /// <summary>Memory of one key's table, in bytes.</summary>
    public const int BytesPerKey = CurveEngine.KeyTableWords * sizeof(ulong);

    private readonly Lock _adding = new();
    private readonly ConcurrentDictionary<PublicKey, int> _offsets = [];
    private readonly CurveEngine _engine;
    private readonly ulong[] _tables;

    /// <param name="scheme">Of the keys.</param>
    /// <param name="maximumBytes">Memory for all tables, at least <see cref="BytesPerKey"/> and at most 1 GiB; it is taken from the system as keys are added.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such scheme, or memory outside these limits.</exception>
    public KeyRegistry(SignatureScheme scheme, int maximumBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBytes, BytesPerKey);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumBytes, 1 << 30);
        Scheme = scheme;

        // Tables are the same whoever computes them, so the registry needs no setting of its own.
        _engine = SignatureEngine.For(scheme, SignatureEngine.Detected);
        Capacity = maximumBytes / BytesPerKey;
        _tables = new ulong[Capacity * CurveEngine.KeyTableWords];
    }

    /// <summary>Of the keys.</summary>
    public SignatureScheme Scheme { get; }

    /// <summary>The most keys.</summary>
    public int Capacity { get; }

    /// <summary>Keys it has.</summary>
    public int Count => _offsets.Count;

    internal ReadOnlySpan<ulong> Tables => _tables;

    /// <summary>Adds a key of 64 bytes, x and y. False where it is no point of the curve, or where there is no memory left; its signatures then verify (or not) as those of any other key.</summary>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public bool TryAdd(ReadOnlySpan<byte> key)
    {
        if (!PublicKey.TryRead(key, _engine.Curve, out var point))
        {
            return false;
        }

        lock (_adding)
        {
            if (_offsets.ContainsKey(point))
            {
                return true;
            }

            var offset = _offsets.Count * CurveEngine.KeyTableWords;
            Span<ulong> words = stackalloc ulong[8];
            point.Write(words);
            if (_offsets.Count == Capacity || !_engine.TryBuildTable(words, _tables.AsSpan(offset, CurveEngine.KeyTableWords)))
            {
                return false;
            }

            // Published only now: no other thread reads a table that is still being written.
            return _offsets.TryAdd(point, offset);
        }
    }

    internal bool TryFind(in PublicKey key, out int offset) => _offsets.TryGetValue(key, out offset);
}
