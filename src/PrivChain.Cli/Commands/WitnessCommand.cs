using System.CommandLine;
using PrivChain.Cli.Witness;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Cli.Commands;

/// <summary><c>witness</c>: signs that a log has one history (c2sp.org/tlog-witness).</summary>
internal static class WitnessCommand
{
    private static readonly Option<string> _listen = new("--listen") { Description = "Loopback address and port; port 0 takes a free one.", DefaultValueFactory = _ => "127.0.0.1:7700" };
    private static readonly Option<string> _key = new("--key") { Description = "File with the seed of the witness's key.", Required = true };
    private static readonly Option<string> _name = new("--name") { Description = "The witness's name in its cosignatures.", Required = true };
    private static readonly Option<bool> _postQuantum = new("--post-quantum") { Description = "Cosign with ML-DSA-44 (c2sp.org/tlog-cosignature, type 0x06) rather than Ed25519." };
    private static readonly Option<string[]> _log = new("--log") { Description = "ORIGIN=VKEY of a log it follows; may be repeated. A national log has two: its Ed25519 and its SM2 key.", Required = true };
    private static readonly Option<string> _data = new("--data") { Description = "Folder of its store.", Required = true };

    public static Command Make() => CommandMaker.Make(
        "witness", "Serves a C2SP witness: cosigns a log's checkpoints as long as they are one history.",
        "privchain witness --key witness.key --name witness.example.org --log 'log.example.org=log.example.org+…' --data ./witness",
        RunAsync, _listen, _key, _name, _postQuantum, _log, _data, InputEnd.Option);

    private static async Task<int> RunAsync(CommandRun run)
    {
        var logs = new List<(string, NoteVerifierKey)>();
        foreach (var text in run.Value(_log))
        {
            logs.Add(text.Split('=', 2) is [var origin, var vkey] && NoteVerifierKey.TryParse(vkey, out var key) && key.IsLog
                ? (origin, key)
                : throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"--log {text}: wanted ORIGIN=VKEY, the verifier key of a log")));
        }

        using var stop = InputEnd.Watch(run);
        await WitnessServer.RunAsync(
            new WitnessServerOptions
            {
                Listen = run.Value(_listen),
                KeySeedFile = run.Value(_key),
                Name = run.Value(_name),
                PostQuantum = run.Optional(_postQuantum),
                Logs = logs,
                Folder = run.Value(_data),
                Clock = run.Time,
            },
            stop.Token).ConfigureAwait(false);
        return 0;
    }
}
