using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Records;

/// <summary>
/// The form of one kind of record: a flat JSON Schema (2020-12) document of the profile that <see cref="RecordSchemaParser"/>
/// reads. Field order is the order of the document, and part numbers of sealed records follow it.
/// </summary>
public sealed class RecordSchema
{
    /// <summary>Longest schema id.</summary>
    public const int MaxIdLength = 72;

    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);

    internal RecordSchema(string id, LocalText title, IReadOnlyList<RecordField> fields, Digest digest, ReadOnlyMemory<byte> document)
    {
        (Id, Title, Fields, Digest, Document) = (id, title, fields, digest, document);
        for (var i = 0; i < fields.Count; i++)
        {
            _positions.Add(fields[i].Name, i);
        }
    }

    /// <summary>Name and version, such as <c>identity-card/1</c>.</summary>
    public string Id { get; }

    /// <summary>The name without the version, as contracts write it before a field: <c>identity-card</c>.</summary>
    public string Name => Id[..Id.IndexOf('/')];

    /// <summary>The type that an issuer signs: <c>urn:privchain:schema:identity-card:1</c>.</summary>
    public string Urn => "urn:privchain:schema:" + Id.Replace('/', ':');

    /// <summary>Title in both languages.</summary>
    public LocalText Title { get; }

    /// <summary>The fields, in the order of the document.</summary>
    public IReadOnlyList<RecordField> Fields { get; }

    /// <summary>SHA-256 of the document's canonical bytes (RFC 8785).</summary>
    public Digest Digest { get; }

    /// <summary>The document's canonical bytes.</summary>
    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>Parses and checks a schema document.</summary>
    public static Verdict<RecordSchema> Parse(ReadOnlySpan<byte> utf8) => RecordSchemaParser.Parse(utf8);

    /// <summary>The field of that name.</summary>
    public bool TryField(string name, [NotNullWhen(true)] out RecordField? field)
    {
        field = _positions.TryGetValue(name, out var position) ? Fields[position] : null;
        return field is not null;
    }

    /// <summary>Position of a field in <see cref="Fields"/>, or -1.</summary>
    public int IndexOf(string name) => _positions.TryGetValue(name, out var position) ? position : -1;

    /// <summary>
    /// Checks a record's claims and hands them back. Absent is written by leaving the field out, not by null. A refusal names
    /// every field and rule broken, never a value.
    /// </summary>
    public Verdict<JsonElement> Validate(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object)
        {
            return Verdict<JsonElement>.Refuse(RefusalReason.SchemaViolation, $"{Id}: type object");
        }

        var faults = new List<string>();
        Span<bool> seen = stackalloc bool[Fields.Count];
        foreach (var claim in claims.EnumerateObject())
        {
            var position = IndexOf(claim.Name);
            if (position < 0)
            {
                // The name itself came from outside and may be personal data.
                faults.Add("additionalProperties");
            }
            else if (seen[position])
            {
                faults.Add($"{Fields[position].Name}: given twice");
            }
            else
            {
                seen[position] = true;
                if (Fields[position].BrokenRule(claim.Value) is { } rule)
                {
                    faults.Add($"{Fields[position].Name}: {rule}");
                }
            }
        }

        for (var i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Required && !seen[i])
            {
                faults.Add($"{Fields[i].Name}: required");
            }
        }

        return faults.Count == 0
            ? claims
            : Verdict<JsonElement>.Refuse(RefusalReason.SchemaViolation, $"{Id}: {string.Join("; ", faults.Distinct().Take(32))}");
    }
}
