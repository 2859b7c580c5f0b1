using System.CommandLine;
using PrivChain.Core.Bytes;
using PrivChain.Sdk.Consent;

namespace PrivChain.Cli.Commands;

/// <summary><c>erase</c>: destroys a record for good.</summary>
internal static class EraseCommand
{
    private static readonly Argument<Digest?> _record = Parsing.DigestArgument("RECORD", "Digest of the record, as `privchain inbox` shows it.");
    private static readonly Option<bool> _yes = new("--yes") { Description = "Do not ask again." };

    public static Command Make() => CommandMaker.Make(
        "erase", "Erases a record: a tombstone stands on the ledger and the node destroys the ciphertext.", "privchain erase 0x… --yes --keystore me.json",
        RunAsync, [_record, Common.Reason, _yes, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        var record = run.Value(_record)!.Value;
        if (!Common.Confirm(run, _yes, $"Erase {record}? It is gone for good."))
        {
            run.Output.Line("Nothing was erased.");
            return 0;
        }

        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var citizen = new CitizenClient(connection, keys.Wallet);
        var proven = await citizen.EraseAsync(record, run.Value(Common.Reason), run.Cancellation).ConfigureAwait(false);
        run.Output.Json["entry"] = proven.Index;
        run.Output.Line($"Erased: entry {proven.Index}, witnessed. Answers given before stay with those who got them.");
        return 0;
    }
}
