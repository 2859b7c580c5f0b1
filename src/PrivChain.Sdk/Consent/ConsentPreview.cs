using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>Everything a person should know before saying yes, worked out on the person's own device.</summary>
public sealed record ConsentPreview
{
    /// <summary>The request.</summary>
    public required ReceivedRequest Request { get; init; }

    /// <summary>The contract, approved.</summary>
    public required PrivacyContract Contract { get; init; }

    /// <summary>In plain English, with examples from the own records.</summary>
    public required RenderedContract English { get; init; }

    /// <summary>In plain Chinese, with examples from the own records.</summary>
    public required RenderedContract Chinese { get; init; }

    /// <summary>What the checker finds, warnings included.</summary>
    public required IReadOnlyList<ContractFinding> Findings { get; init; }

    /// <summary>The own records that would be read, in the order of the contract.</summary>
    public required IReadOnlyList<HeldRecord> Records { get; init; }

    /// <summary>Kinds of record that the contract names and the person does not have.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>The enclaves that would get keys, with what was proved about them.</summary>
    public required IReadOnlyList<VerifiedBroker> Brokers { get; init; }

    /// <summary>Points for one use.</summary>
    public uint Price => (uint)Contract.Limits.Price;

    internal PublishedContract Published { get; init; } = null!;
}
