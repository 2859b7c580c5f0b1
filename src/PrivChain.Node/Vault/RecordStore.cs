using Dapper;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Node.Storage;

namespace PrivChain.Node.Vault;

/// <summary>
/// Sealed records, consent packages, regulators' copies, public documents and inboxes in one SQLite file. Each method is one transaction, on disk when it returns. It knows nothing of who may
/// ask: that is decided before. When one write fails, no other is taken until a restart, as with the ledger: after a failed fsync nobody knows what the disk holds.
/// </summary>
internal sealed class RecordStore : IDisposable
{
    private readonly Database _database;
    private readonly SqliteConnection _writer;
    private readonly Lock _writing = new();
    private volatile bool _failed;

    public RecordStore(Database database)
    {
        _database = database;
        _writer = database.ConnectWriter();
    }

    /// <summary>False once a write has failed.</summary>
    public bool Accepting => !_failed;

    /// <summary>Keeps all records, or none when a stranger's would be more than its limits. One that is kept already stays as it is.</summary>
    /// <param name="records">Digest and ciphertext.</param>
    /// <param name="stranger">The account that states them about itself; null for an issuer.</param>
    /// <param name="limits">The limits.</param>
    public bool TryPutRecords(IReadOnlyList<(Digest Digest, byte[] Sealed)> records, AccountAddress? stranger, NodeLimits limits)
    {
        var full = false;
        Write(transaction =>
        {
            // Counted before anything is written: whoever has no room must not cost the disk.
            var account = stranger?.ToArray();
            var added = account is null ? 0 : records.Select(record => record.Digest).Distinct().Count(digest => Count("SELECT count(*) FROM records WHERE digest = @key", digest.ToArray()) == 0);
            full = added > 0 && (Count("SELECT count(*) FROM records WHERE stranger = @key", account) + added > limits.RecordsPerStranger
                || Count("SELECT count(*) FROM records WHERE stranger IS NOT NULL", account) + added > limits.RecordsOfStrangers);
            if (full)
            {
                return;
            }

            foreach (var (digest, sealedBytes) in records)
            {
                _writer.Execute(
                    "INSERT INTO records (digest, sealed, stranger) VALUES (@digest, @sealedBytes, @account) ON CONFLICT DO NOTHING",
                    new { digest = digest.ToArray(), sealedBytes, account },
                    transaction);
            }

            long Count(string sql, byte[]? key) => _writer.ExecuteScalar<long>(sql, new { key }, transaction);
        });
        return !full;
    }

    public byte[]? Record(Digest digest) => ReadOne("SELECT sealed FROM records WHERE digest = @key", digest);

    /// <summary>Every record held, and whether its holder stated it; for the sweep at start.</summary>
    public IReadOnlyList<(Digest Digest, bool OfStranger)> Records()
    {
        using var connection = _database.Connect();
        return [.. connection.Query<(byte[] Digest, bool OfStranger)>("SELECT digest, stranger IS NOT NULL FROM records").Select(row => (new Digest(row.Digest), row.OfStranger))];
    }

    /// <summary>Destroys ciphertext: pages are overwritten (secure_delete), and the write-ahead log is truncated. False while a reader holds the log: try again.</summary>
    public bool Destroy(IReadOnlyList<Digest> records)
    {
        Write(transaction =>
        {
            foreach (var record in records)
            {
                _writer.Execute("DELETE FROM records WHERE digest = @digest", new { digest = record.ToArray() }, transaction);
            }
        });
        return TruncateLog();
    }

    /// <summary>Empties the write-ahead log, which may hold older copies of what was overwritten. False while a reader holds it.</summary>
    public bool TruncateLog()
    {
        lock (_writing)
        {
            return OrFail(_database.TruncateLog);
        }
    }

    /// <summary>Keeps a package; one that is there is replaced only while its consent does not stand. False when another one stands.</summary>
    public bool PutConsent(Digest consent, byte[] package, bool stands)
    {
        var kept = true;
        Write(transaction =>
        {
            var digest = consent.ToArray();
            if (stands && _writer.QuerySingleOrDefault<byte[]>("SELECT package FROM consents WHERE digest = @digest", new { digest }, transaction) is { } before)
            {
                kept = before.AsSpan().SequenceEqual(package);
                return;
            }

            _writer.Execute(
                "INSERT INTO consents (digest, package) VALUES (@digest, @package) ON CONFLICT DO UPDATE SET package = excluded.package", new { digest, package }, transaction);
        });
        return kept;
    }

