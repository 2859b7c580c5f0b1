using System.Globalization;
using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Refusals;

namespace PrivChain.Node.Storage;

/// <summary>
/// One SQLite file: write-ahead log, every commit forced to disk, freed pages overwritten with zeros. Migrations are plain SQL, numbered, applied once
/// and compared at each start: a file from a newer or another program is refused.
/// </summary>
internal sealed class Database : IDisposable
{
    // SQLITE_CORRUPT and SQLITE_NOTADB.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private static readonly string[] _parts = ["-wal", "-shm", string.Empty];

    private readonly string _connectionString;
    private readonly SqliteConnection _keeper;

    private Database(string path, string connectionString, SqliteConnection keeper)
    {
        Path = path;
        _connectionString = connectionString;
        _keeper = keeper;
    }

    public string Path { get; }

    /// <summary>Opens or makes the file and brings its tables to this program's version.</summary>
    public static Database Open(string path, string migrations)
    {
        var keeper = new SqliteConnection(ConnectionString(path));
        try
        {
            keeper.Open();
            Configure(keeper);
            Migrate(keeper, migrations);
            return new Database(path, ConnectionString(path), keeper);
        }
        catch (SqliteException exception)
        {
            Close(keeper);
            throw new RefusalException(new Refusal(RefusalReason.StorageFailed, $"{path}: {exception.Message}"));
        }
        catch
        {
            Close(keeper);
            throw;
        }
    }

    /// <summary>As <see cref="Open"/>, for what a node can lose and still serve: a damaged file is put aside, beside itself and named <c>*.damaged</c>, and a new one begun.</summary>
    /// <param name="path">The file.</param>
    /// <param name="migrations">Name of its tables.</param>
    /// <param name="onDamaged">Told when a file was put aside.</param>
    public static Database OpenOrBegin(string path, string migrations, Action onDamaged)
    {
        if (File.Exists(path) && IsDamaged(path))
        {
            foreach (var suffix in _parts.Where(suffix => File.Exists(path + suffix)))
            {
                File.Move(path + suffix, $"{path}.damaged{suffix}", overwrite: true);
            }

            onDamaged();
        }

        return Open(path, migrations);
    }

    /// <summary>A connection to read with, which its caller disposes; connections are pooled.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    /// <summary>A connection to write with. Its owner lets one caller write at a time: waiting inside SQLite is polling.</summary>
    public SqliteConnection ConnectWriter()
    {
        var connection = Connect();
        Configure(connection);
        return connection;
    }

    /// <summary>Moves the write-ahead log into the file and truncates it, so that what was overwritten is gone from both. False while readers hold it.</summary>
    public bool TruncateLog()
    {
        using var connection = Connect();
        return connection.QuerySingle<(long Busy, long Log, long Moved)>("PRAGMA wal_checkpoint(TRUNCATE)").Busy == 0;
    }

    public void Dispose() => Close(_keeper);

    // Before anything in it is believed. What else stands in the way of opening it is said by opening it.
    private static bool IsDamaged(string path)
    {
        var connection = new SqliteConnection(ConnectionString(path));
        try
        {
            connection.Open();
            return connection.QuerySingle<string>("PRAGMA quick_check(1)") != "ok";
        }
        catch (SqliteException exception)
        {
            return exception.SqliteErrorCode is Corrupt or NotADatabase;
        }
        finally
        {
            Close(connection);
        }
    }

    private static string ConnectionString(string path) => new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, DefaultTimeout = 30 }.ToString();

    // A connection that is only disposed goes back to the pool and keeps the file open.
    private static void Close(SqliteConnection keeper)
    {
        keeper.Dispose();
        SqliteConnection.ClearPool(keeper);
    }

    private static void Configure(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";
        command.ExecuteNonQuery();
    }

    private static void Migrate(SqliteConnection connection, string name)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT");
        var applied = connection.Query<(string Name, string Text)>("SELECT name, text FROM migrations").ToDictionary(row => row.Name, row => row.Text);
        foreach (var (file, text) in Scripts(name))
        {
            if (applied.Remove(file, out var before))
            {
                Require(before == text, $"migration {file} was applied in another form");
                continue;
            }

            using var transaction = connection.BeginTransaction();
            connection.Execute(text, transaction: transaction);
            connection.Execute("INSERT INTO migrations (name, text) VALUES (@file, @text)", new { file, text }, transaction);
            transaction.Commit();
        }

        Require(applied.Count == 0, $"written by a newer program: {string.Join(", ", applied.Keys)}");

        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                throw new RefusalException(new Refusal(RefusalReason.UnknownVersion, $"{connection.DataSource}: {fault}"));
            }
        }
    }

    private static IEnumerable<(string Name, string Text)> Scripts(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (resource.StartsWith("sql/", StringComparison.Ordinal) && resource.EndsWith($"_{name}.sql", StringComparison.Ordinal))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                yield return (resource["sql/".Length..].ToString(CultureInfo.InvariantCulture), reader.ReadToEnd());
            }
        }
    }
}
