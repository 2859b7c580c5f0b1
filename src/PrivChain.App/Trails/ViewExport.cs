using System.Text;
using System.Text.Json;

namespace PrivChain.App.Trails;

/// <summary>A view as a file: the same rows as CSV for spreadsheets, and as JSON for programs.</summary>
internal static class ViewExport
{
    // A spreadsheet takes a file for UTF-8 when it begins with this mark.
    private const string ByteOrderMark = "\ufeff";

    public static byte[] Csv(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) => Encoding.UTF8.GetBytes(ByteOrderMark + CsvText.Of([columns, .. rows]));

    public static byte[] Json(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (var row in rows)
            {
                writer.WriteStartObject();
                for (var i = 0; i < columns.Count; i++)
                {
                    writer.WriteString(columns[i], row[i]);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return stream.ToArray();
    }
}