    public byte[]? Consent(Digest consent) => ReadOne("SELECT package FROM consents WHERE digest = @key", consent);

    /// <summary>Keeps copies of uses, all or, where a regulator would have more than <paramref name="most"/>, none. The first of a use stays: a worker that sends it twice has sealed the same twice.</summary>
    public bool TryPutAuditCopies(IReadOnlyList<(AccountAddress Regulator, Digest Use, byte[] Box)> copies, int most)
    {
        var full = false;
        Write(transaction =>
        {
            foreach (var (to, use, box) in copies)
            {
                _writer.Execute(
                    "INSERT INTO audit_copies (regulator, use, box) VALUES (@regulator, @use, @box) ON CONFLICT DO NOTHING",
                    new { regulator = to.ToArray(), use = use.ToArray(), box },
                    transaction);
            }

            full = copies.Select(copy => copy.Regulator).Distinct()
                .Any(to => _writer.ExecuteScalar<long>("SELECT count(*) FROM audit_copies WHERE regulator = @regulator", new { regulator = to.ToArray() }, transaction) > most);
            if (full)
            {
                transaction.Rollback();
            }
        });
        return !full;
    }

    public byte[]? AuditCopy(AccountAddress regulator, Digest use)
    {
        using var connection = _database.Connect();
        return connection.QuerySingleOrDefault<byte[]>(
            "SELECT box FROM audit_copies WHERE regulator = @regulator AND use = @use", new { regulator = regulator.ToArray(), use = use.ToArray() });
    }

    /// <summary>Keeps what a worker refused, for each regulator in the place of its last; of more than <paramref name="most"/> for one regulator, the oldest go.</summary>
    public void PutTallies(AccountAddress worker, int day, IReadOnlyList<(AccountAddress Regulator, byte[] Box)> tallies, int most) => Write(transaction =>
    {
        foreach (var (to, box) in tallies)
        {
            var regulator = to.ToArray();
            _writer.Execute(
                """
                INSERT INTO tallies (regulator, worker, changed, box) VALUES (@regulator, @worker, @day, @box)
                ON CONFLICT (regulator, worker) DO UPDATE SET box = excluded.box, changed = excluded.changed
                """,
                new { regulator, worker = worker.ToArray(), day, box },
                transaction);
            _writer.Execute(
                "DELETE FROM tallies WHERE regulator = @regulator AND id <= (SELECT id FROM tallies WHERE regulator = @regulator ORDER BY id DESC LIMIT 1 OFFSET @most)",
                new { regulator, most },
                transaction);
        }
    });

    /// <summary>Tallies for a regulator that changed on a day or later, after a place, in order; the place of each beside it.</summary>
    public IReadOnlyList<(ulong Id, byte[] Box)> Tallies(AccountAddress regulator, long day, ulong after, int count)
    {
        using var connection = _database.Connect();
        return [.. connection.Query<(long Id, byte[] Box)>(
            "SELECT id, box FROM tallies WHERE regulator = @regulator AND changed >= @day AND id > @after ORDER BY id LIMIT @count",
            new { regulator = regulator.ToArray(), day, after = (long)Math.Min(after, long.MaxValue), count }).Select(row => ((ulong)row.Id, row.Box))];
    }

    /// <summary>Stores a document under its SHA-256; a stranger is an account without a role, which has a quota.</summary>
    public void PutDocument(Digest digest, byte[] content, AccountAddress? stranger) => Write(transaction =>
        _writer.Execute(
            "INSERT INTO documents (digest, content, stranger) VALUES (@digest, @content, @stranger) ON CONFLICT DO NOTHING",
            new { digest = digest.ToArray(), content, stranger = stranger?.ToArray() },
            transaction));

    public byte[]? Document(Digest digest) => ReadOne("SELECT content FROM documents WHERE digest = @key", digest);

    /// <summary>How many documents this stranger, and all strangers, have stored.</summary>
    public (long Own, long All) DocumentsOfStrangers(AccountAddress stranger)
    {
        using var connection = _database.Connect();
        return connection.QuerySingle<(long, long)>(
            "SELECT coalesce(sum(stranger = @key), 0), count(*) FROM documents WHERE stranger IS NOT NULL", new { key = stranger.ToArray() });
    }

