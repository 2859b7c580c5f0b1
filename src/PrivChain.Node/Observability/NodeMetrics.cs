using System.Diagnostics;
using System.Diagnostics.Metrics;
using PrivChain.Core.Refusals;

namespace PrivChain.Node.Observability;

/// <summary>What is measured: calls by method and reason, commits, witnessing. Names of methods and reasons only.</summary>
internal sealed class NodeMetrics : IDisposable
{
    public const string Name = "PrivChain.Node";

    public static readonly ActivitySource Activities = new(Name);

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _calls;
    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _commit;
    private readonly Counter<long> _witnessed;

    public NodeMetrics()
    {
        _calls = _meter.CreateHistogram<double>("privchain.node.calls", "ms", "duration of calls by method and reason");
        _batch = _meter.CreateHistogram<int>("privchain.ledger.batch", "{entry}", "entries in one commit");
        _commit = _meter.CreateHistogram<double>("privchain.ledger.commit", "ms", "duration of one commit");
        _witnessed = _meter.CreateCounter<long>("privchain.ledger.witnessed", "{checkpoint}", "checkpoints that reached their quorum");
    }

    /// <summary>Watches a value, such as the length of the queue.</summary>
    public void Observe(string name, string unit, string description, Func<long> read) => _meter.CreateObservableGauge(name, read, unit, description);

    public void Called(string method, RefusalReason reason, TimeSpan duration) =>
        _calls.Record(duration.TotalMilliseconds, new("method", method), new("reason", reason.ToString()));

    public void Committed(int entries, TimeSpan duration)
    {
        _batch.Record(entries);
        _commit.Record(duration.TotalMilliseconds);
    }

    public void Witnessed() => _witnessed.Add(1);

    public void Dispose() => _meter.Dispose();
}
