using System.Formats.Asn1;

namespace PrivChain.Attestation.Dice;

/// <summary>The extension of a CDI certificate in the Open Profile for DICE: the inputs that the layer's secret was derived from, each in an explicit tag.</summary>
internal sealed record OpenDiceInput
{
    private const int MaxOctets = 8 * 1024;

    public ReadOnlyMemory<byte>? CodeHash { get; private init; }

    public ReadOnlyMemory<byte>? CodeDescriptor { get; private init; }

    public ReadOnlyMemory<byte>? ConfigurationHash { get; private init; }

    public ReadOnlyMemory<byte>? ConfigurationDescriptor { get; private init; }

    public ReadOnlyMemory<byte>? AuthorityHash { get; private init; }

    public ReadOnlyMemory<byte>? AuthorityDescriptor { get; private init; }

    public OpenDiceMode Mode { get; private init; }

    public string? ProfileName { get; private init; }

    /// <exception cref="AsnContentException">Not this extension.</exception>
    public static OpenDiceInput Read(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var input = new OpenDiceInput
        {
            CodeHash = Octets(sequence, 0),
            CodeDescriptor = Octets(sequence, 1),
            ConfigurationHash = Octets(sequence, 2),
            ConfigurationDescriptor = Octets(sequence, 3),
            AuthorityHash = Octets(sequence, 4),
            AuthorityDescriptor = Octets(sequence, 5),
            Mode = ReadMode(Inner(sequence, 6)),
            ProfileName = ReadName(Inner(sequence, 7)),
        };
        sequence.ThrowIfNotEmpty();
        return input;
    }

    private static AsnReader? Inner(AsnReader sequence, int number)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true);
        return sequence.HasData && sequence.PeekTag() == tag ? sequence.ReadSequence(tag) : null;
    }

    private static ReadOnlyMemory<byte>? Octets(AsnReader sequence, int number)
    {
        if (Inner(sequence, number) is not { } inner)
        {
            return null;
        }

        var octets = inner.ReadOctetString();
        inner.ThrowIfNotEmpty();
        return octets.Length <= MaxOctets ? octets : throw new AsnContentException("an input that is too long");
    }

    // The profile: values that are not defined are treated as not configured, and so is silence.
    private static OpenDiceMode ReadMode(AsnReader? inner)
    {
        if (inner is null)
        {
            return OpenDiceMode.NotConfigured;
        }

        var bytes = inner.ReadEnumeratedBytes();
        inner.ThrowIfNotEmpty();
        return bytes.Span is [var value] && value <= (byte)OpenDiceMode.Recovery ? (OpenDiceMode)value : OpenDiceMode.NotConfigured;
    }

    private static string? ReadName(AsnReader? inner)
    {
        if (inner is null)
        {
            return null;
        }

        var name = inner.ReadCharacterString(UniversalTagNumber.UTF8String);
        inner.ThrowIfNotEmpty();
        return name;
    }
}
