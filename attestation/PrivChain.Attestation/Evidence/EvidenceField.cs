using System.Text.Json.Nodes;

namespace PrivChain.Attestation.Evidence;

/// <summary>One decoded field, for people and for comparing with other parsers. It is what the bytes say, verified or not.</summary>
/// <param name="Name">The specification's name in lower case with underscores, such as <c>mrenclave</c> or <c>report_data</c>; unique in its evidence.</param>
/// <param name="Value">Bytes as lower-case hex, times as <c>yyyy-MM-ddTHH:mm:ssZ</c>, numbers and flags as such.</param>
/// <param name="Meaning">What it is, in a few words.</param>
public sealed record EvidenceField(string Name, JsonNode? Value, string Meaning)
{
    internal static EvidenceField Hex(string name, ReadOnlySpan<byte> value, string meaning) => new(name, Convert.ToHexStringLower(value), meaning);

    internal static EvidenceField Time(string name, DateTimeOffset value, string meaning) =>
        new(name, value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture), meaning);
}
