using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Worker;

/// <summary>What one worker has refused so far: counted here, since a refusal is sealed to whoever asked and leaves no entry.</summary>
internal sealed class RefusedCounts(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(DateOnly Day, AccountAddress Institution, RefusalReason Reason), uint> _counts = [];
    private uint _sequence;
    private bool _changed;

    /// <summary>Counts queries; those that their institution gave up itself were not refused.</summary>
    public void Add(AccountAddress institution, RefusalReason reason, int queries)
    {
        if (queries == 0 || reason is RefusalReason.None or RefusalReason.Cancelled)
        {
            return;
        }

        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        lock (_lock)
        {
            var key = (Day: day, Institution: institution, Reason: reason);
            if (_counts.Count >= RefusalTally.MaxRows - 1 && !_counts.ContainsKey(key))
            {
                // The last row, for all that finds no place: of nobody, and of its day no more than the first of them.
                key = _counts.Keys.FirstOrDefault(row => row.Institution == AccountAddress.Zero, (Day: day, Institution: AccountAddress.Zero, Reason: RefusalReason.Overloaded));
            }

            var counted = _counts.GetValueOrDefault(key);
            _counts[key] = uint.MaxValue - counted < (uint)queries ? uint.MaxValue : counted + (uint)queries;
            _changed = true;
        }
    }

    /// <summary>The tally as it is now, or null when nothing was refused since the last.</summary>
    public RefusalTally? Take()
    {
        lock (_lock)
        {
            if (!_changed)
            {
                return null;
            }

            _changed = false;
            _sequence++;
            var rows = _counts.Select(row => new RefusedQueries(row.Key.Day, row.Key.Institution, row.Key.Reason, row.Value)).ToList();
            rows.Sort(RefusalTally.Compare);
            return new RefusalTally { Sequence = _sequence, Rows = rows };
        }
    }

    /// <summary>The last tally reached nobody: the next says it again.</summary>
    public void NotSent()
    {
        lock (_lock)
        {
            _changed = true;
        }
    }
}
