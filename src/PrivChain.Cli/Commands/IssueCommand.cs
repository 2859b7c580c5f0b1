using System.CommandLine;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Issuing;

namespace PrivChain.Cli.Commands;

/// <summary><c>issue</c>: seals one record to its holder.</summary>
internal static class IssueCommand
{
    private static readonly Argument<string> _record = Parsing.Path("RECORD", "JSON file with the record in the clear.");
    private static readonly Option<string> _schema = new("--schema") { Description = "Schema id, such as identity-card/1.", Required = true };
    private static readonly Option<string?> _contact = new("--contact") { Description = "The holder's contact for this issuer, or a file with it." };
    private static readonly Option<bool> _self = new("--self") { Description = "Keep it as your own statement about yourself: nobody vouches for it, and institutions see that." };

    public static Command Make() => CommandMaker.Make(
        "issue", "Seals one record to its holder, anchors it, and tells the holder; with --self a person's own statement.",
        "privchain issue card.json --schema identity-card/1 --contact contact.txt --keystore registry.json",
        RunAsync, [_record, _schema, _contact, _self, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        if (run.Optional(_contact) is null != run.Value(_self))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "wanted --contact for a record about somebody, or --self for your own statement"));
        }

        var claims = BoundedFile.Read(run.Value(_record), StrictJson.DefaultMaxBytes);
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var (record, entry, holder) = await IssueAsync(run, connection, keys, claims).ConfigureAwait(false);
        run.Output.Json["record"] = record.ToString();
        run.Output.Json["entry"] = entry;
        run.Output.Json["holder"] = holder.ToString();
        run.Output.Facts(("Record", record.ToString()), ("Entry", entry.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Holder", holder.ToString()));
        return 0;
    }

    private static async Task<(Digest Record, ulong Entry, AccountAddress Holder)> IssueAsync(CommandRun run, PrivChainConnection connection, RoleKeys keys, byte[] claims)
    {
        if (run.Optional(_contact) is { } contact)
        {
            var holder = Common.Contact(contact, connection.Domain);
            var issued = await new IssuerClient(connection, keys.Account, keys.IssuerKey).IssueAsync(run.Value(_schema), claims, holder, run.Cancellation).ConfigureAwait(false);
            return (issued.Record, issued.Index, holder.Account);
        }

        using var citizen = new CitizenClient(connection, keys.Wallet);
        var anchor = await citizen.StateAsync(run.Value(_schema), claims, run.Cancellation).ConfigureAwait(false);
        return (anchor.Entry.Reference, anchor.Index, anchor.Entry.Party);
    }
}
