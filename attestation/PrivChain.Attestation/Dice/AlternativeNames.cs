using System.Formats.Asn1;

namespace PrivChain.Attestation.Dice;

/// <summary>Subject alternative names as devices use them: the SPDM device name, and RIoT's CompositeDeviceID in an otherName whose value lacks the tag that RFC 5280 asks for.</summary>
/// <param name="DeviceName"><c>vendor:product:serial</c>, or null.</param>
/// <param name="Composite">RIoT's structure, or null.</param>
/// <param name="ReadWhole">True when there was no name beside these two: only then may the extension be critical.</param>
internal sealed record AlternativeNames(string? DeviceName, CompositeDeviceId? Composite, bool ReadWhole)
{
    private static readonly Asn1Tag _tag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <exception cref="AsnContentException">Not GeneralNames.</exception>
    public static AlternativeNames Read(ReadOnlyMemory<byte> extension)
    {
        var outer = new AsnReader(extension, AsnEncodingRules.DER);
        var names = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var read = new AlternativeNames(null, null, ReadWhole: names.HasData);
        while (names.HasData)
        {
            if (names.PeekTag() != _tag)
            {
                _ = names.ReadEncodedValue();
                read = read with { ReadWhole = false };
                continue;
            }

            var other = names.ReadSequence(_tag);
            var oid = other.ReadObjectIdentifier();
            var value = other.PeekTag() == _tag ? other.ReadSequence(_tag) : other;
            switch (oid)
            {
                case DiceOids.SpdmDeviceName when read.DeviceName is null:
                    read = read with { DeviceName = value.ReadCharacterString(UniversalTagNumber.UTF8String) };
                    break;
                case DiceOids.TcbInfo when read.Composite is null:
                    read = read with { Composite = CompositeDeviceId.Read(value) };
                    break;
                default:
                    _ = value.ReadEncodedValue();
                    read = read with { ReadWhole = false };
                    break;
            }

            value.ThrowIfNotEmpty();
            other.ThrowIfNotEmpty();
        }

        return read;
    }
}
