using System.Diagnostics;
using System.Globalization;
using PrivChain.Cli.Deployment;

namespace PrivChain.Benchmarks;

/// <summary>Processor time of this process and of the deployment's, so that the table can say where an item's time goes and not only how much it is.</summary>
internal sealed class ProcessorTime(RunningDeployment deployment)
{
    private readonly SortedDictionary<string, TimeSpan> _spent = new(StringComparer.Ordinal);
    private int _items;

    /// <summary>Runs work and counts what each process spent on it.</summary>
    public async Task CountAsync(int items, Func<Task> work)
    {
        var before = Now();
        await work();
        foreach (var (name, time) in Now())
        {
            _spent[name] = _spent.GetValueOrDefault(name) + time - before[name];
        }

        _items += items;
    }

    /// <summary>Processor time by process for one item.</summary>
    public override string ToString() => "processor time of one: " + string.Join(
        ", ", _spent.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key} {part.Value.TotalMicroseconds / Math.Max(_items, 1):0} µs")));

    private Dictionary<string, TimeSpan> Now()
    {
        var times = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        using var own = Process.GetCurrentProcess();
        times["client"] = own.TotalProcessorTime;
        foreach (var child in deployment.Children)
        {
            using var process = Process.GetProcessById(child.Id);
            times[child.Name] = process.TotalProcessorTime;
        }

        return times;
    }
}
