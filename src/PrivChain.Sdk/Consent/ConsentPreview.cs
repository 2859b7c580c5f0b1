using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>
/// Everything to read before signing, gathered and verified on the person's own device. <see cref="CitizenClient.ConsentAsync"/> takes this object, so nobody consents to what was not previewed.
/// Holds the records' keys: dispose it.
/// </summary>
public sealed class ConsentPreview : IDisposable
{
    internal ConsentPreview()
    {
    }

    /// <summary>The request.</summary>
    public required ReceivedRequest Request { get; init; }

    /// <summary>Who asks: enrolled, and certified where the ledger names authorities.</summary>
    public required VerifiedOrganisation Institution { get; init; }

    /// <summary>The contract, approved now.</summary>
    public required PrivacyContract Contract { get; init; }

    /// <summary>The contract in words: who, why, what will be seen with what it comes to today from the own records, what will not, limits, enclaves.</summary>
    public required RenderedContract Rendering { get; init; }

    /// <summary>What the institution would get today, all optional fields granted; null when a record it needs is missing.</summary>
    public required AnswerDocument? WouldSee { get; init; }

    /// <summary>Names of the fields that may be left out.</summary>
    public required IReadOnlyList<string> OptionalFields { get; init; }

    /// <summary>Records that the contract reads and that no answer can be computed from; with a field that is not optional among them, there can be no consent. The person has none, unless <see cref="UncountedRecords"/> or <see cref="UnreadableRecords"/> name the kind.</summary>
    public required IReadOnlyList<string> MissingRecords { get; init; }

    /// <summary>Of the missing, those that the person does have and that do not count under this contract, by schema id: where their issuer stands, or that the person states them.</summary>
    public required IReadOnlyDictionary<string, IssuerStanding> UncountedRecords { get; init; }

    /// <summary>Of the missing, those where a record of the person's that cannot be read may be the one that counts, by schema id.</summary>
    public required IReadOnlyDictionary<string, UnreadableRecord> UnreadableRecords { get; init; }

    /// <summary>What the checker says of the contract.</summary>
    public required IReadOnlyList<ContractFinding> Findings { get; init; }

    /// <summary>The key brokers, their evidence appraised just now.</summary>
    public required IReadOnlyList<VerifiedBroker> Brokers { get; init; }

    // Unix seconds.
    internal ulong AppraisedAt { get; init; }

    /// <summary>True when no hardware vouches for one of the brokers: say so before anything is signed.</summary>
    public bool IsSimulated => Brokers.Any(broker => broker.Enclave.IsSimulated);

    /// <summary>The records that would be used, by schema id.</summary>
    public required IReadOnlyDictionary<string, HeldRecord> Records { get; init; }

    /// <summary>Most uses that can be granted: the fewer of request and contract.</summary>
    public required uint MaxUses { get; init; }

    /// <summary>Longest validity that can be granted: the shorter of request and contract.</summary>
    public required TimeSpan MaxValidity { get; init; }

    /// <summary>Why one cannot consent as things stand; empty when one can.</summary>
    public required IReadOnlyList<Refusal> Obstacles { get; init; }

    /// <summary>The title in the language of the rendering.</summary>
    public required string Title { get; init; }

    /// <summary>Wipes the records' keys.</summary>
    public void Dispose()
    {
        foreach (var record in Records.Values)
        {
            record.Dispose();
        }
    }
}
