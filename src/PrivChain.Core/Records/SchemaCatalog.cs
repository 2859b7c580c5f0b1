using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Records;

/// <summary>The record schemas a process knows, by id. Immutable: adding gives a new catalogue.</summary>
public sealed class SchemaCatalog
{
    private readonly ImmutableSortedDictionary<string, RecordSchema> _schemas;

    private SchemaCatalog(ImmutableSortedDictionary<string, RecordSchema> schemas) => _schemas = schemas;

    /// <summary>The schemas that are part of this program.</summary>
    public static SchemaCatalog BuiltIn { get; } = ReadEmbedded();

    /// <summary>All schemas, by id in ordinal order.</summary>
    public IEnumerable<RecordSchema> All => _schemas.Values;

    /// <summary>The schema of an id such as <c>identity-card/1</c>.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out RecordSchema? schema) => _schemas.TryGetValue(id, out schema);

    /// <summary>A catalogue with one more schema. The same id with other content is a conflict; with the same content nothing changes.</summary>
    public Verdict<SchemaCatalog> With(ReadOnlySpan<byte> utf8)
    {
        var parsed = RecordSchema.Parse(utf8);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        if (_schemas.TryGetValue(parsed.Value.Id, out var known))
        {
            return known.Digest == parsed.Value.Digest
                ? this
                : Verdict<SchemaCatalog>.Refuse(RefusalReason.Conflict, $"{known.Id} is known with digest {known.Digest}");
        }

        return new SchemaCatalog(_schemas.Add(parsed.Value.Id, parsed.Value));
    }

    private static SchemaCatalog ReadEmbedded()
    {
        var catalog = new SchemaCatalog(ImmutableSortedDictionary.Create<string, RecordSchema>(StringComparer.Ordinal));
        var assembly = typeof(SchemaCatalog).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("records/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            catalog = catalog.With(bytes).OrThrow();
        }

        return catalog;
    }
}
