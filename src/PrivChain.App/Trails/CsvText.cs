namespace PrivChain.App.Trails;

/// <summary>Rows as CSV (RFC 4180) that a spreadsheet reads as text: a cell that would be a formula there begins with an apostrophe.</summary>
internal static class CsvText
{
    // What spreadsheets take for the beginning of a formula, in both widths, and what they skip before they look.
    private const string Starts = "=+-@＝＋－＠\t\r\n";

    // What parts cells: a comma here, and a semicolon in spreadsheets of many countries, which would find a formula behind it.
    private const string Parting = ",;\"\t\r\n";

    public static string Of(IEnumerable<IReadOnlyList<string>> rows) => string.Concat(rows.Select(row => string.Join(',', row.Select(Cell)) + "\r\n"));

    internal static string Cell(string text)
    {
        var harmless = text.TrimStart(' ') is [var first, ..] && Starts.Contains(first) ? "'" + text : text;
        return harmless.AsSpan().ContainsAny(Parting) ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : harmless;
    }
}
