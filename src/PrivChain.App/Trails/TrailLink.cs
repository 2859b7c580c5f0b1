using System.Globalization;

namespace PrivChain.App.Trails;

/// <summary>A filter as an address, so that every number of the overview leads to its entries.</summary>
internal static class TrailLink
{
    private const string Date = "yyyy-MM-dd";

    private static readonly DateTime _first = DateTime.UnixEpoch;
    private static readonly DateTime _last = new(9998, 12, 31);

    public static string To(TrailFilter filter)
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
        ];
        var query = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return query.Length == 0 ? "regulator/trail" : "regulator/trail?" + query;
    }

    /// <summary>Midnight, by universal time, of a day as a date input gives it; null for anything else. No entry is of a day outside the bounds, so one beyond them is as good as the bound.</summary>
    public static DateTimeOffset? Day(string? text) =>
        DateTime.TryParseExact(text, Date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(Math.Clamp(day.Ticks, _first.Ticks, _last.Ticks), TimeSpan.Zero)
            : null;
}
