using Dapper;
using Microsoft.Data.Sqlite;
using PrivChain.Attestation.Collateral.Cache;
using PrivChain.Attestation.Collateral.Files;
using PrivChain.Node.Storage;

namespace PrivChain.Node.Collateral;

/// <summary>
/// Keeps answers of vendors' services in a SQLite file of its own, so that a restart does not ask them again. A row that does not read is as good as none. Above the capacity the one fetched longest ago goes: requests come
/// from evidence that nothing has verified, so their number must be bounded.
/// </summary>
internal sealed class CollateralStore : ICollateralStore, IDisposable
{
    private const long MaxUnixMilliseconds = 253_402_300_799_999;

    private readonly Database _database;
    private readonly SqliteConnection _writer;
    private readonly int _capacity;
    private readonly Lock _writing = new();

    public CollateralStore(Database database, int capacity)
    {
        _database = database;
        _writer = database.ConnectWriter();
        _capacity = capacity;
    }

    /// <summary>Opens or makes the file.</summary>
    public static Database Open(string path) => Database.Open(path, "collateral");

    public KeptCollateral? Find(ReadOnlySpan<byte> key)
    {
        using var connection = _database.Connect();
        var row = connection.QuerySingleOrDefault<Row>("SELECT bundle, fetched_at AS FetchedAt FROM collateral WHERE request = @key", new { key = key.ToArray() });
        return row is not null && CollateralBundle.TryParse(row.Bundle, out var set, out _) && row.FetchedAt is >= 0 and <= MaxUnixMilliseconds
            ? new KeptCollateral(set, DateTimeOffset.FromUnixTimeMilliseconds(row.FetchedAt))
            : null;
    }

    public void Put(ReadOnlySpan<byte> key, KeptCollateral kept)
    {
        var row = new { key = key.ToArray(), bundle = CollateralBundle.ToJson(kept.Set), at = kept.FetchedAt.ToUnixTimeMilliseconds(), capacity = _capacity };
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            _writer.Execute(
                "INSERT INTO collateral (request, bundle, fetched_at) VALUES (@key, @bundle, @at) ON CONFLICT DO UPDATE SET bundle = excluded.bundle, fetched_at = excluded.fetched_at", row, transaction);
            _writer.Execute("DELETE FROM collateral WHERE request IN (SELECT request FROM collateral ORDER BY fetched_at DESC, request LIMIT -1 OFFSET @capacity)", row, transaction);

            // A death before this line leaves the older answer, or none: it is asked for again.
            transaction.Commit();
        }
    }

    public void Dispose() => _writer.Dispose();

    private sealed record Row(byte[] Bundle, long FetchedAt);
}
