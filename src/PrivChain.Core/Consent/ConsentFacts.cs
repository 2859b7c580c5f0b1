using System.Collections.Immutable;
using PrivChain.Core.Contracts;

namespace PrivChain.Core.Consent;

/// <summary>Everything that PrivChain knows of one consent, independent of the format in which it is exported.</summary>
public sealed record ConsentFacts
{
    /// <summary>The consent's digest on the ledger.</summary>
    public required string RecordId { get; init; }

    /// <summary>The citizen's account for this institution; never a name.</summary>
    public required string Principal { get; init; }

    /// <summary>The institution.</summary>
    public required ConsentParty Controller { get; init; }

    /// <summary>The brokers that may release keys, and how many must agree, such as <c>1 of 1</c>.</summary>
    public required string ConsentManager { get; init; }

    /// <summary>Where the data come from: the issuers' ids.</summary>
    public required ImmutableArray<string> Sources { get; init; }

    /// <summary>The contract's id and version.</summary>
    public required string Contract { get; init; }

    /// <summary>Digest of the contract, which is the notice that was shown.</summary>
    public required string NoticeDigest { get; init; }

    /// <summary>Language in which it was shown: <c>en</c> or <c>zh</c>.</summary>
    public required string NoticeLanguage { get; init; }

    /// <summary>DPV term of the purpose.</summary>
    public required string Purpose { get; init; }

    /// <summary>The purpose in the controller's words.</summary>
    public required string PurposeText { get; init; }

    /// <summary>The data items.</summary>
    public required ImmutableArray<ConsentItem> Items { get; init; }

    /// <summary>Days, uses, retention, price.</summary>
    public required ContractLimits Limits { get; init; }

    /// <summary>Where answers are stored, such as <c>loc:CN</c>.</summary>
    public required ImmutableArray<string> StorageLocations { get; init; }

    /// <summary>Who else gets the answers; empty for nobody.</summary>
    public required ImmutableArray<ConsentParty> Recipients { get; init; }

    /// <summary>DPV term of the legal basis.</summary>
    public required string LegalBasis { get; init; }

    /// <summary>Such as <c>loc:CN</c>.</summary>
    public required string Jurisdiction { get; init; }

    /// <summary>How to withdraw, in words or as a URL.</summary>
    public required string WithdrawalMethod { get; init; }

    /// <summary>From when, UTC, whole seconds.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>Until when, UTC, whole seconds.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary>Changes of state, oldest first; at least one.</summary>
    public required ImmutableArray<ConsentEvent> Events { get; init; }

    /// <summary>The consent that this one replaces, or null.</summary>
    public string? Supersedes { get; init; }

    /// <summary>Origin line of the ledger's checkpoints.</summary>
    public required string LedgerOrigin { get; init; }

    /// <summary>Index of the grant's entry.</summary>
    public required long LedgerIndex { get; init; }

    /// <summary>The state after the last event.</summary>
    public ConsentState State => Events[^1].State;
}
