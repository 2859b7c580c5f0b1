using System.Diagnostics;
using System.Text.Json;
using PrivChain.Tests.Shared;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>The node as a process of its own, to be killed at any moment or run with faults injected into its system calls.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeProcess(Process process, Uri address, Task<string> errors)
    {
        _process = process;
        Address = address;
        _errors = errors;
    }

    public Uri Address { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the node and waits for its ready line.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="genesis">Genesis file.</param>
    /// <param name="logKey">Seed file of the log.</param>
    /// <param name="witness">Name and address of the witness.</param>
    /// <param name="inject">A strace injection such as <c>fsync:error=EIO:when=7</c>, or null.</param>
    public static async Task<NodeProcess> StartAsync(string folder, string genesis, string logKey, (string Name, Uri Address) witness, string? inject = null)
    {
        string[] node =
        [
            "dotnet", Assembly(), "--data", folder, "--genesis", genesis, "--log-key", logKey, "--listen", "http://127.0.0.1:0", "--web-listen", "http://127.0.0.1:0",
            "--witness", $"{witness.Name}={witness.Address}",
        ];
        string[] command = inject is null ? node : ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + inject[..inject.IndexOf(':', StringComparison.Ordinal)], "-e", "inject=" + inject, .. node];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith('{') && Listening(line) is { } address)
            {
                // Keeps reading, so that a full pipe never stops the node.
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new NodeProcess(process, address, errors);
            }
        }

        await process.WaitForExitAsync(deadline.Token);
        throw new InvalidOperationException($"the node ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _errors;
        _process.Dispose();
    }

    private static Uri? Listening(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.TryGetProperty("listen", out var address) ? new Uri(address.GetString()!) : null;
    }

    private static string Assembly()
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(VectorFolder.RepositoryRoot(), "src", "PrivChain.Node", "bin", configuration, "net10.0", "PrivChain.Node.dll");
    }
}
