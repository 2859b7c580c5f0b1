using System.Globalization;

namespace PrivChain.App.Trails;

/// <summary>A filter and a place in what it finds as an address, so that every number of the overview leads to its entries, and the way back to where one was.</summary>
internal static class TrailLink
{
    private const string Trail = "regulator/trail";
    private const string Date = "yyyy-MM-dd";

    private static readonly DateTime _first = DateTime.UnixEpoch;
    private static readonly DateTime _last = new(9998, 12, 31);

    /// <param name="filter">Which entries.</param>
    /// <param name="skip">How many of the newest of them to leave out.</param>
    public static string To(TrailFilter filter, ulong skip = 0) => Trail + Query(filter, skip);

    /// <summary>An entry in the place where it was found: what its address has of that leads back.</summary>
    public static string Entry(ulong index, TrailFilter filter, ulong skip) => Entry(index, Query(filter, skip));

    /// <param name="index">The entry.</param>
    /// <param name="query">What the address has of the place from which one came.</param>
    public static string Entry(ulong index, string query) => string.Create(CultureInfo.InvariantCulture, $"{Trail}/{index}{query}");

    /// <summary>The place that the address of an entry still has; all entries, from the newest on, where it has none.</summary>
    public static string Back(Uri address) => Trail + address.Query;

    /// <summary>How many of the newest an address leaves out; null where it is no number.</summary>
    public static ulong? Skip(string? text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var skip) ? skip : null;

    /// <summary>Midnight, by universal time, of a day as a date input gives it; null for anything else. No entry is of a day outside the bounds, so one beyond them is as good as the bound.</summary>
    public static DateTimeOffset? Day(string? text) =>
        DateTime.TryParseExact(text, Date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(Math.Clamp(day.Ticks, _first.Ticks, _last.Ticks), TimeSpan.Zero)
            : null;

    /// <summary>What an address has of a filter and a place: empty, or from the question mark on.</summary>
    public static string Query(TrailFilter filter, ulong skip)
    {
        (string Name, string? Value)[] parts =
        [
            ("institution", filter.Institution?.ToString()),
            ("contract", filter.Contract?.ToString()),
            ("purpose", filter.Purpose),
            ("field", filter.Field),
            ("kind", filter.Kind?.ToString()),
            ("outcome", filter.Outcome?.ToString()),
            ("from", filter.From?.UtcDateTime.ToString(Date, CultureInfo.InvariantCulture)),
            ("until", filter.Before?.UtcDateTime.AddDays(-1).ToString(Date, CultureInfo.InvariantCulture)),
            ("skip", skip == 0 ? null : skip.ToString(CultureInfo.InvariantCulture)),
        ];
        var query = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return query.Length == 0 ? query : "?" + query;
    }
}
