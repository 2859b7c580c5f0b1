using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Records;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>A record of one's own, opened and verified: every field is what its issuer signed.</summary>
public sealed class HeldRecord
{
    internal HeldRecord(SealedRecord record, RecordSchema schema, VerifiedOrganisation issuer, ulong index, PartialRecord opened)
    {
        Sealed = record;
        Schema = schema;
        Issuer = issuer;
        Index = index;
        IssuedAt = DateTimeOffset.FromUnixTimeSeconds(opened.Credential.IssuedAt);
        Values = opened.Values.Where(value => value.Value is not null).ToDictionary(value => value.Key, value => value.Value!.Value);
    }

    /// <summary>Digest of the sealed record.</summary>
    public Digest Digest => Sealed.Digest;

    /// <summary>Its schema.</summary>
    public RecordSchema Schema { get; }

    /// <summary>Who signed it.</summary>
    public VerifiedOrganisation Issuer { get; }

    /// <summary>Index of its anchor.</summary>
    public ulong Index { get; }

    /// <summary>When it was issued, as the issuer says.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>Values of the fields that are there.</summary>
    public IReadOnlyDictionary<string, JsonElement> Values { get; }

    internal SealedRecord Sealed { get; }
}
