using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Trails;

/// <summary>Numbers over the trail. Only what the ledger says: what was refused before anything was recorded is not there to be counted.</summary>
internal sealed class TrailOverview
{
    public TrailOverview(TrailBook book, IReadOnlyDictionary<Digest, PrivacyContract> contracts)
    {
        var uses = book.Rows.Where(row => row.Entry.Kind == EntryKind.Use).ToList();
        Queries = uses.Aggregate(0UL, (sum, use) => sum + use.Entry.Count);
        Undelivered = (ulong)uses.Count(use => book.Delivery(use.Use) is null);
        ByDay = [.. uses
            .GroupBy(use => (use.Institution, Day: new DateTimeOffset(use.Time.UtcDateTime.Date, TimeSpan.Zero)))
            .Select(group => new DayOfUses(group.Key.Institution, group.Key.Day, group.Aggregate(0UL, (sum, use) => sum + use.Entry.Count)))
            .OrderByDescending(day => day.Day).ThenByDescending(day => day.Queries).ThenBy(day => day.Institution.ToString(), StringComparer.Ordinal)];
        Fields = [.. uses
            .Where(use => contracts.ContainsKey(use.Contract))
            .SelectMany(use => contracts[use.Contract].Shows.Select(field => (field.Name, use.Entry.Count)))
            .GroupBy(item => item.Name, StringComparer.Ordinal)
            .Select(group => new FieldOfUses(group.Key, group.Aggregate(0UL, (sum, item) => sum + item.Count)))
            .OrderByDescending(field => field.Queries).ThenBy(field => field.Name, StringComparer.Ordinal)];
        Revocations = [.. book.Rows
            .Where(row => row.Entry.Kind == EntryKind.Revoke)
            .Select(revocation => new RevocationSeen(
                revocation, revocation.Time - book.Grant(revocation.Consent)!.Time,
                uses.Where(use => use.Consent == revocation.Consent).Count(use => use.Index > revocation.Index),
                uses.Where(use => use.Consent == revocation.Consent).Count(use => use.Index < revocation.Index && book.Delivery(use.Use) is { } delivery && delivery.Index > revocation.Index)))
            .Reverse()];
    }

    /// <summary>Queries recorded.</summary>
    public ulong Queries { get; }

    /// <summary>Uses that no delivery followed.</summary>
    public ulong Undelivered { get; }

    /// <summary>Queries by institution and day of universal time, newest first.</summary>
    public IReadOnlyList<DayOfUses> ByDay { get; }

    /// <summary>Queries under contracts that show a field, most first. Which of its contract's fields a query asked for is sealed, and not on the ledger.</summary>
    public IReadOnlyList<FieldOfUses> Fields { get; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RevocationSeen> Revocations { get; }

    internal sealed record DayOfUses(AccountAddress Institution, DateTimeOffset Day, ulong Queries);

    internal sealed record FieldOfUses(string Name, ulong Queries);

    /// <summary>A revocation: how long the consent had stood, uses recorded after it (the rules admit none), and answers that were under way and delivered after it.</summary>
    internal sealed record RevocationSeen(TrailRow Row, TimeSpan Stood, int UsesAfter, int DeliveriesAfter);
}
