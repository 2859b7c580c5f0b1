using System.Text;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Files;

namespace PrivChain.Cli.Witness;

/// <summary>
/// What a witness must never forget, in one SQLite file: for each log the latest checkpoint it cosigned, as the log signed it. A lost or older
/// copy of this file would let the log show a second history, so it is written through before any answer leaves.
/// </summary>
internal sealed class WitnessStore : IDisposable
{
    // The log alone can make these, and one is enough; the limit keeps it from filling the disk.
    private const int MaxGuiltPerOrigin = 16;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;

    public WitnessStore(string folder, NoteVerifierKey key)
    {
        OwnPath.RefuseLink(folder);
        Directory.CreateDirectory(folder);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, "witness.db"),
            // A pooled handle would keep the file open after the witness stopped.
            Pooling = false,
        }.ToString());
        try
        {
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            Execute("""
                CREATE TABLE IF NOT EXISTS witness (only INTEGER PRIMARY KEY CHECK (only = 1), vkey TEXT NOT NULL) STRICT;
                CREATE TABLE IF NOT EXISTS log (origin TEXT PRIMARY KEY, note BLOB NOT NULL, cosignature TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
                CREATE TABLE IF NOT EXISTS guilt (origin TEXT NOT NULL, proof BLOB NOT NULL, PRIMARY KEY (origin, proof)) STRICT;
                """);
            Execute("INSERT INTO witness (only, vkey) VALUES (1, $vkey) ON CONFLICT DO NOTHING", ("$vkey", key.ToString()));
            var owner = (string)Scalar("SELECT vkey FROM witness")!;
            if (owner != key.ToString())
            {
                throw new RefusalException(new Refusal(RefusalReason.Conflict, $"the store is of witness {owner}, not {key}"));
            }
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Decides and stores in one transaction; two requests, or two processes on one file, take turns.</summary>
    public WitnessDecision Advance(Core.Tree.Witness witness, WitnessRequest request, ulong now)
    {
        var origin = request.Checkpoint.Origin;
        lock (_gate)
        {
            // Immediate: the write lock is taken before the old state is read, so nothing moves between check and store.
            using var transaction = _connection.BeginTransaction(deferred: false);
            var (stored, lastTime) = Read(origin);

            // A clock set back must not make the witness say that an older time saw a newer tree.
            var time = Math.Max(now, lastTime);
            var decision = witness.Decide(stored, request, time);
            if (decision.Guilt is { } guilt)
            {
                Execute(
                    "INSERT INTO guilt (origin, proof) SELECT $origin, $proof WHERE (SELECT COUNT(*) FROM guilt WHERE origin = $origin) < $limit ON CONFLICT DO NOTHING",
                    ("$origin", origin), ("$proof", guilt.ToArray()), ("$limit", MaxGuiltPerOrigin));
            }

            if (decision.Cosigned)
            {
                Execute(
                    """
                    INSERT INTO log (origin, note, cosignature, time) VALUES ($origin, $note, $cosignature, $time)
                    ON CONFLICT (origin) DO UPDATE SET note = excluded.note, cosignature = excluded.cosignature, time = excluded.time
                    """,
                    ("$origin", origin), ("$note", decision.NewState.Note.Bytes.ToArray()), ("$cosignature", decision.Body), ("$time", (long)time));
            }

            // Dying before this line leaves the old state, and no cosignature has left; dying after it, the client asks again and gets 409 with the
            // size or, for the same checkpoint, a fresh cosignature.
            transaction.Commit();
            return decision;
        }
    }

    /// <summary>The latest checkpoint of a log with this witness's cosignature, or null.</summary>
    public byte[]? Latest(string origin)
    {
        lock (_gate)
        {
            using var command = Command("SELECT note, cosignature FROM log WHERE origin = $origin", ("$origin", origin));
            using var reader = command.ExecuteReader();
            return reader.Read() ? [.. reader.GetFieldValue<byte[]>(0), .. Encoding.UTF8.GetBytes(reader.GetString(1))] : null;
        }
    }

    /// <summary>Every proof kept against a log.</summary>
    public IReadOnlyList<byte[]> Guilt(string origin)
    {
        lock (_gate)
        {
            using var command = Command("SELECT proof FROM guilt WHERE origin = $origin", ("$origin", origin));
            using var reader = command.ExecuteReader();
            var proofs = new List<byte[]>();
            while (reader.Read())
            {
                proofs.Add(reader.GetFieldValue<byte[]>(0));
            }

            return proofs;
        }
    }

    public void Dispose() => _connection.Dispose();

    private (WitnessState? State, ulong Time) Read(string origin)
    {
        using var command = Command("SELECT note, time FROM log WHERE origin = $origin", ("$origin", origin));
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            return (null, 0);
        }

        // Doubt means no: without the last state nothing may be cosigned.
        return WitnessState.TryRead(reader.GetFieldValue<byte[]>(0), out var state) && state.Checkpoint.Origin == origin
            ? (state, (ulong)reader.GetInt64(1))
            : throw new RefusalException(new Refusal(RefusalReason.StorageFailed, $"the stored checkpoint of {origin} cannot be read"));
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(sql, parameters);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteScalar();
    }
}
