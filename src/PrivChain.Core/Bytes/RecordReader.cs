using System.Buffers.Binary;

namespace PrivChain.Core.Bytes;

/// <summary>
/// Reads one binary layout front to back, big-endian. It cannot overrun: the first read past the end is remembered, every
/// later read returns zeros, and the caller asks <see cref="Complete"/> once, at the end.
/// </summary>
public ref struct RecordReader
{
    private ReadOnlySpan<byte> _rest;

    /// <param name="bytes">The whole layout, as received.</param>
    public RecordReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>True once a read went past the end or <see cref="Refuse"/> was called.</summary>
    public bool Failed { get; private set; }

    /// <summary>True when nothing failed and nothing is left over.</summary>
    public readonly bool Complete => !Failed && _rest.IsEmpty;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Marks the layout as refused.</summary>
    public void Refuse()
    {
        Failed = true;
        _rest = default;
    }

    /// <summary>The next <paramref name="count"/> bytes, or an empty span after a failure.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            Refuse();
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>One byte.</summary>
    public byte Byte()
    {
        var bytes = Take(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    /// <summary>Two bytes, big-endian.</summary>
    public ushort UInt16()
    {
        var bytes = Take(2);
        return bytes.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    /// <summary>Four bytes, big-endian.</summary>
    public uint UInt32()
    {
        var bytes = Take(4);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>Eight bytes, big-endian.</summary>
    public ulong UInt64()
    {
        var bytes = Take(8);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>A digest.</summary>
    public Digest Digest()
    {
        var bytes = Take(Bytes.Digest.Size);
        return bytes.IsEmpty ? default : new Digest(bytes);
    }

    /// <summary>An address.</summary>
    public AccountAddress Address()
    {
        var bytes = Take(AccountAddress.Size);
        return bytes.IsEmpty ? default : new AccountAddress(bytes);
    }

    /// <summary>A four-byte length and that many bytes, at most <paramref name="maxLength"/>.</summary>
    public ReadOnlySpan<byte> Block(int maxLength)
    {
        var length = UInt32();
        if (length > maxLength)
        {
            Refuse();
            return default;
        }

        return Take((int)length);
    }

    /// <summary>A block of strict UTF-8, at most <paramref name="maxLength"/> bytes; invalid UTF-8 is a failure.</summary>
    public string Text(int maxLength)
    {
        var bytes = Block(maxLength);
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            Refuse();
            return string.Empty;
        }

        return System.Text.Encoding.UTF8.GetString(bytes);
    }
}
