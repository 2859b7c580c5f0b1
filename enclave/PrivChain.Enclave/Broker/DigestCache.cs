using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;

namespace PrivChain.Enclave.Broker;

/// <summary>Holds public or encrypted content by the digest it was checked against: the oldest leaves first. Never keys, never plaintext.</summary>
/// <param name="limit">Most bytes held, as the caller counts them.</param>
internal sealed class DigestCache<T>(long limit)
    where T : class
{
    private readonly Dictionary<Digest, (T Value, int Size)> _values = [];
    private readonly Queue<Digest> _order = new();
    private readonly Lock _lock = new();
    private long _held;

    /// <summary>What was put under this digest.</summary>
    public bool TryGet(Digest digest, [NotNullWhen(true)] out T? value)
    {
        lock (_lock)
        {
            value = _values.TryGetValue(digest, out var held) ? held.Value : null;
            return value is not null;
        }
    }

    /// <summary>Keeps a value; what is larger than the limit is not kept.</summary>
    public void Put(Digest digest, T value, int size)
    {
        lock (_lock)
        {
            if (size > limit || !_values.TryAdd(digest, (value, size)))
            {
                return;
            }

            _order.Enqueue(digest);
            _held += size;
            while (_held > limit)
            {
                var oldest = _order.Dequeue();
                _held -= _values[oldest].Size;
                _values.Remove(oldest);
            }
        }
    }
}
