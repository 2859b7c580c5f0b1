using System.Formats.Asn1;

namespace PrivChain.Attestation.Certificates;

/// <summary>A name of X.501: compared by its DER bytes, shown as text.</summary>
internal sealed class DistinguishedName
{
    private static readonly Dictionary<string, string> _shortNames = new(StringComparer.Ordinal)
    {
        ["2.5.4.3"] = "CN", ["2.5.4.6"] = "C", ["2.5.4.7"] = "L", ["2.5.4.8"] = "ST", ["2.5.4.10"] = "O", ["2.5.4.11"] = "OU",
    };

    private const string DomainComponent = "0.9.2342.19200300.100.1.25";

    private readonly List<(string Oid, string Value)> _attributes = [];

    private DistinguishedName(ReadOnlyMemory<byte> der) => Der = der;

    /// <summary>The encoded Name.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>The common name, or empty.</summary>
    public string CommonName => ValueOf("2.5.4.3");

    /// <summary>The first value of an attribute, or empty.</summary>
    public string ValueOf(string oid) => _attributes.Find(attribute => attribute.Oid == oid).Value ?? string.Empty;

    public bool Is(DistinguishedName other) => Der.Span.SequenceEqual(other.Der.Span);

    /// <summary>In the order of the certificate, such as <c>CN=Intel SGX Root CA,O=Intel Corporation</c>; attributes without a short name by their object identifier.</summary>
    public override string ToString() => string.Join(',', _attributes.Select(attribute => $"{_shortNames.GetValueOrDefault(attribute.Oid, attribute.Oid)}={attribute.Value}"));

    /// <summary>The other way round, as RFC 4514 writes names, special characters escaped.</summary>
    public string ToLastFirst() =>
        string.Join(',', Enumerable.Reverse(_attributes).Select(attribute => $"{(attribute.Oid == DomainComponent ? "DC" : _shortNames.GetValueOrDefault(attribute.Oid, attribute.Oid))}={Escape(attribute.Value)}"));

    /// <exception cref="AsnContentException">Not a Name.</exception>
    public static DistinguishedName Read(AsnReader reader)
    {
        var name = new DistinguishedName(reader.PeekEncodedValue());
        var sets = reader.ReadSequence();
        while (sets.HasData)
        {
            // SetOf order is not enforced: some vendors' certificates do not keep it, and names are compared as bytes anyway.
            var set = sets.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                var oid = attribute.ReadObjectIdentifier();
                name._attributes.Add((oid, ReadText(attribute)));
                attribute.ThrowIfNotEmpty();
            }
        }

        return name;
    }

    private static string Escape(string value) =>
        string.Concat(value.Select((letter, index) =>
            ",+\"\\<>;".Contains(letter, StringComparison.Ordinal) || (index == 0 && (letter is ' ' or '#')) || (index == value.Length - 1 && letter == ' ') ? "\\" + letter : letter.ToString()));

    private static string ReadText(AsnReader reader)
    {
        var tag = reader.PeekTag();
        return tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
            or UniversalTagNumber.T61String or UniversalTagNumber.BMPString or UniversalTagNumber.NumericString or UniversalTagNumber.VisibleString
            ? reader.ReadCharacterString((UniversalTagNumber)tag.TagValue)
            : "#" + Convert.ToHexStringLower(reader.ReadEncodedValue().Span);
    }
}