    /// <summary>Keeps the newer of two statements of one account.</summary>
    public void PutStatement(AccountAddress account, ulong statedAt, byte[] statement) => Write(transaction =>
        _writer.Execute(
            """
            INSERT INTO statements (account, statement, stated_at) VALUES (@account, @statement, @statedAt)
            ON CONFLICT DO UPDATE SET statement = excluded.statement, stated_at = excluded.stated_at WHERE excluded.stated_at > stated_at
            """,
            new { account = account.ToArray(), statement, statedAt = (long)statedAt },
            transaction));

    public byte[]? Statement(AccountAddress account)
    {
        using var connection = _database.Connect();
        return connection.QuerySingleOrDefault<byte[]>("SELECT statement FROM statements WHERE account = @key", new { key = account.ToArray() });
    }

    /// <summary>Adds all messages, or none when one inbox, or what strangers have in it or in all inboxes, would grow above its limit.</summary>
    /// <param name="messages">To whom, and the sealed box.</param>
    /// <param name="receivedAt">Unix ms.</param>
    /// <param name="stranger">The sender, when it has no role on the ledger.</param>
    /// <param name="limits">The limits.</param>
    public bool TryAddMessages(IReadOnlyList<(AccountAddress To, byte[] Box)> messages, ulong receivedAt, AccountAddress? stranger, NodeLimits limits)
    {
        var full = false;
        Write(transaction =>
        {
            var sender = stranger?.ToArray();
            full = sender is not null && Count("SELECT count(*) FROM messages WHERE stranger IS NOT NULL", []) + messages.Count > limits.MessagesOfStrangers;
            foreach (var (to, box) in messages)
            {
                var account = to.ToArray();
                full = full || Count("SELECT count(*) FROM messages WHERE account = @account", account) >= limits.MessagesPerAccount
                    || (sender is not null && Count("SELECT count(*) FROM messages WHERE account = @account AND stranger IS NOT NULL", account) >= limits.MessagesFromStrangers);
                if (full)
                {
                    transaction.Rollback();
                    return;
                }

                _writer.Execute(
                    "INSERT INTO messages (account, received_at, box, stranger) VALUES (@account, @receivedAt, @box, @sender)",
                    new { account, receivedAt = (long)receivedAt, box, sender },
                    transaction);
            }

            long Count(string sql, byte[] account) => _writer.ExecuteScalar<long>(sql, new { account }, transaction);
        });
        return !full;
    }

    public IReadOnlyList<StoredMessage> Messages(AccountAddress account, ulong after, int count)
    {
        using var connection = _database.Connect();
        return [.. connection.Query<StoredMessage>(
            "SELECT id AS Id, received_at AS ReceivedAt, box AS Box FROM messages WHERE account = @account AND id > @after ORDER BY id LIMIT @count",
            new { account = account.ToArray(), after = (long)Math.Min(after, long.MaxValue), count })];
    }

    public bool RemoveMessage(AccountAddress account, ulong id)
    {
        var removed = 0;
        Write(transaction => removed = _writer.Execute(
            "DELETE FROM messages WHERE account = @account AND id = @id", new { account = account.ToArray(), id = (long)Math.Min(id, long.MaxValue) }, transaction));
        return removed == 1;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
    }

    private byte[]? ReadOne(string sql, Digest key)
    {
        using var connection = _database.Connect();
        return connection.QuerySingleOrDefault<byte[]>(sql, new { key = key.ToArray() });
    }

    // One writer: waiting for a lock of ours is cheaper than waiting inside SQLite. If the process dies before the commit, a reader sees nothing of it.
    private void Write(Action<SqliteTransaction> work)
    {
        lock (_writing)
        {
            OrFail(() =>
            {
                using var transaction = _writer.BeginTransaction();
                work(transaction);
                if (transaction.Connection is not null)
                {
                    transaction.Commit();
                }

                return true;
            });
        }
    }

    private T OrFail<T>(Func<T> write)
    {
        if (_failed)
        {
            throw new RefusalException(new Refusal(RefusalReason.StorageFailed, $"{_database.Path}: a write failed before"));
        }

        try
        {
            return write();
        }
        catch (SqliteException)
        {
            _failed = true;
            throw;
        }
    }
}
