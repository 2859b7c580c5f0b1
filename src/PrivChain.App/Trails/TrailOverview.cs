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
        var byConsent = uses.ToLookup(use => use.Consent);
        Revocations = [.. book.Rows.Where(row => row.Entry.Kind == EntryKind.Revoke).Select(row => Seen(row, book, byConsent[row.Consent])).Reverse()];
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

    private static RevocationSeen Seen(TrailRow revocation, TrailBook book, IEnumerable<TrailRow> uses)
    {
        var after = uses.Where(use => use.Index > revocation.Index).ToList();
        var underWay = uses.Where(use => use.Index < revocation.Index).Select(use => book.Delivery(use.Use)).OfType<TrailRow>().Where(delivery => delivery.Index > revocation.Index).OrderBy(delivery => delivery.Index).ToList();
        var grant = book.Grant(revocation.Consent)!;
        return new RevocationSeen(revocation, grant, revocation.Time - grant.Time, after.Count, Last(after), underWay.Count, Last(underWay));

        TimeSpan? Last(List<TrailRow> rows) => rows.Count == 0 ? null : rows[^1].Time - revocation.Time;
    }

    internal sealed record DayOfUses(AccountAddress Institution, DateTimeOffset Day, ulong Queries);

    internal sealed record FieldOfUses(string Name, ulong Queries);

    /// <summary>A revocation: the consent it ended and how long that had stood; uses recorded after it (the rules admit none), and answers that were under way and delivered after it, each with the time to the last of them.</summary>
    internal sealed record RevocationSeen(TrailRow Row, TrailRow Grant, TimeSpan Stood, int UsesAfter, TimeSpan? LastUse, int DeliveriesAfter, TimeSpan? LastDelivery);
}
