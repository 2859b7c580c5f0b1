using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PrivChain.Cli.Deployment;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>The node's own program as a process that ends by SIGKILL only, with the system calls of its choice failing under strace.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri?> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _traced;

    private NodeProcess(Process process, bool traced)
    {
        _process = process;
        _traced = traced;
    }

    /// <summary>Its address once it listens; null when it ended before.</summary>
    public Task<Uri?> Listening => _listening.Task;

    public string Output => string.Join('\n', _lines);

    /// <param name="arguments">The node's own arguments.</param>
    /// <param name="fault">Such as <c>fsync,fdatasync:error=EIO:when=5</c>; strace counts calls of each thread apart, so the sequencer's are counted from its first.</param>
    /// <param name="failing">The file whose calls fail, and no other's.</param>
    public static NodeProcess Start(IEnumerable<string> arguments, string? fault = null, string? failing = null)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "PrivChain.Node.dll");
        var start = new ProcessStartInfo(fault is null ? DotnetHost.Muxer : "strace")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] tracer = fault is null
            ? []
            : ["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-P", failing!, "-e", "trace=" + fault[..fault.IndexOf(':', StringComparison.Ordinal)], "-e", "inject=" + fault, DotnetHost.Muxer];
        foreach (var argument in (string[])[.. tracer, program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var node = new NodeProcess(process, fault is not null);
        process.OutputDataReceived += (_, line) => node.Take(line.Data);
        process.ErrorDataReceived += (_, line) => node.Take(line.Data);
        process.Exited += (_, _) => node._listening.TrySetResult(null);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return node;
    }

    /// <summary>SIGKILL: nothing of the node runs any more when this returns. The tracer ends by itself after its tracee.</summary>
    public async Task KillAsync()
    {
        try
        {
            if (_traced)
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
        if (line.StartsWith("{\"listen\"", StringComparison.Ordinal))
        {
            using var parsed = JsonDocument.Parse(line);
            _listening.TrySetResult(new Uri(parsed.RootElement.GetProperty("listen").GetString()!));
        }
    }
}
