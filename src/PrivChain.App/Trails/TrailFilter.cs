using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;

namespace PrivChain.App.Trails;

/// <summary>Which entries to show; what is null does not matter. Purposes and fields are those of the contract that an entry belongs to.</summary>
internal sealed record TrailFilter
{
    public AccountAddress? Institution { get; init; }

    public Digest? Contract { get; init; }

    public string? Purpose { get; init; }

    /// <summary>Such as <c>identity-card.birthDate</c>.</summary>
    public string? Field { get; init; }

    public EntryKind? Kind { get; init; }

    public TrailOutcome? Outcome { get; init; }

    /// <summary>From this moment on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this moment.</summary>
    public DateTimeOffset? Before { get; init; }

    public bool Matches(TrailRow row, TrailBook book, IReadOnlyDictionary<Digest, PrivacyContract> contracts, ulong now) =>
        (Institution is null || row.Institution == Institution)
        && (Contract is null || row.Contract == Contract)
        && (Kind is null || row.Entry.Kind == Kind)
        && (From is null || row.Time >= From)
        && (Before is null || row.Time < Before)
        && (Outcome is null || book.OutcomeOf(row, now) == Outcome)
        && ((Purpose is null && Field is null) || (contracts.TryGetValue(row.Contract, out var contract)
            && (Purpose is null || contract.Purpose == Purpose)
            && (Field is null || contract.Shows.Any(field => field.Name == Field))));
}
