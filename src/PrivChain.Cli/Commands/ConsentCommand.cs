using System.CommandLine;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;

namespace PrivChain.Cli.Commands;

/// <summary><c>consent</c>: a person reads what would be seen, and says yes or no.</summary>
internal static class ConsentCommand
{
    private static readonly Argument<Digest?> _request = Parsing.DigestArgument("REQUEST", "Digest of the request, as `privchain inbox` shows it.");
    private static readonly Option<bool> _accept = new("--accept") { Description = "Consent." };
    private static readonly Option<string?> _refuse = new("--refuse") { Description = "Refuse, and say why.", HelpName = "REASON" };
    private static readonly Option<uint> _uses = new("--uses") { Description = "Uses granted.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int?> _hours = new("--hours") { Description = "Validity granted, in hours; left out, as long as was asked." };
    private static readonly Option<string[]> _optional = new("--optional") { Description = "An optional field to grant; may be repeated." };
    private static readonly Option<bool> _yes = new("--yes") { Description = "Do not ask again." };

    public static Command Make() => CommandMaker.Make(
        "consent", "Shows what an institution would see, from your own records, and consents or refuses.",
        "privchain consent 0x… --accept --uses 1 --keystore me.json --accept-simulated",
        RunAsync, [_request, _accept, _refuse, _uses, _hours, _optional, _yes, Common.Language, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        var (accept, refuse) = (run.Optional(_accept), run.Optional(_refuse));
        if (accept && refuse is not null)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--accept and --refuse: one of them"));
        }

        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var citizen = new CitizenClient(connection, keys.Wallet);
        var digest = run.Value(_request)!.Value;
        var request = (await citizen.RequestsAsync(run.Cancellation).ConfigureAwait(false)).FirstOrDefault(received => received.Request.Digest == digest)
            ?? throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no request {digest} in the inbox"));
        if (refuse is not null)
        {
            await citizen.RefuseAsync(request, refuse, run.Cancellation).ConfigureAwait(false);
            run.Output.Json["refusedRequest"] = digest.ToString();
            run.Output.Line("Refused; the institution was told.");
            return 0;
        }

        using var preview = await citizen.PreviewAsync(request, Common.LanguageOf(run), run.Cancellation).ConfigureAwait(false);
        Show(run, preview);
        if (!accept || (preview.Obstacles.Count == 0 && !Common.Confirm(run, _yes, $"Consent to {run.Value(_uses)} use(s)?")))
        {
            run.Output.Line("Nothing was signed. --accept consents, --refuse REASON refuses.");
            return 0;
        }

        var consent = await citizen.ConsentAsync(
            preview,
            new ConsentChoices
            {
                Uses = run.Value(_uses),
                Validity = run.Optional(_hours) is { } hours ? TimeSpan.FromHours(hours) : null,
                OptionalFields = run.Optional(_optional) ?? [],
            },
            run.Cancellation).ConfigureAwait(false);
        run.Output.Json["consent"] = consent.ToString();
        run.Output.Facts(("Consent", consent.ToString()));
        run.Output.Line($"It stands on the ledger, witnessed. `privchain revoke {consent}` ends it.");
        return 0;
    }

    private static void Show(CommandRun run, ConsentPreview preview)
    {
        var output = run.Output;
        output.Json["institution"] = preview.Institution.Name;
        output.Json["text"] = preview.Rendering.ToText();
        output.Json["wouldSee"] = preview.WouldSee is { } answer ? JsonNode.Parse(answer.Bytes.Span) : null;
        output.Json["obstacles"] = new JsonArray([.. preview.Obstacles.Select(obstacle => (JsonNode)obstacle.ToString())]);
        output.Json["findings"] = ContractCommand.ToJson(preview.Findings);
        output.Json["simulated"] = preview.IsSimulated;
        output.Block(preview.Rendering.ToText());
        output.Line();
        if (preview.Request.Request.Message is { Length: > 0 } message)
        {
            output.Facts(("Message", message));
        }

        if (preview.OptionalFields.Count > 0)
        {
            output.Facts(("May be left out", string.Join(", ", preview.OptionalFields)));
        }

        foreach (var finding in preview.Findings)
        {
            output.Warning($"{finding.Code}: {finding.En} / {finding.Zh}");
        }

        foreach (var obstacle in preview.Obstacles)
        {
            output.Warning(obstacle.ToString());
        }

        if (preview.IsSimulated)
        {
            output.Warning("The key broker's evidence is simulated: nothing protects your data from whoever runs it.");
        }
    }
}
