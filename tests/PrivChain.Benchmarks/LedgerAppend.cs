using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;

namespace PrivChain.Benchmarks;

/// <summary>Group commit against one SQLite transaction for each entry, both durable.</summary>
internal static class LedgerAppend
{
    public static async Task RunAsync(ResultTable table, int entries, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("privchain-append-").FullName;
        try
        {
            var sample = new SampleLedger();
            using var metrics = new NodeMetrics();
            using var engine = EmbeddedLedger.Open(Path.Combine(folder, "ledger.db"), sample.Genesis, sample.OpenLog(), TimeProvider.System, NullLogger<EmbeddedLedger>.Instance, metrics);
            var enrolled = await engine.AppendAsync(AuthenticEntry.Authenticate(sample.Enrolment with { Time = 0 }, sample.Domain).OrThrow());
            enrolled.OrThrow();
            var batches = new Queue<AuthenticEntry[]>(Enumerable.Range(0, rounds + 1)
                .Select(_ => sample.Entries(entries).Skip(1).Select(entry => AuthenticEntry.Authenticate(entry, sample.Domain).OrThrow()).ToArray()));

            using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "single.db")}");
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entries (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT");
            var bytes = new byte[Entry.Size];
            var single = Math.Max(50, entries / 20);
            var ratio = await Interleaved.MeasureAsync(
                rounds,
                () => Task.WhenAll(batches.Dequeue().Select(async entry => (await engine.AppendAsync(entry)).OrThrow())),
                () =>
                {
                    for (var i = 0; i < single; i++)
                    {
                        using var command = connection.CreateCommand();
                        command.CommandText = "INSERT INTO entries (bytes) VALUES ($bytes)";
                        command.Parameters.AddWithValue("$bytes", bytes);
                        command.ExecuteNonQuery();
                    }

                    return Task.CompletedTask;
                },
                entries,
                single);
            table.Add("ledger append, group commit, durable", "one SQLite transaction for each entry", "≥ 8", ratio, "rules, tree, index and signed checkpoint included on our side");
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
