using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using PrivChain.Attestation.Simulated;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Start;
using PrivChain.Enclave.Tests.World;
using PrivChain.Schemas.V1;
using PrivChain.Tests.Shared;

namespace PrivChain.Enclave.Tests.Start;

/// <summary>The program as it is started: a process of its own, an empty environment, a socket.</summary>
[TestClass]
public sealed partial class EnclaveProcessTests : IDisposable
{
    private const int Terminate = 15;

    private readonly string _folder = Directory.CreateTempSubdirectory("process").FullName;
    private readonly SimulatedRoot _root = SimulatedRoot.Generate();
    private readonly MemoryLedger _ledger;

    public EnclaveProcessTests()
    {
        _ledger = new MemoryLedger(new SettableTime(), [Core.Keys.Account.Generate().Address], [_root.Name]);
        File.WriteAllBytes(In("genesis.json"), _ledger.Genesis.ToArray());
        File.WriteAllBytes(In("root"), _root.ExportSecret());
    }

    private static string ProgramFolder { get; } = Path.Combine(
        VectorFolder.RepositoryRoot(), "enclave", "PrivChain.Enclave", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task Process_Started_ServesOnItsSocketAloneAndStopsOnSigterm()
    {
        using var enclave = Start([]);
        using var listening = await LineAsync(enclave);
        Assert.AreEqual("listening", Text(listening, "event"));
        Assert.AreEqual(_ledger.Genesis.LedgerId.ToString(), Text(listening, "ledger"));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("socket")));

        // A process that is not dumpable hides its files from all but root: then only root can look.
        if (Environment.IsPrivilegedProcess)
        {
            Assert.IsFalse(ListensOnTcp(enclave.Id), "no TCP port");
        }

        var nonce = EnclaveWorld.RandomDigest().ToArray();
        using var channel = Channel();
        var client = new Schemas.V1.Enclave.EnclaveClient(channel);
        var identity = await client.IdentifyAsync(new IdentifyRequest { Nonce = ByteString.CopyFrom(nonce) });
        Assert.AreEqual(Text(listening, "broker"), new AccountAddress(identity.Broker.Account.Span).ToString());
        Assert.IsNull(identity.Worker, "no worker session before the ledger admits one");
        Assert.IsTrue(HpkePublicKey.TryParse(identity.Broker.EncryptionKey.Span, out _));

        var refused = await Assert.ThrowsExactlyAsync<RpcException>(async () => await client.IdentifyAsync(new IdentifyRequest { Nonce = ByteString.CopyFrom(new byte[15]) }));
        Assert.AreEqual(((int)RefusalReason.Malformed).ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Trailers.GetValue("privchain-reason"));

        Assert.AreEqual(0, Kill(enclave.Id, Terminate));
        await enclave.WaitForExitAsync(Soon());
        Assert.AreEqual(0, enclave.ExitCode);
        Assert.IsFalse(File.Exists(In("socket")));
    }

    [TestMethod]
    public async Task Process_StartedAgain_IsTheSameBroker()
    {
        var accounts = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var enclave = Start([]);
            using var listening = await LineAsync(enclave);
            accounts.Add(Text(listening, "broker"));
            Assert.AreEqual(0, Kill(enclave.Id, Terminate));
            await enclave.WaitForExitAsync(Soon());
        }

        Assert.HasCount(1, accounts);
    }

    [TestMethod]
    public async Task Process_SteeringVariable_RefusesToStart()
    {
        using var enclave = Start([("DOTNET_EnableDiagnostics", "1")]);
        await enclave.WaitForExitAsync(Soon());
        Assert.AreEqual((int)RefusalReason.UnmeasuredInput, enclave.ExitCode);
        using var line = JsonDocument.Parse(await enclave.StandardError.ReadToEndAsync());
        Assert.AreEqual(nameof(RefusalReason.UnmeasuredInput), Text(line, "refused"));
        Assert.Contains("DOTNET_EnableDiagnostics", Text(line, "detail"));
    }

    [TestMethod]
    public async Task Process_SealedStateOfAnother_RefusesToStart()
    {
        using (var enclave = Start([]))
        {
            (await LineAsync(enclave)).Dispose();
            Assert.AreEqual(0, Kill(enclave.Id, Terminate));
            await enclave.WaitForExitAsync(Soon());
        }

        using var other = SimulatedRoot.Generate();
        File.WriteAllBytes(In("root"), other.ExportSecret());
        using var again = Start([]);
        await again.WaitForExitAsync(Soon());
        Assert.AreEqual((int)RefusalReason.CannotOpen, again.ExitCode);
    }

    [TestMethod]
    public async Task Process_Measure_PrintsWhatTheFolderHolds()
    {
        using var enclave = Run(["--measure"], []);
        await enclave.WaitForExitAsync(Soon());
        Assert.AreEqual(0, enclave.ExitCode);
        using var line = JsonDocument.Parse(await enclave.StandardOutput.ReadToEndAsync());
        var measurement = ProgramMeasurement.OfFolder(ProgramFolder);
        Assert.AreEqual(Hex.Encode(measurement), Text(line, "measurement"));
        Assert.AreEqual(EnclaveMeasurement.DigestOf(measurement).ToString(), Text(line, "digest"));
    }

    private static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private static string Text(JsonDocument line, string member) => line.RootElement.GetProperty(member).GetString()!;

    private static async Task<JsonDocument> LineAsync(Process process)
    {
        var line = await process.StandardOutput.ReadLineAsync(Soon());
        return JsonDocument.Parse(line ?? await process.StandardError.ReadToEndAsync(Soon()));
    }

    // A listening TCP socket of the process, by the inodes that it has open.
    private static bool ListensOnTcp(int process)
    {
        var inodes = Directory.EnumerateFiles($"/proc/{process}/fd").Select(file => File.ResolveLinkTarget(file, false)?.Name ?? string.Empty).ToHashSet();
        return new[] { "tcp", "tcp6" }.SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(columns => columns[3] == "0A" && inodes.Contains($"socket:[{columns[9]}]"));
    }

    private string In(string name) => Path.Combine(_folder, name);

    private Process Start(IEnumerable<(string Name, string Value)> environment) => Run(
        [
            "--genesis", In("genesis.json"), "--node", "http://127.0.0.1:1", "--socket", In("socket"), "--state", In("state"),
            "--evidence", "simulated", "--simulated-root", In("root"), "--roles", "broker,worker",
        ],
        environment);

    private static Process Run(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(ProgramFolder, "PrivChain.Enclave.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private GrpcChannel Channel() => GrpcChannel.ForAddress("http://enclave", new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(In("socket")), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
    });

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
