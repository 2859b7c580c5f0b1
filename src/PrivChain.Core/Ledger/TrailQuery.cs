using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>Which entries of a ledger are wanted; what is null does not matter.</summary>
public sealed record TrailQuery
{
    /// <summary>Entries about contracts of this institution, or about its own enrolment.</summary>
    public AccountAddress? Institution { get; init; }

    /// <summary>Entries about one of these contracts.</summary>
    public IReadOnlySet<Digest>? Contracts { get; init; }

    /// <summary>Entries that refer to the one at this index: uses and the revocation of a consent, the delivery of a use, consents to a publication.</summary>
    public ulong? About { get; init; }

    /// <summary>Entries of this kind.</summary>
    public EntryKind? Kind { get; init; }

    /// <summary>Entries of which this became.</summary>
    public TrailOutcome? Outcome { get; init; }

    /// <summary>Unix milliseconds from which on.</summary>
    public ulong? From { get; init; }

    /// <summary>Unix milliseconds before which.</summary>
    public ulong? Before { get; init; }

    /// <summary>True when it asks for every entry: then an answer that leaves one out shows it by its places.</summary>
    public bool IsEverything => this == new TrailQuery();
}
