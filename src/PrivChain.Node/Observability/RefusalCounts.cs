using Dapper;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Node.Storage;

namespace PrivChain.Node.Observability;

/// <summary>
/// How often this node refused what, by day, method, reason and the role of who was refused, and nothing else of them. Counted in memory and written every few seconds, so that no call waits for the disk; what was
/// counted since is lost with the process. Where the disk does not take it, it is tried again: these counts stop nothing.
/// </summary>
internal sealed class RefusalCounts : BackgroundService
{
    /// <summary>Rows kept: above that the oldest days go. One day has at most a third of them: methods × reasons × roles.</summary>
    public const int MaxRows = 50_000;

    /// <summary>Name of what is no method of this node, so that nobody fills the table with names.</summary>
    public const string OtherMethod = "other";

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private readonly Database _database;
    private readonly SqliteConnection _writer;
    private readonly Authorisation _authorisation;
    private readonly TimeProvider _time;
    private readonly ILogger<RefusalCounts> _logger;
    private readonly Lock _counting = new();
    private readonly Lock _writing = new();
    private Dictionary<Kind, long> _counted = [];
    private bool _disposed;

    public RefusalCounts(Database database, Authorisation authorisation, TimeProvider time, ILogger<RefusalCounts> logger)
    {
        _database = database;
        _writer = database.ConnectWriter();
        _authorisation = authorisation;
        _time = time;
        _logger = logger;
    }

    /// <summary>Counts one refusal.</summary>
    /// <param name="method">Full gRPC method.</param>
    /// <param name="reason">Why. A call that its caller gave up was not refused.</param>
    /// <param name="who">Who signed in, or signed what was refused; null when nobody is known. The role is kept, not the account.</param>
    public void Add(string method, RefusalReason reason, AccountAddress? who)
    {
        if (reason is RefusalReason.None or RefusalReason.Cancelled)
        {
            return;
        }

        var role = who is { } account ? _authorisation.RoleOf(account) : RefusedRole.None;
        var key = new Kind(DayOf(_time.GetUtcNow()), AccessTable.Rules.ContainsKey(method) ? method : OtherMethod, reason, role);
        lock (_counting)
        {
            // While the disk takes nothing, memory must not grow for ever.
            if (_counted.Count < MaxRows || _counted.ContainsKey(key))
            {
                _counted[key] = _counted.GetValueOrDefault(key) + 1;
            }
        }
    }

    /// <summary>Everything counted from a day on, by day.</summary>
    public IReadOnlyList<Row> Since(long day)
    {
        Write();
        using var connection = _database.Connect();
        return [.. connection.Query<Row>("SELECT day, method, reason, role, count FROM refusals WHERE day >= @day ORDER BY day, method, reason, role", new { day })];
    }

    /// <summary>Writes what was counted since the last time.</summary>
    public void Write()
    {
        lock (_writing)
        {
            var counted = Take();
            if (counted.Count == 0)
            {
                return;
            }

            try
            {
                using var transaction = _writer.BeginTransaction();
                foreach (var ((day, method, reason, role), count) in counted)
                {
                    _writer.Execute(
                        "INSERT INTO refusals (day, method, reason, role, count) VALUES (@day, @method, @reason, @role, @count) ON CONFLICT DO UPDATE SET count = min(count + excluded.count, @most)",
                        new { day, method, reason = (int)reason, role = (int)role, count, most = uint.MaxValue },
                        transaction);
                }

                _writer.Execute("DELETE FROM refusals WHERE day <= (SELECT day FROM refusals ORDER BY day DESC LIMIT 1 OFFSET @MaxRows)", new { MaxRows }, transaction);

                // A death before this line loses what was counted since the last one.
                transaction.Commit();
            }
            catch (SqliteException)
            {
                Restore(counted);
                throw;
            }
        }
    }

    public override void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            TryWrite();
            _writer.Dispose();
            _database.Dispose();
            base.Dispose();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                TryWrite();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: what was counted since is written at the end.
        }
    }

    internal static int DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private void TryWrite()
    {
        try
        {
            Write();
        }
        catch (SqliteException exception)
        {
            Log.RefusalsNotWritten(_logger, exception.SqliteErrorCode);
        }
    }

    private Dictionary<Kind, long> Take()
    {
        lock (_counting)
        {
            var taken = _counted;
            _counted = [];
            return taken;
        }
    }

    private void Restore(Dictionary<Kind, long> counted)
    {
        lock (_counting)
        {
            foreach (var (key, count) in _counted)
            {
                counted[key] = counted.GetValueOrDefault(key) + count;
            }

            _counted = counted;
        }
    }

    private readonly record struct Kind(int Day, string Method, RefusalReason Reason, RefusedRole Role);

    internal sealed record Row(long Day, string Method, long Reason, long Role, long Count);
}
