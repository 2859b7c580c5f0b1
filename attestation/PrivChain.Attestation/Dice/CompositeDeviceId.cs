using System.Formats.Asn1;

namespace PrivChain.Attestation.Dice;

/// <summary>CompositeDeviceID of RIoT and of NVIDIA's H100: version, the DeviceID key that signed this certificate, and the digest of the firmware that the key below belongs to.</summary>
/// <param name="DeviceKey">SubjectPublicKeyInfo, DER.</param>
/// <param name="FirmwareId">Digest of the firmware.</param>
internal sealed record CompositeDeviceId(ReadOnlyMemory<byte> DeviceKey, FirmwareId FirmwareId)
{
    private const int Version = 1;

    /// <summary>True when the next value is of this form and not a DiceTcbInfo, whose members all have tags of their own.</summary>
    public static bool IsNext(AsnReader reader)
    {
        var inner = new AsnReader(reader.PeekContentBytes(), AsnEncodingRules.DER);
        return inner.HasData && inner.PeekTag() == Asn1Tag.Integer;
    }

    /// <exception cref="AsnContentException">Not a CompositeDeviceID of version 1.</exception>
    public static CompositeDeviceId Read(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        if (!sequence.TryReadInt32(out var version) || version != Version)
        {
            throw new AsnContentException("another version of CompositeDeviceID");
        }

        if (sequence.PeekTag() != Asn1Tag.Sequence)
        {
            throw new AsnContentException("a CompositeDeviceID without key");
        }

        var key = sequence.ReadEncodedValue();
        var firmware = FirmwareId.Read(sequence);
        sequence.ThrowIfNotEmpty();
        return new CompositeDeviceId(key, firmware);
    }
}
