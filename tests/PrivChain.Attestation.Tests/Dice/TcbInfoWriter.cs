using System.Formats.Asn1;

namespace PrivChain.Attestation.Tests.Dice;

/// <summary>Writes a DiceTcbInfo.</summary>
internal sealed record TcbInfoWriter
{
    public long Layer { get; init; }

    public long Svn { get; init; }

    public byte[] Digest { get; init; } = [];

    public string DigestOid { get; init; } = "2.16.840.1.101.3.4.2.2";

    /// <summary>Bits, first bit first.</summary>
    public byte[] Flags { get; init; } = [0, 0, 0, 1];

    public byte[]? Type { get; init; }

    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, "Example", Tag(0));
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, "X100", Tag(1));
            writer.WriteInteger(Svn, Tag(3));
            writer.WriteInteger(Layer, Tag(4));
            if (Digest.Length > 0)
            {
                using (writer.PushSequence(Tag(6)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(DigestOid);
                    writer.WriteOctetString(Digest);
                }
            }

            if (Flags.Length > 0)
            {
                writer.WriteBitString(Flags, 0, Tag(7));
            }

            if (Type is not null)
            {
                writer.WriteOctetString(Type, Tag(9));
            }
        }

        return writer.Encode();
    }

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);
}
