using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;

namespace PrivChain.Cli.Import;

/// <summary>
/// Reads delimited text row by row: strict UTF-8 with or without BOM, LF or CRLF, quoted cells. A ragged row, an unclosed quote, a cell above the limit or invalid
/// UTF-8 is a fault of that row, and reading goes on where it can. Memory does not grow with the file.
/// </summary>
internal static class CsvRows
{
    /// <summary>Longest cell, in characters.</summary>
    public const int MaxCell = 65_536;

    public static async IAsyncEnumerable<ImportedRow> ReadAsync(string path, ImportMapping mapping, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var file = Path.GetFileName(path);
        string? badData = null;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            HasHeaderRecord = false,
            Delimiter = mapping.Delimiter.ToString(),
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = MaxCell,
            IgnoreBlankLines = true,
            DetectColumnCountChanges = false,
            BadDataFound = arguments => badData = "a quote is out of place or not closed",
        };

        // Replacement characters would turn a broken name into another name.
        using var text = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
        using var parser = new CsvParser(text, configuration);
        Dictionary<string, int>? columns = null;
        var width = -1;
        while (true)
        {
            string? fault = null;
            var more = false;
            try
            {
                cancellation.ThrowIfCancellationRequested();
                badData = null;
                more = await parser.ReadAsync().ConfigureAwait(false);
            }
            catch (DecoderFallbackException)
            {
                fault = "not valid UTF-8; nothing after this line was read";
            }
            catch (MaxFieldSizeException)
            {
                fault = $"a cell is longer than {MaxCell} characters; nothing after this line was read";
            }

            var line = Math.Max(1, parser.RawRow);
            if (fault is not null)
            {
                yield return new ImportedRow { File = file, Line = line, Fault = fault };
                yield break;
            }

            if (!more)
            {
                yield break;
            }

            var cells = parser.Record ?? [];
            if (columns is null)
            {
                columns = Columns(cells, mapping, out var headerFault);
                width = cells.Length;
                if (headerFault is not null)
                {
                    yield return new ImportedRow { File = file, Line = line, Fault = headerFault };
                    yield break;
                }

                if (mapping.HasHeader)
                {
                    continue;
                }
            }

            if (badData is not null || cells.Length != width)
            {
                yield return new ImportedRow { File = file, Line = line, Fault = badData ?? $"{cells.Length} cells, {width} are due" };
                continue;
            }

            yield return Row(file, line, cells, columns, mapping);
        }
    }

    private static ImportedRow Row(string file, long line, string[] cells, Dictionary<string, int> columns, ImportMapping mapping)
    {
        var claims = new JsonObject();
        foreach (var mapped in mapping.Fields)
        {
            var text = cells[columns[mapped.Column]];
            if (text.Length > 0 && !mapping.Missing.Contains(text) && mapping.Schema.TryField(mapped.Field, out var field))
            {
                claims[mapped.Field] = FieldText.ToJson(field, text);
            }
        }

        return new ImportedRow { File = file, Line = line, Claims = claims, Holder = mapping.Holder is null ? null : cells[columns[mapping.Holder]] };
    }

    private static Dictionary<string, int> Columns(string[] first, ImportMapping mapping, out string? fault)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        fault = null;
        for (var i = 0; i < first.Length; i++)
        {
            var name = mapping.HasHeader ? first[i] : (i + 1).ToString(CultureInfo.InvariantCulture);
            if (!columns.TryAdd(name, i))
            {
                fault = $"the header names column {i + 1} a second time";
            }
        }

        foreach (var wanted in mapping.Fields.Select(field => field.Column).Concat(mapping.Holder is null ? [] : [mapping.Holder]))
        {
            if (!columns.ContainsKey(wanted))
            {
                fault = $"the mapping names a column that is not there: {wanted}";
            }
        }

        return columns;
    }
}
