using System.CommandLine;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Json;
using PrivChain.Sdk.Issuing;

namespace PrivChain.Cli.Commands;

/// <summary><c>issue</c>: seals one record to its holder.</summary>
internal static class IssueCommand
{
    private static readonly Argument<string> _record = Parsing.Path("RECORD", "JSON file with the record in the clear.");
    private static readonly Option<string> _schema = new("--schema") { Description = "Schema id, such as identity-card/1.", Required = true };
    private static readonly Option<string> _contact = new("--contact") { Description = "The holder's contact for this issuer, or a file with it.", Required = true };

    public static Command Make() => CommandMaker.Make(
        "issue", "Seals one record to its holder, anchors it, and tells the holder.",
        "privchain issue card.json --schema identity-card/1 --contact contact.txt --keystore registry.json",
        RunAsync, [_record, _schema, _contact, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        var claims = BoundedFile.Read(run.Value(_record), StrictJson.DefaultMaxBytes);
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var holder = Common.Contact(run.Value(_contact), connection.Domain);
        var issued = await new IssuerClient(connection, keys.Account, keys.IssuerKey).IssueAsync(run.Value(_schema), claims, holder, run.Cancellation).ConfigureAwait(false);
        run.Output.Json["record"] = issued.Record.ToString();
        run.Output.Json["entry"] = issued.Index;
        run.Output.Json["holder"] = holder.Account.ToString();
        run.Output.Facts(("Record", issued.Record.ToString()), ("Entry", issued.Index.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Holder", holder.Account.ToString()));
        return 0;
    }
}
