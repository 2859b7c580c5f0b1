using Dapper;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Bytes;
using PrivChain.Node.Storage;

namespace PrivChain.Node.Ledger;

/// <summary>The ledger's tables. Appending goes through prepared commands on one connection that the sequencer owns; reading is Dapper on pooled ones.</summary>
internal sealed class LedgerStore : IDisposable
{
    private const string SetHead =
        "INSERT INTO heads (name, size, note) VALUES ($name, $size, $note) ON CONFLICT (name) DO UPDATE SET size = excluded.size, note = excluded.note";

    private readonly Database _database;
    private readonly SqliteConnection _writer;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _head;
    private readonly SqliteConnection _witnessWriter;
    private readonly SqliteCommand _find;
    private readonly Lock _writing = new();

    public LedgerStore(Database database)
    {
        _database = database;
        _writer = database.ConnectWriter();

        // A witnessed note that is lost with the power is asked for again, so it need not wait for the disk.
        _witnessWriter = database.ConnectWriter();
        _witnessWriter.Execute("PRAGMA synchronous = NORMAL");
        _insert = Prepare("INSERT INTO entries (position, bytes, leaf, digest) VALUES ($position, $bytes, $leaf, $digest)", "$position", "$bytes", "$leaf", "$digest");
        _head = Prepare(SetHead, "$name", "$size", "$note");
        _find = Prepare("SELECT position, bytes FROM entries WHERE digest = $digest AND substr(bytes, 12, 20) = $signer", "$digest", "$signer");
    }

    /// <summary>Writes a batch and the head over it in one transaction. When this returns, both are on disk.</summary>
    public void Commit(IReadOnlyList<NewEntry> batch, LedgerHead signed)
    {
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            _insert.Transaction = transaction;
            foreach (var entry in batch)
            {
                Bind(_insert, (long)entry.Index, entry.Bytes, entry.Leaf.ToArray(), entry.Digest.ToArray());
                _insert.ExecuteNonQuery();
            }

            _head.Transaction = transaction;
            Bind(_head, "signed", (long)signed.Size, signed.Note.ToArray());
            _head.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    public void SaveWitnessed(LedgerHead head)
    {
        lock (_writing)
        {
            _witnessWriter.Execute(SetHead, new { name = "witnessed", size = (long)head.Size, note = head.Note.ToArray() });
        }
    }

    /// <summary>The entry of this document by this signer; for the sequencer's own thread.</summary>
    public StoredEntry? FindOnWriter(Digest document, AccountAddress signer)
    {
        lock (_writing)
        {
            Bind(_find, document.ToArray(), signer.ToArray());
            using var reader = _find.ExecuteReader();
            return reader.Read() ? new StoredEntry((ulong)reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
        }
    }

    public (long Size, byte[] Note)? Head(string name)
    {
        using var connection = _database.Connect();
        var row = connection.QueryFirstOrDefault<HeadRow>("SELECT size, note FROM heads WHERE name = @name", new { name });
        return row is null ? null : (row.Size, row.Note);
    }

    /// <summary>The genesis that this file was begun with; stores the given one on first use.</summary>
    public byte[] Genesis(byte[] text)
    {
        using var connection = _database.Connect();
        connection.Execute("INSERT INTO genesis (id, text) VALUES (1, @text) ON CONFLICT (id) DO NOTHING", new { text });
        return connection.QuerySingle<byte[]>("SELECT text FROM genesis");
    }

    /// <summary>Every row in order, one at a time.</summary>
    public IEnumerable<(long Position, byte[] Bytes, byte[] Leaf, byte[] Digest)> All()
    {
        using var connection = _database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT position, bytes, leaf, digest FROM entries ORDER BY position";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3));
        }
    }

    public IReadOnlyList<byte[]> Read(ulong start, int count)
    {
        using var connection = _database.Connect();
        return connection.Query<byte[]>(
            "SELECT bytes FROM entries WHERE position >= @start ORDER BY position LIMIT @count", new { start = (long)start, count }).AsList();
    }

    public IReadOnlyList<StoredEntry> Read(IReadOnlyCollection<ulong> indices)
    {
        using var connection = _database.Connect();
        return [.. connection.Query<EntryRow>("SELECT position, bytes FROM entries WHERE position IN @indices", new { indices = indices.Select(static index => (long)index) }).Select(static row => row.ToEntry())];
    }

    public StoredEntry? Find(Digest document, AccountAddress? signer)
    {
        using var connection = _database.Connect();
        var row = connection.QueryFirstOrDefault<EntryRow>(
            "SELECT position, bytes FROM entries WHERE digest = @digest AND (@signer IS NULL OR substr(bytes, 12, 20) = @signer) ORDER BY position LIMIT 1",
            new { digest = document.ToArray(), signer = signer?.ToArray() });
        return row?.ToEntry();
    }

    public IReadOnlyList<StoredEntry> List(EntryFilter filter, ulong start, ulong end, int count)
    {
        // Each condition is spelled as its index is; the account is looked up as signer and as party, and the two are merged.
        const string Columns = "SELECT position, bytes FROM entries WHERE position >= @start AND position < @end";
        var and = (filter.Reference is null ? "" : " AND substr(bytes, 52, 32) = @reference") + (filter.Kind is null ? "" : " AND substr(bytes, 2, 1) = @kind");
        var sql = filter.Account is null
            ? Columns + and
            : $"{Columns} AND substr(bytes, 12, 20) = @account{and} UNION {Columns} AND substr(bytes, 32, 20) = @account AND substr(bytes, 32, 20) <> zeroblob(20){and}";
        using var connection = _database.Connect();
        return [.. connection.Query<EntryRow>(
            sql + " ORDER BY position LIMIT @count",
            new
            {
                start = (long)start,
                end = (long)end,
                count,
                account = filter.Account?.ToArray(),
                reference = filter.Reference?.ToArray(),
                kind = filter.Kind is { } kind ? new[] { (byte)kind } : null,
            }).Select(row => row.ToEntry())];
    }

    public void Dispose()
    {
        _insert.Dispose();
        _head.Dispose();
        _find.Dispose();
        _writer.Dispose();
        _witnessWriter.Dispose();
        _database.Dispose();
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _writer.CreateCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    private sealed class HeadRow
    {
        public long Size { get; init; }

        public byte[] Note { get; init; } = [];
    }

    private sealed class EntryRow
    {
        public long Position { get; init; }

        public byte[] Bytes { get; init; } = [];

        public StoredEntry ToEntry() => new((ulong)Position, Bytes);
    }
}
