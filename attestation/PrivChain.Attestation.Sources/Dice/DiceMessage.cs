using System.Buffers.Binary;

namespace PrivChain.Attestation.Sources.Dice;

/// <summary>
/// The messages of a DICE device's channel, one request and one answer on a stream: magic (4: <c>PCDQ</c> or <c>PCDA</c>), version 1 (1), operation or status (1), length (4, big-endian), bytes. Operation 1, attest: 64 bytes of
/// report data; the answer has the parts of <c>fpga-dice</c> evidence in their layout. Operation 2, seal: nothing; the answer has 32 bytes that only this firmware gets again. Status 0 is an answer, 1 an operation that the device does
/// not have, others failures; these come without bytes.
/// </summary>
internal static class DiceMessage
{
    public const byte Attest = 1;
    public const byte Seal = 2;
    public const byte Answered = 0;
    public const byte NotSupported = 1;

    private const byte Version = 1;
    private const int HeaderSize = 10;

    public static ReadOnlySpan<byte> Request => "PCDQ"u8;

    public static ReadOnlySpan<byte> Answer => "PCDA"u8;

    /// <summary>Writes one message.</summary>
    public static async ValueTask WriteAsync(Stream stream, ReadOnlyMemory<byte> magic, byte code, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var message = new byte[HeaderSize + bytes.Length];
        magic.CopyTo(message);
        message[4] = Version;
        message[5] = code;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(6), bytes.Length);
        bytes.CopyTo(message.AsMemory(HeaderSize));

        // One write: a character device takes a message whole.
        await stream.WriteAsync(message, cancellation).ConfigureAwait(false);
        await stream.FlushAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads one message.</summary>
    /// <exception cref="InvalidDataException">Another magic or version, or more bytes than the limit.</exception>
    /// <exception cref="EndOfStreamException">The stream ended before the message did.</exception>
    public static async ValueTask<(byte Code, byte[] Bytes)> ReadAsync(Stream stream, ReadOnlyMemory<byte> magic, int limit, CancellationToken cancellation)
    {
        var header = new byte[HeaderSize];
        await stream.ReadExactlyAsync(header, cancellation).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(6));
        if (!header.AsSpan(0, 4).SequenceEqual(magic.Span) || header[4] != Version || length > limit)
        {
            throw new InvalidDataException($"a message of another form, or of {length} bytes where {limit} are the most");
        }

        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
        return (header[5], bytes);
    }
}
