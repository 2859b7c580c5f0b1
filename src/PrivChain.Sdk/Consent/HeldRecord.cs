using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Records;

namespace PrivChain.Sdk.Consent;

/// <summary>A record of the person's own, opened: anchored on the ledger, signed by its enrolled issuer, valid by its schema. Its keys are wiped on dispose.</summary>
public sealed class HeldRecord : IDisposable
{
    internal HeldRecord(SealedRecord sealedRecord, RecordKeys keys, RecordSchema schema, PartialRecord content, AccountAddress issuer, string issuerName, ulong index)
    {
        Sealed = sealedRecord;
        Keys = keys;
        Schema = schema;
        Content = content;
        Issuer = issuer;
        IssuerName = issuerName;
        Index = index;
    }

    /// <summary>Digest of the record, as its anchor names it.</summary>
    public Digest Digest => Sealed.Digest;

    /// <summary>Its schema.</summary>
    public RecordSchema Schema { get; }

    /// <summary>Value by field name; null where the record does not have the field.</summary>
    public IReadOnlyDictionary<string, JsonElement?> Values => Content.Values;

    /// <summary>Account of the issuer.</summary>
    public AccountAddress Issuer { get; }

    /// <summary>The issuer's certified or enrolled name.</summary>
    public string IssuerName { get; }

    /// <summary>When it was issued, as the issuer says.</summary>
    public DateTimeOffset IssuedAt => DateTimeOffset.FromUnixTimeSeconds(Content.Credential.IssuedAt);

    /// <summary>Where its anchor stands.</summary>
    public ulong Index { get; }

    internal SealedRecord Sealed { get; }

    internal RecordKeys Keys { get; }

    internal PartialRecord Content { get; }

    /// <summary>Wipes the keys; the values stay readable.</summary>
    public void Dispose() => Keys.Dispose();
}
