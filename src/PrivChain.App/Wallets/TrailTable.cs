using System.Globalization;
using System.Text.Json;
using PrivChain.App.Language;
using PrivChain.App.Trails;

namespace PrivChain.App.Wallets;

/// <summary>Entries as rows: on the screen, and in the files that hold the same and what a row can be checked by.</summary>
internal static class TrailTable
{
    // Names of the same in the JSON file.
    private static readonly string[] _exact = ["time", "digest", "institution", "contract", "consent", "signer", "party", "reference"];

    /// <summary>Columns of the screen: their texts are <c>trail.NAME</c>.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["index", "time", "kind", "institution", "contract", "outcome", "signer", "reference"];

    /// <summary>A cell for each of <see cref="Columns"/>.</summary>
    public static string[] Cells(SeenRow seen, RegulatorLedger ledger, Words words)
    {
        var (row, entry) = (seen.Row, seen.Row.Entry);
        return
        [
            row.Index.ToString(CultureInfo.InvariantCulture),
            words.Time(row.Time),
            TrailText.Kind(entry, words),
            TrailText.Account(row.Institution, ledger, words),
            TrailText.Contract(row.Contract, ledger, words),
            TrailText.Outcome(seen, words),
            TrailText.Account(entry.Signer, ledger, words),
            TrailText.Subject(entry, ledger, words),
        ];
    }

    /// <summary>As on the screen, and beside it what a row can be checked by.</summary>
    public static byte[] Csv(IEnumerable<SeenRow> rows, RegulatorLedger ledger, Words words) => ViewExport.Csv(
        [.. Columns.Select(column => words["trail." + column]), .. _exact],
        rows.Select(seen => (string[])
        [
            .. Cells(seen, ledger, words),
            seen.Row.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            seen.Row.Digest.ToString(),
            seen.Row.Institution.ToString(),
            seen.Row.Contract.ToString(),
            seen.Row.Consent.ToString(),
            seen.Row.Entry.Signer.ToString(),
            seen.Row.Entry.Party.ToString(),
            seen.Row.Entry.Reference.ToString(),
        ]));

    public static byte[] Json(IEnumerable<SeenRow> rows)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (var seen in rows)
            {
                var row = seen.Row;
                writer.WriteStartObject();
                writer.WriteNumber("index", row.Index);
                writer.WriteNumber("time", row.Entry.Time);
                writer.WriteString("digest", row.Digest.ToString());
                writer.WriteString("kind", row.Entry.Kind.ToString());
                writer.WriteString("role", row.Entry.Role.ToString());
                writer.WriteNumber("count", row.Entry.Count);
                writer.WriteString("institution", row.Institution.ToString());
                writer.WriteString("contract", row.Contract.ToString());
                writer.WriteString("consent", row.Consent.ToString());
                writer.WriteString("outcome", seen.Outcome.ToString());
                writer.WriteBoolean("outcomeProved", seen.Known);
                writer.WriteString("signer", row.Entry.Signer.ToString());
                writer.WriteString("party", row.Entry.Party.ToString());
                writer.WriteString("reference", row.Entry.Reference.ToString());
                writer.WriteString("entry", Convert.ToHexStringLower(row.Entry.ToArray()));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return stream.ToArray();
    }
}
