using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.Nvidia;

/// <summary>
/// A GET_MEASUREMENTS request of SPDM 1.1 and the MEASUREMENTS response to it, one after the other (DSP0274 1.1, 10.11). The signature covers both without itself; SPDM 1.1 has no prefix before them. Integers are
/// little-endian.
/// </summary>
internal sealed class SpdmReport
{
    public const int NonceSize = 32;
    public const int SignatureSize = 96;

    private const byte Version = 0x11;
    private const byte GetMeasurements = 0xE0;
    private const byte Measurements = 0x60;
    private const byte SignatureRequested = 1;
    private const byte AllMeasurements = 0xFF;
    private const byte DmtfSpecification = 1;

    // One byte behind the signature is seen on real H100; it is shown, signed by nobody and never used.
    private const int MaxTrailing = 1;

    private SpdmReport()
    {
    }

    /// <summary>The asker's nonce, from the request.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>The device's nonce.</summary>
    public required ReadOnlyMemory<byte> ResponderNonce { get; init; }

    public required IReadOnlyList<SpdmMeasurement> Blocks { get; init; }

    /// <summary>The measurement record as received.</summary>
    public required ReadOnlyMemory<byte> Record { get; init; }

    public required NvidiaOpaqueData Opaque { get; init; }

    /// <summary>Request and response without signature.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>r and s, big-endian.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    public required ReadOnlyMemory<byte> Trailing { get; init; }

    /// <summary>True when bytes begin like such a request.</summary>
    public static bool Recognises(ReadOnlySpan<byte> bytes) => bytes.Length > 40 && bytes[0] == Version && bytes[1] == GetMeasurements && bytes[37] == Version && bytes[38] == Measurements;

    /// <summary>The version, when bytes begin like a request of another one; null otherwise.</summary>
    public static string? OtherVersion(ReadOnlySpan<byte> bytes) => bytes is [not Version and >= 0x10 and < 0x20 and var version, GetMeasurements, ..] ? $"SPDM {version >> 4}.{version & 0x0F}" : null;

    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out SpdmReport? report)
    {
        report = null;
        var reader = new ByteReader(bytes.Span);

        // Request: a signature over all measurements, or the report shows a part and says nothing about the rest.
        if (reader.Byte() != Version || reader.Byte() != GetMeasurements || (reader.Byte() & SignatureRequested) == 0 || reader.Byte() != AllMeasurements)
        {
            return false;
        }

        var nonce = reader.Take(NonceSize).ToArray();
        var slot = reader.Byte();
        if (reader.Byte() != Version || reader.Byte() != Measurements)
        {
            return false;
        }

        reader.Take(1);
        var answeredSlot = reader.Byte();
        var count = reader.Byte();
        var recordLength = reader.UInt16LittleEndian() | (reader.Byte() << 16);
        var record = reader.Take(recordLength).ToArray();
        var responderNonce = reader.Take(NonceSize).ToArray();
        var opaqueBytes = reader.Take(reader.UInt16LittleEndian()).ToArray();
        var signedLength = reader.Offset;
        var signature = reader.Take(SignatureSize).ToArray();
        var trailing = reader.TakeRest().ToArray();
        if (reader.Failed || (slot & 0x0F) != (answeredSlot & 0x0F) || trailing.Length > MaxTrailing || !TryReadBlocks(record, count, out var blocks) || !NvidiaOpaqueData.TryParse(opaqueBytes, out var opaque))
        {
            return false;
        }

        report = new SpdmReport
        {
            Nonce = nonce,
            ResponderNonce = responderNonce,
            Blocks = blocks,
            Record = record,
            Opaque = opaque,
            Signed = bytes[..signedLength],
            Signature = signature,
            Trailing = trailing,
        };
        return true;
    }

    private static bool TryReadBlocks(ReadOnlySpan<byte> record, int count, out List<SpdmMeasurement> blocks)
    {
        blocks = [];
        var seen = new HashSet<byte>();
        var reader = new ByteReader(record);
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var index = reader.Byte();
            var specification = reader.Byte();
            var measurement = new ByteReader(reader.Take(reader.UInt16LittleEndian()));
            var type = measurement.Byte();
            var value = measurement.Take(measurement.UInt16LittleEndian()).ToArray();
            if (specification != DmtfSpecification || !measurement.Complete || !seen.Add(index))
            {
                return false;
            }

            blocks.Add(new SpdmMeasurement(index, type, value));
        }

        return reader.Complete && blocks.Count > 0;
    }
}
