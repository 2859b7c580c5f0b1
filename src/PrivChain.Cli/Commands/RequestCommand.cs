using System.CommandLine;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Commands;

/// <summary><c>request</c>: an institution asks a person.</summary>
internal static class RequestCommand
{
    private static readonly Argument<string> _contact = new("CONTACT") { Description = "The person's contact for this institution, or a file with it." };
    private static readonly Argument<Digest?> _contract = Parsing.DigestArgument("CONTRACT", "Digest of a published contract of this institution.");
    private static readonly Option<uint> _uses = new("--uses") { Description = "Uses asked for.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> _days = new("--days") { Description = "Validity asked for, in days.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> _message = new("--message") { Description = "A line to the person.", DefaultValueFactory = _ => string.Empty };
    private static readonly Option<bool> _wait = new("--wait") { Description = "Wait for the person's answer." };

    public static Command Make() => CommandMaker.Make(
        "request", "Asks a person for consent to a contract; the request waits in the person's inbox.",
        "privchain request contact.txt 0x… --uses 3 --days 30 --wait --keystore bank.json",
        RunAsync, [_contact, _contract, _uses, _days, _message, _wait, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        var (uses, days) = (run.Value(_uses), run.Value(_days));
        if (uses == 0)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--uses: wanted 1 or more"));
        }

        if (days is < 1 or > 36_500)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--days: wanted 1 to 36500"));
        }

        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var contact = Common.Contact(run.Value(_contact), connection.Domain);
        var institution = new InstitutionClient(connection, keys.Account, keys.EncryptionKey);
        var pending = await institution.RequestAsync(
            contact, run.Value(_contract)!.Value, uses, TimeSpan.FromDays(days), run.Value(_message), run.Cancellation).ConfigureAwait(false);
        run.Output.Json["request"] = pending.Digest.ToString();
        run.Output.Facts(("Request", pending.Digest.ToString()));
        if (run.Optional(_wait))
        {
            var consent = await pending.WaitForConsentAsync(run.Cancellation).ConfigureAwait(false);
            run.Output.Json["consent"] = consent.Digest.ToString();
            run.Output.Facts(("Consent", consent.Digest.ToString()));
        }

        return 0;
    }
}
