using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>
/// <c>oe_attestation_header_t</c>, version 3, a naturally aligned C structure, little-endian: version (4), format id (16), padding (4), size (8), then the data to the end. It stands before evidence, endorsements, or neither.
/// </summary>
internal static class AttestationHeader
{
    private const uint Version = 3;
    private const int Size = 32;
    private const int IdSize = 16;

    /// <summary>True when bytes begin like a header of a version that there is or was; a quote never does, since its second half-word is the key type.</summary>
    public static bool Looks(ReadOnlySpan<byte> bytes) => bytes.Length >= Size && bytes[0] is 2 or 3 && !bytes[1..4].ContainsAnyExcept((byte)0);

    /// <summary>Takes the header off.</summary>
    public static AttestationFault? Peel(string field, ReadOnlyMemory<byte> bytes, out Guid id, out ReadOnlyMemory<byte> data)
    {
        var reader = new ByteReader(bytes.Span);
        var version = reader.UInt32LittleEndian();
        var idBytes = reader.Take(IdSize);
        id = idBytes.Length == IdSize ? new Guid(idBytes, bigEndian: true) : Guid.Empty;
        reader.Zeros(sizeof(uint));
        var size = reader.UInt64LittleEndian();
        data = reader.Failed ? default : bytes[Size..];
        return reader.Failed || version != Version || size != (ulong)data.Length
            ? AttestationFault.Parse(field + ".header", $"version {Version} and the size of what follows", $"version {version}, size {size} before {data.Length} bytes")
            : null;
    }
}
