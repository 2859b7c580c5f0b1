using System.Buffers;
using System.Buffers.Binary;

namespace PrivChain.Core.Bytes;

/// <summary>Writes one binary layout front to back, big-endian; the counterpart of <see cref="RecordReader"/>.</summary>
public sealed class RecordWriter
{
    private readonly ArrayBufferWriter<byte> _buffer;

    /// <param name="capacity">Bytes that fit without moving the buffer. Who writes secrets says enough, since what is left behind by a move is not wiped.</param>
    public RecordWriter(int capacity = 256) => _buffer = new ArrayBufferWriter<byte>(capacity);

    /// <summary>Raw bytes without a length.</summary>
    public RecordWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    /// <summary>One byte.</summary>
    public RecordWriter Byte(byte value) => Raw([value]);

    /// <summary>Two bytes, big-endian.</summary>
    public RecordWriter UInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return Raw(bytes);
    }

    /// <summary>Four bytes, big-endian.</summary>
    public RecordWriter UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    /// <summary>Eight bytes, big-endian.</summary>
    public RecordWriter UInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Raw(bytes);
    }

    /// <summary>A digest.</summary>
    public RecordWriter Digest(Digest value)
    {
        Span<byte> bytes = stackalloc byte[Bytes.Digest.Size];
        value.CopyTo(bytes);
        return Raw(bytes);
    }

    /// <summary>An address.</summary>
    public RecordWriter Address(AccountAddress value)
    {
        Span<byte> bytes = stackalloc byte[AccountAddress.Size];
        value.CopyTo(bytes);
        return Raw(bytes);
    }

    /// <summary>A four-byte length and the bytes.</summary>
    public RecordWriter Block(ReadOnlySpan<byte> bytes) => UInt32((uint)bytes.Length).Raw(bytes);

    /// <summary>A block of UTF-8.</summary>
    public RecordWriter Text(string text) => Block(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A fresh array of everything written.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>As <see cref="ToArray"/>, and nothing stays here.</summary>
    public byte[] ToArrayAndWipe()
    {
        var bytes = ToArray();
        _buffer.Clear();
        return bytes;
    }
}
