using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PrivChain.Signatures.Engine;

/// <summary>
/// Memory for secrets, lent for one call: pinned, so that the collector never moves it and leaves no copy behind, and wiped when it is given back, whatever ended the call. Pinned memory is never
/// compacted, so it is kept for the next call and not left to the collector.
/// </summary>
internal sealed class SecretMemory<T> : IDisposable
    where T : struct
{
    private static readonly ConcurrentBag<SecretMemory<T>> _free = [];

    private readonly T[] _memory;
    private int _used;

    private SecretMemory(int length) => _memory = GC.AllocateArray<T>(length, pinned: true);

    /// <summary>The elements that were asked for, all zero.</summary>
    public Span<T> Span => _memory.AsSpan(0, _used);

    /// <param name="length">How many elements are wanted.</param>
    /// <param name="most">The most that anybody asks for of this type, always the same.</param>
    public static SecretMemory<T> Rent(int length, int most)
    {
        var memory = _free.TryTake(out var free) ? free : new SecretMemory<T>(most);
        memory._used = length;
        return memory;
    }

    /// <summary>Wipes what was used.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(Span));
        _free.Add(this);
    }
}
