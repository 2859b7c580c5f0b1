using System.Globalization;
using System.Text.Json;

namespace PrivChain.Core.Contracts;

/// <summary>Dates in records and contracts: <c>yyyy-MM-dd</c> in ASCII digits and nothing else.</summary>
internal static class CalendarDate
{
    private const string Format = "yyyy-MM-dd";

    public static bool TryRead(JsonElement element, out DateOnly date)
    {
        date = default;
        return element.ValueKind == JsonValueKind.String && TryParse(element.GetString(), out date);
    }

    public static bool TryParse(string? text, out DateOnly date) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    public static string Text(DateOnly date) => date.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>
    /// Full years between two days. Whoever was born on 29 February gets a year older on 1 March in common years: the later of the
    /// two customs, so nobody is called old enough a day early.
    /// </summary>
    public static int FullYears(DateOnly birth, DateOnly today)
    {
        var years = today.Year - birth.Year;
        return (today.Month, today.Day).CompareTo((birth.Month, birth.Day)) < 0 ? years - 1 : years;
    }
}
