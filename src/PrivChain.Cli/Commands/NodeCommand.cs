using System.CommandLine;
using System.Text.Json.Nodes;
using PrivChain.Core.Refusals;
using PrivChain.Node;
using PrivChain.Node.Collateral;

namespace PrivChain.Cli.Commands;

/// <summary><c>node</c>: the operator's server by itself. <c>up</c> starts it as a process of its own.</summary>
internal static class NodeCommand
{
    private static readonly Option<string> _data = new("--data") { Description = "Folder of databases and logs.", Required = true };
    private static readonly Option<string> _genesis = new("--genesis") { Description = "The genesis file.", Required = true };
    private static readonly Option<string> _logKey = new("--log-key") { Description = "File with the seed of the log's key.", Required = true };
    private static readonly Option<string> _engine = new("--engine")
    {
        Description = $"What keeps the ledger: {NodeOptions.EmbeddedEngine}, and nothing else. An EVM engine is not built, and could not check the SM2 of a national ledger.",
        DefaultValueFactory = _ => NodeOptions.EmbeddedEngine,
    };

    private static readonly Option<string> _listen = new("--listen") { Description = "Where gRPC is served.", DefaultValueFactory = _ => "http://127.0.0.1:0" };
    private static readonly Option<string> _webListen = new("--web-listen") { Description = "Where gRPC-Web, health and tiles are served.", DefaultValueFactory = _ => "http://127.0.0.1:0" };
    private static readonly Option<string?> _enclaveSocket = new("--enclave-socket") { Description = "Unix socket of the enclave." };
    private static readonly Option<string[]> _witness = new("--witness") { Description = $"{WitnessAddress.Form} of a witness; may be repeated." };
    private static readonly Option<string[]> _public = new("--public") { Description = "HOST[:PORT] by which callers reach this node through a proxy; may be repeated." };
    private static readonly Option<string[]> _collateral = new("--collateral") { Description = $"Where collateral for enclaves' evidence is found: {CollateralPlace.Form}; may be repeated." };
    private static readonly Option<string?> _otlp = new("--otlp") { Description = "OpenTelemetry collector; none: nothing is exported." };

    private static readonly Option<int?> _callsPerSecond = new("--calls-per-second") { Description = "Calls a second for one caller; many people behind one connection need more." };

    public static Command Make()
    {
        var command = CommandMaker.Make(
            "node", "Runs a node: ledger, vault and inbox of one operator.",
            "privchain node --data ./node --genesis genesis.json --log-key keys/log --witness w.example.org=http://127.0.0.1:7700",
            RunAsync, _data, _genesis, _logKey, _engine, _listen, _webListen, _enclaveSocket, _witness, _public, _collateral, _otlp, _callsPerSecond, InputEnd.Option);
        command.Hidden = true;
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run)
    {
        var witnesses = new List<WitnessAddress>();
        foreach (var text in run.Optional(_witness) ?? [])
        {
            witnesses.Add(WitnessAddress.TryParse(text, out var witness)
                ? witness
                : throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"--witness {text}: wanted {WitnessAddress.Form}")));
        }

        var places = new List<CollateralPlace>();
        foreach (var text in run.Optional(_collateral) ?? [])
        {
            places.Add(CollateralPlace.TryParse(text, out var place)
                ? place
                : throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"--collateral {text}: wanted {CollateralPlace.Form}")));
        }

        var options = new NodeOptions
        {
            DataFolder = run.Value(_data),
            GenesisFile = run.Value(_genesis),
            LogKeyFile = run.Value(_logKey),
            Engine = run.Value(_engine),
            Listen = run.Value(_listen),
            WebListen = run.Value(_webListen),
            EnclaveSocket = run.Optional(_enclaveSocket),
            Witnesses = witnesses,
            PublicNames = run.Optional(_public) ?? [],
            Collateral = places,
            OtlpEndpoint = run.Optional(_otlp),
            LogConsole = Console.OpenStandardError(),
            Limits = run.Optional(_callsPerSecond) is { } calls and > 0 and <= 1_000_000 ? new NodeLimits { CallsPerSecond = calls, CallsBurst = calls * 5 } : new NodeLimits(),
        };
        using var stop = InputEnd.Watch(run);
        try
        {
            await NodeHost.RunAsync(options, run.Time, SayReady, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop before it served.
        }

        return 0;
    }

    private static void SayReady(string grpc, string web)
    {
        Console.Out.WriteLine(new JsonObject { ["event"] = "node-ready", ["address"] = grpc, ["web"] = web }.ToJsonString());
        Console.Out.Flush();
    }
}
