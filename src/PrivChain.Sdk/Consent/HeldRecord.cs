using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Records;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>A record of the person's own, opened: anchored on the ledger, signed by an issuer that was enrolled when it was anchored, valid by its schema. Its keys are wiped on dispose.</summary>
public sealed class HeldRecord : IDisposable
{
    internal HeldRecord(SealedRecord sealedRecord, RecordKeys keys, RecordSchema schema, PartialRecord content, FormerOrganisation issuer, ulong index)
    {
        Sealed = sealedRecord;
        Keys = keys;
        Schema = schema;
        Content = content;
        Issuer = issuer.Profile.Account;
        IssuerName = issuer.Name;
        Standing = issuer switch
        {
            { Enrolment.ExpelledAt: not null } => IssuerStanding.Expelled,
            { Holds: false } => IssuerStanding.Ended,
            { Certificate.Accepted: false } => IssuerStanding.CertificateRefused,
            _ => IssuerStanding.Enrolled,
        };
        IssuerExpelledAt = issuer.Enrolment.ExpelledAt;
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

    /// <summary>Whether the issuer's key that signed it is vouched for now.</summary>
    public IssuerStanding Standing { get; }

    /// <summary>Index of the ledger entry that expelled the issuer; null unless <see cref="Standing"/> says so.</summary>
    public ulong? IssuerExpelledAt { get; }

    /// <summary>What a person must know before relying on it, in words; null when there is nothing.</summary>
    public string? Caveat => Standing switch
    {
        IssuerStanding.Enrolled => null,
        IssuerStanding.Expelled => $"issuer expelled since entry {IssuerExpelledAt}: yours to keep, but no answer is given from it",
        IssuerStanding.Ended => "the issuer's enrolment is over: yours to keep, but no answer is given from it",
        _ => "the issuer's certificate is refused: yours to keep, but do not rely on it",
    };

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
