using System.Formats.Asn1;

namespace PrivChain.Attestation.Dice;

/// <summary>One measurement register of a DiceTcbInfo (DICE Attestation Architecture 1.1, 6.1.1).</summary>
internal sealed record IntegrityRegister(string? Name, ulong? Number, IReadOnlyList<FirmwareId> Digests)
{
    private const int MaxCount = 64;

    /// <exception cref="AsnContentException">Not a list of registers.</exception>
    public static IReadOnlyList<IntegrityRegister> ReadList(AsnReader list)
    {
        var registers = new List<IntegrityRegister>();
        while (list.HasData && registers.Count < MaxCount)
        {
            var register = list.ReadSequence();
            var name = register.HasData && register.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.IA5String)) ? register.ReadCharacterString(UniversalTagNumber.IA5String) : null;
            ulong? number = null;
            if (register.HasData && register.PeekTag() == Asn1Tag.Integer)
            {
                number = register.TryReadUInt64(out var value) ? value : throw new AsnContentException("a register's number");
            }

            var digests = FirmwareId.ReadList(register.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)));
            register.ThrowIfNotEmpty();
            registers.Add(new IntegrityRegister(name, number, digests));
        }

        list.ThrowIfNotEmpty();
        return registers;
    }
}
