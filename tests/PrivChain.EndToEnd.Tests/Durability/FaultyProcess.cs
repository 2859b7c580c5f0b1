using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PrivChain.Cli.Deployment;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>A program of ours as a process that ends by itself or by SIGKILL, with chosen system calls failing under strace.</summary>
internal sealed class FaultyProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string?>> _awaited = new(StringComparer.Ordinal);
    private readonly string? _trace;

    private FaultyProcess(Process process, string? trace)
    {
        _process = process;
        _trace = trace;
    }

    /// <summary>How many calls failed for the test's sake; asked after the process ended.</summary>
    public int Injected => File.ReadLines(_trace!).Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal));

    /// <summary>The first line that begins like this, past or to come; null when it ended before.</summary>
    public async Task<string?> SaysAsync(string beginning)
    {
        var awaited = _awaited.GetOrAdd(beginning, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_lines.FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) is { } said)
        {
            awaited.TrySetResult(said);
        }

        var first = await Task.WhenAny(awaited.Task, _process.WaitForExitAsync()).WaitAsync(TimeSpan.FromSeconds(60));
        return first == awaited.Task || awaited.Task.IsCompleted ? await awaited.Task : null;
    }

    /// <summary>The address of a node once it listens; null when it ended before.</summary>
    public async Task<Uri?> ListensAsync()
    {
        if (await SaysAsync("{\"listen\"") is not { } line)
        {
            return null;
        }

        using var parsed = JsonDocument.Parse(line);
        return new Uri(parsed.RootElement.GetProperty("listen").GetString()!);
    }

    public string Output => string.Join('\n', _lines);

    /// <summary>The code with which it ended by itself; a traced one ends with its tracee's.</summary>
    public async Task<int> ExitedAsync()
    {
        await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return _process.ExitCode;
    }

    /// <param name="program">Path of its library.</param>
    /// <param name="arguments">Its own arguments.</param>
    /// <param name="fault">Such as <c>fsync,fdatasync:error=EIO:when=5</c>; strace counts calls of each thread apart, so the sequencer's are counted from its first.</param>
    /// <param name="failing">The file whose calls fail, and no other's.</param>
    public static FaultyProcess Start(string program, IEnumerable<string> arguments, string? fault = null, string? failing = null)
    {
        var trace = fault is null ? null : Path.GetTempFileName();
        var start = new ProcessStartInfo(fault is null ? DotnetHost.Muxer : "strace")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] tracer = fault is null
            ? []
            : ["-f", "--seccomp-bpf", "-qq", "-o", trace!, "-P", failing!, "-e", "trace=" + fault[..fault.IndexOf(':', StringComparison.Ordinal)], "-e", "inject=" + fault, DotnetHost.Muxer];
        // The enclave refuses variables that steer a runtime; the node needs none.
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var argument in (string[])[.. tracer, program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var started = new FaultyProcess(process, trace);
        process.OutputDataReceived += (_, line) => started.Take(line.Data);
        process.ErrorDataReceived += (_, line) => started.Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    /// <summary>SIGKILL: nothing of the program runs any more when this returns. The tracer ends by itself after its tracee.</summary>
    public async Task KillAsync()
    {
        try
        {
            if (_trace is not null)
            {
                foreach (var id in Children(_process.Id))
                {
                    using var child = Process.GetProcessById(id);
                    child.Kill();
                }
            }
            else
            {
                _process.Kill();
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // It ended in between.
        }

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        if (_trace is not null)
        {
            File.Delete(_trace);
        }
    }

    // Parents from /proc/*/stat, since not every kernel lists children.
    private static IEnumerable<int> Children(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue;
            }

            // "id (name) state parent …"; the name may hold anything, so what follows its last bracket is read.
            var after = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (int.Parse(after[1], CultureInfo.InvariantCulture) == parent)
            {
                yield return id;
            }
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        foreach (var awaited in _awaited.Where(awaited => line.StartsWith(awaited.Key, StringComparison.Ordinal)))
        {
            awaited.Value.TrySetResult(line);
        }
    }
}
