using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Cli.Deployment;

/// <summary>The three processes of a deployment, started in the order in which each needs the one before: witness, node, enclave. Disposing ends exactly these.</summary>
internal sealed class RunningDeployment : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(60);

    // Longest path of a Unix socket on Linux is 107 bytes.
    private const int MaxSocketPath = 100;

    private readonly List<ChildProcess> _children = [];
    private readonly string? _socketFolder;

    private RunningDeployment(DeploymentFolder folder, Genesis genesis)
    {
        Folder = folder;
        Genesis = genesis;
        var socket = Path.Combine(folder.Enclave, "enclave.sock");
        if (Encoding.UTF8.GetByteCount(socket) > MaxSocketPath)
        {
            _socketFolder = Path.Combine(Path.GetTempPath(), "privchain-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
            PrivateFile.MakeFolder(_socketFolder);
            socket = Path.Combine(_socketFolder, "enclave.sock");
        }

        EnclaveSocket = socket;
    }

    public DeploymentFolder Folder { get; }

    public Genesis Genesis { get; }

    public string EnclaveSocket { get; }

    public DeploymentAddress Address { get; private set; } = null!;

    /// <summary>The app with the ledger's id: whoever opens this link pins that ledger, whatever the node says.</summary>
    public Uri AppLink => new(Address.Web, "/?ledger=" + Genesis.LedgerId);

    /// <summary>The enclave, whose session the caller waits for after it was enrolled.</summary>
    public ChildProcess Enclave { get; private set; } = null!;

    public IReadOnlyList<ChildProcess> Children => _children;

    /// <summary>Ends when a child ended by itself, with what to say about it.</summary>
    public async Task<Refusal> FailedAsync(CancellationToken cancellation)
    {
        await Task.WhenAny([.. _children.Select(child => child.Exited), Task.Delay(Timeout.Infinite, cancellation)]).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return _children.First(child => child.Exited.IsCompleted).Death();
    }

    /// <summary>Starts the processes and returns when each of them serves.</summary>
    /// <param name="folder">The deployment.</param>
    /// <param name="name">Its name when it is new.</param>
    /// <param name="port">Port of the node's gRPC; 0 takes a free one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends what was started.</param>
    /// <param name="webPort">Port of the app and of gRPC-Web; 0 takes a free one, null the one of the last start: a wallet belongs to the address at which it was made.</param>
    /// <param name="callsPerSecond">Calls a second that the node takes from one caller; null: its default, made for one person or institution at the other end.</param>
    /// <param name="suite">Algorithms, which an earlier deployment must have; null for its own, and the international suite for a new one.</param>
    /// <param name="authorities">DER of the authorities that certify organisations' names, which an earlier deployment must have; null for its own, and none for a new one.</param>
    public static async Task<RunningDeployment> StartAsync(
        DeploymentFolder folder, string name, int port, TimeProvider time, CancellationToken cancellation, int? callsPerSecond = null, Suite? suite = null, int? webPort = null,
        IReadOnlyList<ReadOnlyMemory<byte>>? authorities = null)
    {
        if (!File.Exists(Path.Combine(DotnetHost.EnclaveFolder, "PrivChain.Enclave.dll")))
        {
            throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no enclave program in {DotnetHost.EnclaveFolder}; build src/PrivChain.Cli"));
        }

        var running = new RunningDeployment(folder, folder.Prepare(name, time, suite, authorities));
        try
        {
            await running.StartAsync(port, webPort ?? LastWebPort(folder), callsPerSecond, cancellation).ConfigureAwait(false);
            return running;
        }
        catch
        {
            await running.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts one more enclave program against this node, with a state and a socket of its own.</summary>
    public ChildProcess StartEnclave(string name, string programFolder, string stateFolder, string socket)
    {
        PrivateFile.MakeFolder(stateFolder);
        var child = ChildProcess.Start(name, Path.Combine(programFolder, "PrivChain.Enclave.dll"),
        [
            "--genesis", Folder.GenesisFile, "--node", Address.Node.ToString(), "--socket", socket, "--state", stateFolder,
            "--evidence", "simulated", "--simulated-root", Folder.SimulatedRoot, "--roles", "broker,worker",
        ]);
        _children.Add(child);
        return child;
    }

    /// <summary>Ends one child before the others.</summary>
    public async Task StopAsync(ChildProcess child)
    {
        _children.Remove(child);
        await child.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // Backwards: nobody loses what it leans on.
        for (var i = _children.Count - 1; i >= 0; i--)
        {
            await _children[i].DisposeAsync().ConfigureAwait(false);
        }

        _children.Clear();
        File.Delete(EnclaveSocket);
        if (_socketFolder is not null && Directory.Exists(_socketFolder))
        {
            Directory.Delete(_socketFolder, recursive: true);
        }
    }

    private async Task StartAsync(int port, int webPort, int? callsPerSecond, CancellationToken cancellation)
    {
        var witness = Start("witness",
        [
            "witness", "--listen", "127.0.0.1:0", "--key", Folder.WitnessKey, "--name", DeploymentFolder.WitnessName,
            .. Genesis.Log.Keys.SelectMany(key => (string[])["--log", $"{Genesis.Origin}={key}"]), "--data", Folder.Witness, "--until-input-ends",
        ]);
        var witnessUrl = Address(await witness.WaitForAsync("witness-ready", _startLimit, cancellation).ConfigureAwait(false), "address");

        string[] limits = callsPerSecond is { } calls ? ["--calls-per-second", calls.ToString(System.Globalization.CultureInfo.InvariantCulture)] : [];
        var node = Start("node",
        [
            "node", "--data", Folder.Node, "--genesis", Folder.GenesisFile, "--log-key", Folder.LogKey, "--listen", $"http://127.0.0.1:{port}",
            "--web-listen", $"http://127.0.0.1:{webPort}",
            "--enclave-socket", EnclaveSocket, "--witness", $"{DeploymentFolder.WitnessName}={witnessUrl}", "--until-input-ends", .. limits,
        ]);
        var ready = await node.WaitForAsync("node-ready", _startLimit, cancellation).ConfigureAwait(false);
        this.Address = new DeploymentAddress(Address(ready, "address"), Address(ready, "web"), witnessUrl, EnclaveSocket);
        PrivateFile.Replace(Folder.AddressFile, this.Address.ToArray());

        Enclave = StartEnclave("enclave", DotnetHost.EnclaveFolder, Folder.EnclaveState, EnclaveSocket);
        await Enclave.WaitForAsync("listening", _startLimit, cancellation).ConfigureAwait(false);

        static Uri Address(JsonElement happened, string member) => new(happened.GetProperty(member).GetString()!);
    }

    private static int LastWebPort(DeploymentFolder folder)
    {
        try
        {
            var port = DeploymentAddress.Read(folder.AddressFile).Web.Port;
            using var free = new TcpListener(IPAddress.Loopback, port);
            free.Start();
            return port;
        }
        catch (RefusalException)
        {
            // None yet, or not readable: the file is a hint, and is written anew.
            return 0;
        }
        catch (SocketException)
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, "another program has the port at which the app was served the last time: end it, or name another with --web-port and lose the wallets that browsers keep for the old one"));
        }
    }

    private ChildProcess Start(string name, params string[] arguments)
    {
        var child = ChildProcess.Start(name, DotnetHost.OwnProgram, arguments);
        _children.Add(child);
        return child;
    }
}
