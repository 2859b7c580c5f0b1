using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Json;

namespace PrivChain.Cli.Import;

/// <summary>
/// Reads JSON records: one object a line (NDJSON), or one array of objects. Each is read strictly: a duplicate member, a lone surrogate or a broken
/// line is a fault of that row and the next is read.
/// </summary>
internal static class JsonRows
{
    /// <summary>Largest array file, in bytes; NDJSON has no limit, since it is read line by line.</summary>
    public const int MaxArray = 16 * 1024 * 1024;

    public static async IAsyncEnumerable<ImportedRow> ReadAsync(string path, ImportMapping mapping, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var file = Path.GetFileName(path);
        if (await BeginsWithArrayAsync(path, cancellation).ConfigureAwait(false))
        {
            foreach (var row in await ReadArrayAsync(path, file, mapping, cancellation).ConfigureAwait(false))
            {
                yield return row;
            }

            yield break;
        }

        var line = 0L;
        await foreach (var text in Lines.ReadAsync(path, cancellation).ConfigureAwait(false))
        {
            line++;
            if (text is null)
            {
                yield return new ImportedRow { File = file, Line = line, Fault = $"longer than {Lines.MaxLength} bytes" };
            }
            else if (text.Length > 0)
            {
                yield return Row(file, line, StrictJson.ParseObject(text), mapping);
            }
        }
    }

    private static async Task<List<ImportedRow>> ReadArrayAsync(string path, string file, ImportMapping mapping, CancellationToken cancellation)
    {
        if (new FileInfo(path).Length > MaxArray)
        {
            return [new ImportedRow { File = file, Line = 1, Fault = $"an array is at most {MaxArray} bytes; write one object a line instead" }];
        }

        var parsed = StrictJson.Parse(await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false), MaxArray);
        if (!parsed.Accepted)
        {
            return [new ImportedRow { File = file, Line = 1, Fault = parsed.Refusal.Detail }];
        }

        // An array has no lines to speak of: the position is the element's number.
        return [.. parsed.Value.EnumerateArray().Select((element, index) => Row(file, index + 1, element, mapping))];
    }

    private static ImportedRow Row(string file, long line, Core.Refusals.Verdict<JsonElement> parsed, ImportMapping mapping) => parsed.Accepted
        ? Row(file, line, parsed.Value, mapping)
        : new ImportedRow { File = file, Line = line, Fault = parsed.Refusal.Detail };

    private static ImportedRow Row(string file, long line, JsonElement element, ImportMapping mapping)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return new ImportedRow { File = file, Line = line, Fault = "not an object" };
        }

        var claims = new JsonObject();
        foreach (var mapped in mapping.Fields)
        {
            if (element.TryGetProperty(mapped.Column, out var value) && value.ValueKind != JsonValueKind.Null
                && !(value.ValueKind == JsonValueKind.String && mapping.Missing.Contains(value.GetString()!)))
            {
                claims[mapped.Field] = JsonNode.Parse(value.GetRawText());
            }
        }

        var holder = mapping.Holder is not null && element.TryGetProperty(mapping.Holder, out var holderElement) && holderElement.ValueKind == JsonValueKind.String
            ? holderElement.GetString()
            : null;
        return new ImportedRow { File = file, Line = line, Claims = claims, Holder = holder };
    }

    private static async Task<bool> BeginsWithArrayAsync(string path, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(path);
        var head = new byte[256];
        var read = await stream.ReadAsync(head, cancellation).ConfigureAwait(false);
        return Encoding.ASCII.GetString(head, 0, read).TrimStart('\uFEFF', '?', ' ', '\t', '\r', '\n').StartsWith('[');
    }
}
