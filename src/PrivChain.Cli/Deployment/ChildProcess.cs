using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Deployment;

/// <summary>
/// A process that this one started and ends, by its id. It gets none of our environment but what is listed: the enclave refuses variables that steer a runtime, and the node needs none.
/// Its lines are JSON events; the last of them are kept to be shown when it dies.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 12;
    private const int SigTerm = 15;
    private static readonly string[] _inherited = ["PATH", "HOME", "USER"];
    private static readonly TimeSpan _stoppingTime = TimeSpan.FromSeconds(8);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> _events = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopping;

    private ChildProcess(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    /// <summary>What it is, for messages.</summary>
    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>Ends when the process did.</summary>
    public Task Exited => _exited.Task;

    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(DotnetHost.Muxer)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(program)!,
        };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var variable in _inherited)
        {
            if (Environment.GetEnvironmentVariable(variable) is { } value)
            {
                start.Environment[variable] = value;
            }
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var child = new ChildProcess(name, process);
        process.OutputDataReceived += (_, line) => child.Take(line.Data);
        process.ErrorDataReceived += (_, line) => child.Take(line.Data);
        process.Exited += (_, _) => child._exited.TrySetResult();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The first event of that name, past or to come.</summary>
    /// <exception cref="RefusalException">The process ended or was not that far in time; with its last lines.</exception>
    public async Task<JsonElement> WaitForAsync(string happened, TimeSpan limit, CancellationToken cancellation)
    {
        var awaited = _events.GetOrAdd(happened, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var first = await Task.WhenAny(awaited.Task, Exited, Task.Delay(limit, late.Token)).ConfigureAwait(false);
        await late.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (first == Exited)
        {
            // A process that says its line and ends at once: the end can be seen before the line was read.
            await _process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }

        if (awaited.Task.IsCompleted)
        {
            return await awaited.Task.ConfigureAwait(false);
        }

        throw new RefusalException(Exited.IsCompleted ? Death() : new Refusal(RefusalReason.Deadline, $"the {Name} did not say \"{happened}\" within {limit.TotalSeconds:0} s; its last lines:\n{LastLines()}"));
    }

    /// <summary>What to say when it ended by itself.</summary>
    public Refusal Death()
    {
        // Waits for the last lines to arrive; the process has ended.
        _process.WaitForExit();
        return new Refusal(RefusalReason.Unavailable, $"the {Name} ended with code {_process.ExitCode}; its last lines:\n{LastLines()}");
    }

    /// <summary>True when it ended without being told to.</summary>
    public bool DiedAlone => _process.HasExited && !_stopping;

    /// <summary>Asks it to end, and ends it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        try
        {
            if (!_process.HasExited)
            {
                // End of input is what a child on any system understands; the signal is for the enclave, which reads none.
                _process.StandardInput.Close();
                if (!OperatingSystem.IsWindows())
                {
                    _ = Kill(_process.Id, SigTerm);
                }

                await Task.WhenAny(Exited, Task.Delay(_stoppingTime)).ConfigureAwait(false);
            }

            if (!_process.HasExited)
            {
                _process.Kill();
                await Exited.ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // It ended in between.
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
        {
            _lines.TryDequeue(out _);
        }

        if (!line.StartsWith('{'))
        {
            return;
        }

        try
        {
            using var parsed = JsonDocument.Parse(line);
            if (parsed.RootElement.TryGetProperty("event", out var name) && name.ValueKind == JsonValueKind.String)
            {
                _events.GetOrAdd(name.GetString()!, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(parsed.RootElement.Clone());
            }
        }
        catch (JsonException)
        {
            // A line that only looks like an event.
        }
    }

    private string LastLines() => _lines.IsEmpty ? "  (none)" : string.Join('\n', _lines.Select(line => "  " + line));

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
