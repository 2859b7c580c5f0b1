using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Documents;

/// <summary>One question under one consent, sealed in a query session.</summary>
public sealed record QueryDocument
{
    /// <summary>Most fields in one query.</summary>
    public const int MaxFields = ConsentDetails.MaxItems;

    private const byte LayoutVersion = 1;
    private const int MaxText = 1024;

    /// <summary>Digest of the consent entry's document.</summary>
    public required Digest Consent { get; init; }

    /// <summary>32 random bytes: makes the query unlike any other and, sent again, the same.</summary>
    public required Digest Nonce { get; init; }

    /// <summary>Fields wanted, <c>record.field</c> in ordinal order; empty: all that the consent names.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The ledger's suite, which hashes it; not part of the layout.</summary>
    public Suite Suite { get; init; } = Suite.International;

    /// <summary>Digest of the query, a leaf under the use entry's <c>queries</c>.</summary>
    public Digest Digest => Suite.DigestOf(Labels.Query, ToArray());

    /// <summary>The RFC 9162 tree over the digests of the queries of one use, which use entry, receipt core and envelope name by its root: 32 bytes of leaf data each, in order.</summary>
    public static MerkleTree TreeOf(Suite suite, IEnumerable<Digest> queries)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(queries);
        var tree = new MerkleTree(suite.Tree);
        tree.AppendAll(suite.Tree.Leaves([.. queries.Select(static query => (ReadOnlyMemory<byte>)query.ToArray())]));
        return tree;
    }

    /// <summary>Layout: version, consent, nonce, count, texts.</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().Byte(LayoutVersion).Digest(Consent).Digest(Nonce).UInt16((ushort)Fields.Count);
        foreach (var field in Fields)
        {
            writer.Text(field);
        }

        return writer.ToArray();
    }

    /// <summary>Parses the layout; fields out of order or repeated are refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out QueryDocument? query, Suite? suite = null)
    {
        query = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var consent = reader.Digest();
        var nonce = reader.Digest();
        var count = reader.UInt16();
        if (count > MaxFields)
        {
            return false;
        }

        var fields = new List<string>();
        while (fields.Count < count && !reader.Failed)
        {
            var field = reader.Text(MaxText);
            if (fields.Count > 0 && string.CompareOrdinal(fields[^1], field) >= 0)
            {
                return false;
            }

            fields.Add(field);
        }

        if (!reader.Complete || version != LayoutVersion)
        {
            return false;
        }

        query = new QueryDocument { Consent = consent, Nonce = nonce, Fields = fields, Suite = suite ?? Suite.International };
        return true;
    }
}
