using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>A record of the person's own, opened: anchored on the ledger, signed by an issuer that was enrolled when it was anchored or by the person, valid by its schema. Its keys are wiped on dispose.</summary>
public sealed class HeldRecord : IDisposable
{
    /// <param name="sealedRecord">The ciphertext.</param>
    /// <param name="keys">Its keys, which this owns from now on.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="issuer">Who vouches for it; null when nobody does but its holder.</param>
    /// <param name="index">Where its anchor stands.</param>
    internal HeldRecord(SealedRecord sealedRecord, RecordKeys keys, RecordSchema schema, PartialRecord content, FormerOrganisation? issuer, ulong index)
    {
        Sealed = sealedRecord;
        Keys = keys;
        Schema = schema;
        Content = content;
        Issuer = issuer?.Profile.Account ?? sealedRecord.Holder;
        IssuerName = issuer?.Name ?? string.Empty;
        Standing = issuer switch
        {
            null => IssuerStanding.SelfAsserted,
            { Enrolment.ExpelledAt: not null } => IssuerStanding.Expelled,
            { Holds: false } => IssuerStanding.Ended,
            { Certificate.Accepted: false } => IssuerStanding.CertificateRefused,
            _ => IssuerStanding.Enrolled,
        };
        IssuerCertificate = issuer is { Certificate.Accepted: true } && issuer.Certificate.Value.Length > 0 ? OrganisationCertificate.OfVerified(issuer.Profile) : null;
        IssuerExpelledAt = issuer?.Enrolment.ExpelledAt;
        Index = index;
    }

    /// <summary>Digest of the record, as its anchor names it.</summary>
    public Digest Digest => Sealed.Digest;

    /// <summary>Its schema.</summary>
    public RecordSchema Schema { get; }

    /// <summary>Value by field name; null where the record does not have the field.</summary>
    public IReadOnlyDictionary<string, JsonElement?> Values => Content.Values;

    /// <summary>Account of the issuer; the person's own of what they state themselves.</summary>
    public AccountAddress Issuer { get; }

    /// <summary>The issuer's certified or enrolled name; empty of what the person states.</summary>
    public string IssuerName { get; }

    /// <summary>Whether the issuer's key that signed it is vouched for now.</summary>
    public IssuerStanding Standing { get; }

    /// <summary>The issuer's certificate, verified for the day of its enrolment; null where the ledger names no authorities, where it is refused, and of what the person states.</summary>
    public OrganisationCertificate? IssuerCertificate { get; }

    /// <summary>Index of the ledger entry that expelled the issuer; null unless <see cref="Standing"/> says so.</summary>
    public ulong? IssuerExpelledAt { get; }

    /// <summary>What a person must know before relying on it, in words; null when there is nothing.</summary>
    public string? Caveat => Standing switch
    {
        IssuerStanding.Enrolled => null,
        IssuerStanding.SelfAsserted => "your own statement: nobody vouches for it, and an answer is given from it only where a contract asks for no more",
        IssuerStanding.Expelled => $"issuer expelled since entry {IssuerExpelledAt}: yours to keep, but no answer is given from it",
        IssuerStanding.Ended => "the issuer's enrolment is over: yours to keep, but no answer is given from it",
        _ => "the issuer's certificate is refused: yours to keep, but do not rely on it",
    };

    /// <summary>When it was issued, as the issuer says; a number that is no date is the nearest one that is.</summary>
    public DateTimeOffset IssuedAt => UnixTime.Date(Content.Credential.IssuedAt);

    /// <summary>Where its anchor stands.</summary>
    public ulong Index { get; }

    /// <summary>True when an answer under this contract may be computed from it today.</summary>
    internal bool CountsFor(PrivacyContract contract) =>
        Standing == IssuerStanding.Enrolled || (Standing == IssuerStanding.SelfAsserted && contract.AcceptsSelfAsserted(Schema));

    internal SealedRecord Sealed { get; }

    internal RecordKeys Keys { get; }

    internal PartialRecord Content { get; }

    /// <summary>Wipes the keys; the values stay readable.</summary>
    public void Dispose() => Keys.Dispose();
}
