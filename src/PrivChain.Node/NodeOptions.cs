using System.Net;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tree;
using PrivChain.Node.Collateral;
using PrivChain.Node.Storage;
using PrivChain.Signatures;

namespace PrivChain.Node;

/// <summary>What a node is started with.</summary>
public sealed record NodeOptions
{
    private const string EvmEngine = "evm";

    /// <summary>Folder of databases and logs.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Canonical genesis text.</summary>
    public required string GenesisFile { get; init; }

    /// <summary>Seed of the log's Ed25519 key: <c>0x</c> and 64 hex digits, one line.</summary>
    public required string LogKeyFile { get; init; }

    /// <summary>What keeps the ledger; <see cref="EmbeddedEngine"/> is all there is, and anything else is refused with its reason.</summary>
    public string Engine { get; init; } = EmbeddedEngine;

    /// <summary>The ledger in the node's own database.</summary>
    public const string EmbeddedEngine = "embedded";

    /// <summary>Where gRPC (HTTP/2, clear text) is served; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:0";

    /// <summary>Where gRPC-Web, health and tiles (HTTP/1) are served; port 0 takes a free one.</summary>
    public string WebListen { get; init; } = "http://127.0.0.1:0";

    /// <summary>Host names, with a port where it is not the default one, by which callers reach this node through what its operator put before it. Loopback addresses need no naming.</summary>
    public IReadOnlyList<string> PublicNames { get; init; } = [];

    /// <summary>Unix socket of the enclave, or null for none.</summary>
    public string? EnclaveSocket { get; init; }

    /// <summary>Where the witnesses of the genesis are.</summary>
    public IReadOnlyList<WitnessAddress> Witnesses { get; init; } = [];

    /// <summary>Where collateral for enclaves' evidence is found; none: evidence goes without.</summary>
    public IReadOnlyList<CollateralPlace> Collateral { get; init; } = [];

    /// <summary>Folder of the app that the web address serves, as publishing made it; absent: none is served. By default the one beside the program.</summary>
    public string? AppFolder { get; init; } = DefaultAppFolder;

    /// <summary>Where the build lays the app beside the program.</summary>
    public static string DefaultAppFolder { get; } = Path.Combine(AppContext.BaseDirectory, "app");

    /// <summary>OTLP collector; null: nothing is exported.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Where log lines go beside the data folder's <c>logs</c>: a process of its own gives its standard error, since standard output is for those who started it. Null for nowhere.</summary>
    public Stream? LogConsole { get; init; }

    /// <summary>Limits of the server.</summary>
    public NodeLimits Limits { get; init; } = new();

    /// <summary>Every fault at once, each naming the setting and what was wanted; empty when the node may start.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(DataFolder))
        {
            faults.Add("data: wanted a folder");
        }

        CheckSignatures();
        CheckListen("listen", Listen);
        CheckListen("web-listen", WebListen);
        CheckLogKey();
        faults.AddRange(PublicNames.Where(name => !IsAuthority(name)).Select(name => $"public: wanted a lower-case host name, with or without a port, given {name}"));
        if (EnclaveSocket is { } socket && (socket.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(socket) > 100))
        {
            faults.Add("enclave-socket: wanted a path of 1 to 100 bytes");
        }

