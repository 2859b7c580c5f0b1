using System.Buffers.Binary;

namespace PrivChain.Attestation.Bytes;

/// <summary>
/// The one reader of bytes from outside: it cannot overrun, remembers its first failure, and callers ask once, at the end (<see cref="Complete"/> or <see cref="Failed"/>). After a failure
/// every read gives zeros.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next read begins.</summary>
    public int Offset { get; private set; }

    /// <summary>True when a read went past the end or <see cref="Fail"/> was called.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => Failed ? 0 : _bytes.Length - Offset;

    /// <summary>True when nothing failed and nothing is left over.</summary>
    public readonly bool Complete => !Failed && Offset == _bytes.Length;

    public void Fail() => Failed = true;

    /// <summary>The next bytes, or none after a failure. Lengths above what is left, negative ones included, fail.</summary>
    public ReadOnlySpan<byte> Take(long length)
    {
        if (Failed || length < 0 || length > _bytes.Length - Offset)
        {
            Failed = true;
            return default;
        }

        var taken = _bytes.Slice(Offset, (int)length);
        Offset += (int)length;
        return taken;
    }

    public ReadOnlySpan<byte> TakeRest() => Take(Remaining);

    public byte Byte() => Take(1) is [var value] ? value : (byte)0;

    public ushort UInt16LittleEndian() => Take(2) is { Length: 2 } taken ? BinaryPrimitives.ReadUInt16LittleEndian(taken) : (ushort)0;

    public uint UInt32LittleEndian() => Take(4) is { Length: 4 } taken ? BinaryPrimitives.ReadUInt32LittleEndian(taken) : 0;

    public ulong UInt64LittleEndian() => Take(8) is { Length: 8 } taken ? BinaryPrimitives.ReadUInt64LittleEndian(taken) : 0;

    public ushort UInt16BigEndian() => Take(2) is { Length: 2 } taken ? BinaryPrimitives.ReadUInt16BigEndian(taken) : (ushort)0;

    public uint UInt32BigEndian() => Take(4) is { Length: 4 } taken ? BinaryPrimitives.ReadUInt32BigEndian(taken) : 0;

    public ulong UInt64BigEndian() => Take(8) is { Length: 8 } taken ? BinaryPrimitives.ReadUInt64BigEndian(taken) : 0;

    /// <summary>Fails unless the next bytes are zero (reserved fields).</summary>
    public void Zeros(int length)
    {
        if (Take(length).ContainsAnyExcept((byte)0))
        {
            Failed = true;
        }
    }
}
