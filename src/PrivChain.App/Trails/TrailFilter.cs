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

    /// <summary>The same in the ledger's terms, which has no purposes and fields: by the contracts that have them.</summary>
    public TrailQuery Over(IReadOnlyDictionary<Digest, PrivacyContract> contracts) => new()
    {
        Institution = Institution,
        Contracts = Purpose is null && Field is null
            ? Contract is { } contract ? new HashSet<Digest> { contract } : null
            : contracts
                .Where(item => (Contract is null || item.Key == Contract) && (Purpose is null || item.Value.Purpose == Purpose) && (Field is null || item.Value.Shows.Any(field => field.Name == Field)))
                .Select(item => item.Key).ToHashSet(),
        Kind = Kind,
        Outcome = Outcome,
        From = From is { } from ? UnixTime.Milliseconds(from) : null,
        Before = Before is { } before ? Math.Max(1, UnixTime.Milliseconds(before)) : null,
    };
}
