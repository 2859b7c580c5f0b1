using System.Text.Json;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Import;

/// <summary>
/// How the columns of a file become the fields of a record: strict JSON (<c>privchain-mapping/1</c>). A column is named by its header, or by its number from 1 where the
/// file has no header. Built-in mappings are embedded under <c>mappings/</c>.
/// </summary>
internal sealed class ImportMapping
{
    public const string Format = "privchain-mapping/1";

    private ImportMapping(RecordSchema schema, ImportSource source, bool header, char delimiter, IReadOnlySet<string> missing, string? holder, IReadOnlyList<MappedField> fields)
    {
        Schema = schema;
        Source = source;
        HasHeader = header;
        Delimiter = delimiter;
        Missing = missing;
        Holder = holder;
        Fields = fields;
    }

    public RecordSchema Schema { get; }

    public ImportSource Source { get; }

    public bool HasHeader { get; }

    public char Delimiter { get; }

    /// <summary>Cell texts that mean "no value", such as <c>?</c>; the empty cell always does.</summary>
    public IReadOnlySet<string> Missing { get; }

    /// <summary>Column with the holder's contact, or null when holders come from a file of their own.</summary>
    public string? Holder { get; }

    public IReadOnlyList<MappedField> Fields { get; }

    /// <summary>Names of the built-in mappings.</summary>
    public static IEnumerable<string> BuiltIn => typeof(ImportMapping).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("mappings/", StringComparison.Ordinal))
        .Select(name => Path.GetFileNameWithoutExtension(name));

    /// <summary>A built-in mapping by name, or the mapping in a file.</summary>
    public static Verdict<ImportMapping> Load(string nameOrPath, SchemaCatalog catalog)
    {
        using var embedded = typeof(ImportMapping).Assembly.GetManifestResourceStream($"mappings/{nameOrPath}.json");
        if (embedded is null && !File.Exists(nameOrPath))
        {
            return Verdict<ImportMapping>.Refuse(RefusalReason.NotFound, $"no mapping file {nameOrPath}, and no built-in mapping of that name ({string.Join(", ", BuiltIn)})");
        }

        if (embedded is null)
        {
            return Parse(BoundedFile.Read(nameOrPath, StrictJson.DefaultMaxBytes), catalog);
        }

        using var memory = new MemoryStream();
        embedded.CopyTo(memory);
        return Parse(memory.ToArray(), catalog);
    }

    public static Verdict<ImportMapping> Parse(ReadOnlySpan<byte> text, SchemaCatalog catalog)
    {
        var parsed = StrictJson.ParseObject(text);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var root = parsed.Value;
        var faults = new List<string>();
        foreach (var member in root.EnumerateObject())
        {
            var kind = member.Value.ValueKind;
            var fault = member.Name switch
            {
                "format" or "schema" or "source" or "delimiter" or "holder" => kind == JsonValueKind.String ? null : "must be text",
                "header" => kind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false",
                "missing" => kind == JsonValueKind.Array && member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? null : "must be a list of texts",
                "fields" => null,
                _ => "is unknown",
            };
            if (fault is not null)
            {
                faults.Add($"{member.Name} {fault}");
            }
        }

        if (Text(root, "format") != Format)
        {
            faults.Add($"format must be {Format}");
        }

        RecordSchema? schema = null;
        if (Text(root, "schema") is not { } schemaId || !catalog.TryFind(schemaId, out schema))
        {
            faults.Add("schema must name a known record schema, such as credit-application/1");
        }

        // By name and in one spelling: Enum.TryParse would take numbers, other cases and lists too.
        var source = Enum.GetValues<ImportSource>().Where(known => known.ToString().ToLowerInvariant() == Text(root, "source")).Select(known => (ImportSource?)known).FirstOrDefault();
        if (source is null)
        {
            faults.Add("source must be csv, json or fhir");
        }

        var delimiter = Text(root, "delimiter") ?? ",";
        if (delimiter.Length != 1 || delimiter[0] is '"' or '\r' or '\n' or '\0')
        {
            faults.Add("delimiter must be one character, and none that ends or quotes a cell");
        }

        var header = root.TryGetProperty("header", out var headerElement) && headerElement.ValueKind == JsonValueKind.True;
        var fields = ReadFields(root, schema, source ?? ImportSource.Csv, faults);
        var missing = Strings(root, "missing");
        return faults.Count > 0 || schema is null || source is null
            ? Verdict<ImportMapping>.Refuse(RefusalReason.Malformed, "mapping: " + string.Join("; ", faults))
            : new ImportMapping(schema, source.Value, header, delimiter[0], missing, Text(root, "holder"), fields);
    }

    private static List<MappedField> ReadFields(JsonElement root, RecordSchema? schema, ImportSource source, List<string> faults)
    {
        var fields = new List<MappedField>();
        if (source == ImportSource.Fhir)
        {
            // FHIR resources have a fixed reading (FhirPatients); there is nothing to map.
            return fields;
        }

        if (!root.TryGetProperty("fields", out var element) || element.ValueKind != JsonValueKind.Object)
        {
            faults.Add("fields must be an object of field name and column");
            return fields;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (schema is not null && !schema.TryField(member.Name, out _))
            {
                faults.Add($"field {member.Name} is not in {schema.Id}");
            }
            else if (member.Value.ValueKind == JsonValueKind.String)
            {
                fields.Add(new MappedField(member.Name, member.Value.GetString()!));
            }
            else if (member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var number) && number > 0)
            {
                fields.Add(new MappedField(member.Name, number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            }
            else
            {
                faults.Add($"column of {member.Name} must be a header or a number from 1");
            }
        }

        return fields;
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    private static HashSet<string> Strings(JsonElement root, string name) =>
        root.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.Array
            ? [.. element.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];
}
