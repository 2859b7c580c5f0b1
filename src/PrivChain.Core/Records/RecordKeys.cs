using System.Security.Cryptography;
using PrivChain.Core.Aead;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Records;

/// <summary>
/// Keys of some or all parts of one record: part 0 is the issuer's token, part i the i-th field of the schema. A consent hands over
/// a selection; what is not in it cannot be opened. Wiped on dispose.
/// </summary>
/// <remarks>Bytes of a selection: count (2), then for each part, ascending, its index (2) and its key (32), big-endian.</remarks>
public sealed class RecordKeys : IDisposable
{
    /// <summary>Part that holds the issuer's token.</summary>
    public const int IssuerPart = 0;

    private readonly byte[] _keys;
    private readonly bool[] _present;
    private bool _disposed;

    private RecordKeys(RecordSchema schema, byte[] keys, bool[] present) => (Schema, _keys, _present) = (schema, keys, present);

    /// <summary>The record's schema.</summary>
    public RecordSchema Schema { get; }

    /// <summary>Takes over the keys of all parts, in order; they are wiped with this object.</summary>
    internal static RecordKeys OfAll(RecordSchema schema, byte[] keys)
    {
        var present = new bool[schema.Fields.Count + 1];
        Array.Fill(present, true);
        return new RecordKeys(schema, keys, present);
    }

    /// <summary>Reads a selection that <see cref="Export"/> wrote, for a record of this schema; the caller wipes its bytes.</summary>
    public static Verdict<RecordKeys> Parse(RecordSchema schema, ReadOnlySpan<byte> bytes)
    {
        var parts = schema.Fields.Count + 1;
        var keys = new byte[parts * Aes256Gcm.KeySize];
        var present = new bool[parts];
        var reader = new RecordReader(bytes);
        var count = reader.UInt16();
        var previous = -1;
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var part = reader.UInt16();
            var key = reader.Take(Aes256Gcm.KeySize);
            if (reader.Failed || part <= previous || part >= parts)
            {
                reader.Refuse();
                break;
            }

            previous = part;
            present[part] = true;
            key.CopyTo(keys.AsSpan(part * Aes256Gcm.KeySize));
        }

        if (reader.Complete)
        {
            return new RecordKeys(schema, keys, present);
        }

        CryptographicOperations.ZeroMemory(keys);
        return Verdict<RecordKeys>.Refuse(RefusalReason.Malformed, "not a selection of this schema's part keys");
    }

    /// <summary>True when the key of that part is here.</summary>
    public bool Has(int part) => part >= 0 && part < _present.Length && _present[part];

    /// <summary>The key of a field.</summary>
    /// <exception cref="ArgumentException">No such field, or its key is not here.</exception>
    public ReadOnlySpan<byte> KeyOf(string field) => KeyOf(Schema.IndexOf(field) is var index and >= 0 ? index + 1 : -1);

    /// <summary>The key of a part.</summary>
    /// <exception cref="ArgumentException">The key is not here.</exception>
    public ReadOnlySpan<byte> KeyOf(int part)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Has(part)
            ? _keys.AsSpan(part * Aes256Gcm.KeySize, Aes256Gcm.KeySize)
            : throw new ArgumentException("the key of this part is not here", nameof(part));
    }

    /// <summary>The issuer's part and the named fields, and nothing else, for a consent.</summary>
    /// <exception cref="ArgumentException">No such field, or its key is not here.</exception>
    public RecordKeys Select(IEnumerable<string> fields)
    {
        var selection = new RecordKeys(Schema, new byte[_keys.Length], new bool[_present.Length]);
        foreach (var part in fields.Select(field => Schema.IndexOf(field) is var index and >= 0 ? index + 1 : -1).Prepend(IssuerPart))
        {
            KeyOf(part).CopyTo(selection._keys.AsSpan(part * Aes256Gcm.KeySize));
            selection._present[part] = true;
        }

        return selection;
    }

    /// <summary>The bytes of this selection, to be sealed; the caller wipes them.</summary>
    public byte[] Export()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var count = _present.Count(present => present);
        var bytes = new byte[2 + (count * (2 + Aes256Gcm.KeySize))];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)count);
        var at = 2;
        for (var part = 0; part < _present.Length; part++)
        {
            if (_present[part])
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)part);
                KeyOf(part).CopyTo(bytes.AsSpan(at + 2));
                at += 2 + Aes256Gcm.KeySize;
            }
        }

        return bytes;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_keys);
    }

    /// <summary>The schema; never a key.</summary>
    public override string ToString() => Schema.Id;
}
