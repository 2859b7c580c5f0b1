using System.Text.Json;

namespace PrivChain.Core.Records;

/// <summary>Those fields of a record that were opened, each as its issuer signed it and as its schema demands.</summary>
public sealed class PartialRecord
{
    internal PartialRecord(RecordCredential credential, IReadOnlyDictionary<string, JsonElement?> values, IReadOnlyList<Disclosure> disclosures) =>
        (Credential, Values, Disclosures) = (credential, values, disclosures);

    /// <summary>The issuer's verified token.</summary>
    public RecordCredential Credential { get; }

    /// <summary>Value by field name; null where the record does not have the field. A field that was not opened is not in it.</summary>
    public IReadOnlyDictionary<string, JsonElement?> Values { get; }

    /// <summary>The disclosures behind the values, in schema order, for an SD-JWT presentation.</summary>
    public IReadOnlyList<Disclosure> Disclosures { get; }
}
