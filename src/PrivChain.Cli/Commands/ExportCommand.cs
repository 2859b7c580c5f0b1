using System.CommandLine;
using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Sdk.Consent;

namespace PrivChain.Cli.Commands;

/// <summary><c>export</c>: everything about a person, for that person.</summary>
internal static class ExportCommand
{
    private static readonly Option<string?> _out = new("--out") { Description = "File to write, readable by you only; left out, it is printed.", HelpName = "FILE" };

    public static Command Make() => CommandMaker.Make(
        "export", "Writes everything that is held about you, in the clear: records, consents, uses, answers.", "privchain export --out me-export.json --keystore me.json",
        RunAsync, [_out, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        PrivateFile.RefuseExisting(run.Optional(_out));
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var citizen = new CitizenClient(connection, keys.Wallet);
        var export = await citizen.ExportAsync(run.Cancellation).ConfigureAwait(false);
        var document = export.Json.ToArray();
        if (export.Missing is { } missing)
        {
            run.Output.Json["missing"] = missing.Reason.ToString();
            run.Output.Warning($"Not all that the ledger names is in it: {missing}");
        }

        if (run.Optional(_out) is { } path)
        {
            PrivateFile.WriteNew(path, document);
            run.Output.Json["file"] = Path.GetFullPath(path);
            run.Output.Line($"Written to {path}. Keep it as you would keep the papers themselves.");
            return 0;
        }

        run.Output.Json["export"] = JsonNode.Parse(document);
        foreach (var line in System.Text.Encoding.UTF8.GetString(document).Split('\n'))
        {
            run.Output.Verbatim(line);
        }

        return 0;
    }
}
