using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Commands;

/// <summary><c>query</c>: an institution asks under a consent, and keeps answer and receipt.</summary>
internal static class QueryCommand
{
    private static readonly Argument<Digest?> _consent = Parsing.DigestArgument("CONSENT", "Digest of the consent, as `privchain request --wait` or `privchain inbox` shows it.");
    private static readonly Option<string[]> _field = new("--field") { Description = "Ask for this field only; may be repeated." };
    private static readonly Option<string?> _answer = new("--answer") { Description = "File for the answer's JSON.", HelpName = "FILE" };
    private static readonly Option<string?> _receipt = new("--receipt") { Description = "File for the verified receipt.", HelpName = "FILE" };

    public static Command Make() => CommandMaker.Make(
        "query", "Asks one query under a consent; writes the answer and its verified receipt.",
        "privchain query 0x… --answer answer.json --receipt receipt.json --keystore bank.json --accept-simulated",
        RunAsync, [_consent, _field, _answer, _receipt, Common.Language, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        PrivateFile.RefuseExisting(run.Optional(_answer));
        PrivateFile.RefuseExisting(run.Optional(_receipt));
        if (run.Optional(_answer) is { } one && run.Optional(_receipt) is { } other && Path.GetFullPath(one) == Path.GetFullPath(other))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--answer and --receipt: wanted two files"));
        }

        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var institution = new InstitutionClient(connection, keys.Account, keys.EncryptionKey);
        var consent = await institution.GetConsentAsync(run.Value(_consent)!.Value, run.Cancellation).ConfigureAwait(false);
        var fields = run.Optional(_field) is { Length: > 0 } named ? named : null;
        var answer = await institution.QueryAsync(consent, fields, run.Cancellation).ConfigureAwait(false);
        if (answer.Refusal is { } refusal)
        {
            throw new RefusalException(refusal);
        }

        // The use is spent: the answer is kept before anything else can fail, and told even where it cannot be written.
        run.Output.Json["answer"] = JsonNode.Parse(answer.Json.Span);
        if (run.Optional(_answer) is { } answerFile)
        {
            PrivateFile.WriteNew(answerFile, answer.Json.Span);
        }

        run.Output.Json["simulated"] = answer.IsSimulated;
        var language = Common.LanguageOf(run);
        run.Output.Table(
            ["Field", "Form", "Answer"],
            answer.Shows.Select(shown => new[]
            {
                shown.Key, shown.Value.Form,
                consent.Contract.Find(shown.Key) is { } field ? ContractRendering.Describe(shown.Value.Result, field.Field, language) : "-",
            }));
        run.Output.Json["selfAsserted"] = new JsonArray([.. consent.SelfAsserted.Select(record => (JsonNode)record.Id)]);
        if (consent.SelfAsserted.Count > 0)
        {
            run.Output.Warning($"The person's own statement, which nobody vouches for: {string.Join(", ", consent.SelfAsserted.Select(record => record.Id))}");
        }

        if (answer.IsSimulated)
        {
            run.Output.Warning("The evidence is simulated: it proves nothing about hardware.");
        }

        if (run.Optional(_receipt) is { } receiptFile)
        {
            var receipt = await answer.GetReceiptAsync(run.Cancellation).ConfigureAwait(false);
            PrivateFile.WriteNew(receiptFile, Encoding.UTF8.GetBytes(receipt.ToJson()));
            run.Output.Json["receipt"] = Path.GetFullPath(receiptFile);
            run.Output.Line($"Receipt verified and written to {receiptFile}");
        }

        return 0;
    }
}
