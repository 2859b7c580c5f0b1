using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Consent;

/// <summary>Everything about a person, as far as the node handed it out.</summary>
public sealed class OwnExport
{
    internal OwnExport(ReadOnlyMemory<byte> json, Refusal? missing)
    {
        Json = json;
        Missing = missing;
    }

    /// <summary>The document: JSON, UTF-8, by <see cref="CitizenExport"/>.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Why the first thing that the ledger names and the document lacks could not be had: a record, a copy of an answer or of a consent's details, a consent's document. Null when nothing lacks.</summary>
    public Refusal? Missing { get; }
}
