using System.Formats.Asn1;

namespace PrivChain.Attestation.Dice;

/// <summary>DiceTcbInfo (DICE Attestation Architecture 1.1, 6.1.1): what one layer measured about the next. Every member is optional.</summary>
internal sealed record TcbInfo
{
    private const int MaxCount = 32;
    private const int MaxText = 256;

    public string? Vendor { get; private init; }

    public string? Model { get; private init; }

    public string? Version { get; private init; }

    /// <summary>Security version number.</summary>
    public ulong? Svn { get; private init; }

    public ulong? Layer { get; private init; }

    public ulong? Index { get; private init; }

    public IReadOnlyList<FirmwareId> FirmwareIds { get; private init; } = [];

    public OperationalFlags? Flags { get; private init; }

    public ReadOnlyMemory<byte>? VendorInfo { get; private init; }

    public ReadOnlyMemory<byte>? Type { get; private init; }

    public OperationalFlags? FlagsMask { get; private init; }

    public IReadOnlyList<IntegrityRegister> Registers { get; private init; } = [];

    /// <exception cref="AsnContentException">Not a DiceTcbInfo.</exception>
    public static TcbInfo Read(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var info = new TcbInfo
        {
            Vendor = Text(sequence, 0),
            Model = Text(sequence, 1),
            Version = Text(sequence, 2),
            Svn = Number(sequence, 3),
            Layer = Number(sequence, 4),
            Index = Number(sequence, 5),
            FirmwareIds = Next(sequence, 6) is { } ids ? FirmwareId.ReadList(sequence.ReadSequence(ids)) : [],
            Flags = Next(sequence, 7) is { } flags ? OperationalFlags.Read(sequence, flags) : null,
            VendorInfo = Octets(sequence, 8),
            Type = Octets(sequence, 9),
            FlagsMask = Next(sequence, 10) is { } mask ? OperationalFlags.Read(sequence, mask) : null,
            Registers = Next(sequence, 11) is { } registers ? IntegrityRegister.ReadList(sequence.ReadSequence(registers)) : [],
        };

        // Members are in the order of their tags: anything else left over is a structure that nobody here has read.
        sequence.ThrowIfNotEmpty();
        return info;
    }

    /// <summary>DiceTcbInfoSeq of MultiTcbInfo.</summary>
    /// <exception cref="AsnContentException">Not a list of at least one.</exception>
    public static IReadOnlyList<TcbInfo> ReadList(AsnReader reader)
    {
        var list = reader.ReadSequence();
        var infos = new List<TcbInfo>();
        while (list.HasData && infos.Count < MaxCount)
        {
            infos.Add(Read(list));
        }

        list.ThrowIfNotEmpty();
        return infos.Count > 0 ? infos : throw new AsnContentException("an empty MultiTcbInfo");
    }

    private static Asn1Tag? Next(AsnReader sequence, int number) =>
        sequence.HasData && sequence.PeekTag() is { TagClass: TagClass.ContextSpecific } tag && tag.TagValue == number ? tag : null;

    private static string? Text(AsnReader sequence, int number)
    {
        if (Next(sequence, number) is not { } tag)
        {
            return null;
        }

        var text = sequence.ReadCharacterString(UniversalTagNumber.UTF8String, tag);
        return text.Length <= MaxText ? text : throw new AsnContentException("a text of more than a line");
    }

    private static ulong? Number(AsnReader sequence, int number) =>
        Next(sequence, number) is not { } tag ? null : sequence.TryReadUInt64(out var value, tag) ? value : throw new AsnContentException("a number below zero or above 64 bits");

    private static ReadOnlyMemory<byte>? Octets(AsnReader sequence, int number) => Next(sequence, number) is { } tag ? sequence.ReadOctetString(tag) : (ReadOnlyMemory<byte>?)null;
}
