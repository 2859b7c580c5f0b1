using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Query;

/// <summary>A consent that stands on the ledger, with the details behind its hash: the institution's right to ask.</summary>
public sealed class GivenConsent
{
    internal GivenConsent(ProvenEntry entry, ConsentDetails details, PrivacyContract contract, IReadOnlyList<RecordSchema> selfAsserted)
    {
        SelfAsserted = selfAsserted;
        Entry = entry;
        Details = details;
        Contract = contract;
    }

    /// <summary>Digest of the consent: keep it, and get this object back from <see cref="InstitutionClient.GetConsentAsync"/>.</summary>
    public Digest Digest => Entry.Digest;

    /// <summary>The consent's entry, proved.</summary>
    public ProvenEntry Entry { get; }

    /// <summary>What only the parties read.</summary>
    public ConsentDetails Details { get; }

    /// <summary>The contract consented to.</summary>
    public PrivacyContract Contract { get; }

    /// <summary>Those of the contract's records that here are the person's own statement, by the ledger: nobody vouches for what is answered from them.</summary>
    public IReadOnlyList<RecordSchema> SelfAsserted { get; }

    /// <summary>Uses granted.</summary>
    public uint Uses => Entry.Entry.Count;

    /// <summary>Until when, inclusive; what is after the last date that there is, is that date.</summary>
    public DateTimeOffset ValidUntil => UnixTime.Date(Entry.Entry.NotAfter);
}
