using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PrivChain.Attestation.Collateral;

/// <summary>
/// What vendors say about evidence: certificates, TCB info, identities, revocation lists, key sets (RFC 9334: endorsements and reference values). Immutable, and nothing in it is believed before its own signature,
/// chain, revocation and times are verified together with the evidence.
/// </summary>
public sealed class CollateralSet
{
    /// <summary>Largest item in bytes.</summary>
    public const int MaxItemSize = 4 * 1024 * 1024;

    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _items = new(StringComparer.Ordinal);

    /// <param name="items">Items by their names, see <see cref="CollateralName"/>.</param>
    /// <exception cref="ArgumentException">A name that is not known, or an item above <see cref="MaxItemSize"/>.</exception>
    public CollateralSet(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> items)
    {
        foreach (var (name, bytes) in items)
        {
            if (!CollateralName.All.Contains(name, StringComparer.Ordinal) || bytes.Length > MaxItemSize)
            {
                throw new ArgumentException($"wanted an item of collateral of at most {MaxItemSize} bytes, given {name} with {bytes.Length}", nameof(items));
            }

            // Copied: the digest names these bytes for as long as a verdict is kept.
            _items[name] = bytes.ToArray();
        }

        Digest = Compute();
    }

    /// <summary>No collateral.</summary>
    public static CollateralSet Empty { get; } = new([]);

    /// <summary>Names that are there, in order.</summary>
    public IEnumerable<string> Names => _items.Keys;

    /// <summary>True when nothing is there.</summary>
    public bool IsEmpty => _items.Count == 0;

    /// <summary>SHA-256 over every name and item with their lengths: the same set always has the same digest.</summary>
    public ReadOnlyMemory<byte> Digest { get; }

    /// <summary>Gets an item.</summary>
    public bool TryGet(string name, out ReadOnlyMemory<byte> bytes) => _items.TryGetValue(name, out bytes);

    /// <summary>True when an item is there.</summary>
    public bool Has(string name) => _items.ContainsKey(name);

    /// <summary>This set with another one's items over it.</summary>
    public CollateralSet With(CollateralSet more) => new(_items.Where(item => !more.Has(item.Key)).Concat(more._items));

    private byte[] Compute()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("privchain/collateral/v1\0"u8);
        Span<byte> length = stackalloc byte[4];
        foreach (var (name, bytes) in _items)
        {
            BinaryPrimitives.WriteInt32BigEndian(length, name.Length);
            hash.AppendData(length);
            hash.AppendData(Encoding.ASCII.GetBytes(name));
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes.Span);
        }

        return hash.GetHashAndReset();
    }
}