        if (OtlpEndpoint is not null && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var otlp) && otlp.Scheme is "http" or "https"))
        {
            faults.Add($"otlp: wanted an http or https address, given {OtlpEndpoint}");
        }

        faults.AddRange(Collateral.Where(place => !CollateralPlace.TryParse($"{place.Kind}={place.At}", out _)).Select(place => $"collateral: wanted {CollateralPlace.Form}, given {place.Kind}={place.At}"));
        faults.AddRange(Collateral.Where(place => place.Kind == CollateralPlace.Folder && !Directory.Exists(place.At)).Select(place => $"collateral: no folder {place.At}"));
        CheckLimits();
        CheckEngine(CheckGenesis());
        return faults;

        void CheckSignatures()
        {
            try
            {
                _ = SignatureEngine.Detected;
            }
            catch (PlatformNotSupportedException exception)
            {
                faults.Add(exception.Message);
            }
        }

        void CheckListen(string name, string text)
        {
            if (!TryEndpoint(text, out _))
            {
                faults.Add($"{name}: wanted http://, a loopback address and a port, given {text}");
            }
        }

        void CheckLogKey()
        {
            try
            {
                CryptographicOperations.ZeroMemory(SeedFile.Read(LogKeyFile));
            }
            catch (RefusalException exception)
            {
                faults.Add($"log-key: {exception.Refusal.Detail}");
            }
        }

        void CheckLimits()
        {
            int[] counts =
            [
                Limits.Message, Limits.BatchMessage, Limits.Connections, Limits.StreamsPerConnection, Limits.CallsPerSecond, Limits.CallsBurst, Limits.TrustedFactor,
                Limits.MessagesPerAccount, Limits.MessagesFromStrangers, Limits.MessagesOfStrangers, Limits.DocumentsPerStranger, Limits.DocumentsOfStrangers, Limits.AuditCopiesPerRegulator, Limits.TalliesPerRegulator, Limits.RecordsPerStranger, Limits.RecordsOfStrangers, Limits.SignIns,
            ];
            if (counts.Any(count => count < 1) || Limits.Deadline <= TimeSpan.Zero || Limits.StreamDeadline <= TimeSpan.Zero)
            {
                faults.Add("limits: wanted every limit above zero");
            }

            if (Limits.TalliesPerRegulator > RefusalTally.MaxKept)
            {
                faults.Add($"limits: wanted at most {RefusalTally.MaxKept} tallies for a regulator, who reads no more");
            }

            // Both addresses may have as many.
            if (OpenFileLimit.FaultOf(2L * Limits.Connections) is { } fault)
            {
                faults.Add($"limits: {fault}");
            }
        }

        void CheckEngine(Genesis? genesis)
        {
            if (Engine == EmbeddedEngine)
            {
                return;
            }

            faults.Add(Engine != EvmEngine ? $"engine: wanted {EmbeddedEngine}, given {Engine}"
                : genesis?.Algorithms == Suite.National ? $"engine: EVM engines cannot check SM2, and the genesis is of the national suite; wanted {EmbeddedEngine}"
                : $"engine: an EVM engine is not built; wanted {EmbeddedEngine}");
        }

        Genesis? CheckGenesis()
        {
            Genesis genesis;
            try
            {
                var parsed = Genesis.Parse(ReadSmall(GenesisFile));
                if (!parsed.Accepted)
                {
                    faults.Add($"genesis: {GenesisFile}: {parsed.Refusal}");
                    return null;
                }

                genesis = parsed.Value;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                faults.Add($"genesis: cannot read {GenesisFile}");
                return null;
            }

            var names = genesis.Witnesses.Select(text => NoteVerifierKey.Parse(text).Name).ToList();
            faults.AddRange(Witnesses.Where(witness => !names.Contains(witness.Name)).Select(witness => $"witness: the genesis names no witness {witness.Name}"));
            faults.AddRange(Witnesses.Where(witness => !witness.Url.IsAbsoluteUri || witness.Url.Scheme is not ("http" or "https"))
                .Select(witness => $"witness: wanted {witness.Name}=http://…"));
            if (Witnesses.Select(witness => witness.Name).Distinct().Count() < Math.Min(genesis.WitnessQuorum, int.MaxValue))
            {
                faults.Add($"witness: wanted at least {genesis.WitnessQuorum}, the quorum, given {Witnesses.Count}");
            }

            return genesis;
        }
    }

    /// <summary>Reads a loopback address with a port. Nothing else is served: a node is reached from outside through what its operator puts before it.</summary>
    internal static bool TryEndpoint(string text, out IPEndPoint endpoint)
    {
        endpoint = new IPEndPoint(IPAddress.Loopback, 0);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "http" || uri.PathAndQuery != "/" || uri.UserInfo.Length != 0)
        {
            return false;
        }

        var host = uri.Host == "localhost" ? "127.0.0.1" : uri.Host;
        if (!IPAddress.TryParse(host, out var address) || !IPAddress.IsLoopback(address))
        {
            return false;
        }

        // Uri reads "http://127.0.0.1" as port 80, which nobody means.
        if (!text.TrimEnd('/').EndsWith($":{uri.Port}", StringComparison.Ordinal))
        {
            return false;
        }

        endpoint = new IPEndPoint(address, uri.Port);
        return true;
    }

    // A device or a pipe says that it has no bytes, and gives them without end.
    private static byte[] ReadSmall(string path) =>
        new FileInfo(path) is { Exists: true, Length: > 0 and <= Genesis.MaxSize } ? File.ReadAllBytes(path) : throw new IOException($"{path}: wanted a file of 1 to {Genesis.MaxSize} bytes");

    // In the one form in which a client sends it.
    private static bool IsAuthority(string name) =>
        Uri.TryCreate("https://" + name, UriKind.Absolute, out var uri) && uri.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4 && Core.SignIn.SignInMessage.AuthorityOf(uri) == name;

    /// <summary>The log's keys, under the name that the genesis gives them.</summary>
    /// <exception cref="RefusalException">The file is not one that <see cref="SeedFile"/> reads.</exception>
    internal LogSigner ReadLog(Genesis genesis)
    {
        var seed = SeedFile.Read(LogKeyFile);
        try
        {
            return new LogSigner(genesis.Algorithms, genesis.Log.Keys[0].Name, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }
}
