using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Commands;

/// <summary><c>contract</c>: what an institution may see, checked, published, approved.</summary>
internal static class ContractCommand
{
    private static readonly AccountAddress _nobody = new([.. new byte[AccountAddress.Size - 1], 1]);
    private static readonly Argument<string> _contract = new("CONTRACT") { Description = "A contract file, or the name of a built-in one." };
    private static readonly Argument<string> _shown = new("CONTRACT") { Description = "A contract file, the name of a built-in one, or the digest of a published one." };
    private static readonly Argument<Digest?> _digest = Parsing.DigestArgument("DIGEST", "Digest of a published contract.");
    private static readonly Option<string> _opinion = new("--opinion") { Description = "The opinion; only a salted hash goes to the ledger.", DefaultValueFactory = _ => string.Empty };

    private static readonly Option<string> _why = new("--reason") { Description = "What is wrong with it, for the institution to read.", Required = true };

    public static Command Make() => CommandMaker.Group(
        "contract", $"Privacy contracts. Built in: {string.Join(", ", ContractTemplates.All.Keys.Order(StringComparer.Ordinal))}.", "privchain contract show mortgage-precheck --lang zh",
        CommandMaker.Make("check", "Checks a contract offline for over-asking, pinned-down values and missing limits.", "privchain contract check contract.json", CheckAsync, _contract, Common.Language),
        CommandMaker.Make("show", "Shows a contract in plain words.", "privchain contract show age-check --lang zh", ShowAsync, [_shown, Common.Language, Common.Suite, .. Common.Connection]),
        CommandMaker.Make("list", "Lists published contracts and who approved them.", "privchain contract list", ListAsync, Common.Connection),
        CommandMaker.Make(
            "publish", "Publishes a contract of this institution; a built-in one is filled in with its account.", "privchain contract publish age-check --keystore bank.json",
            PublishAsync, [_contract, .. Common.Signing]),
        CommandMaker.Make(
            "approve", "A regulator's approval.", "privchain contract approve 0x… --opinion 'asks for no more than it needs' --keystore regulator.json",
            run => VoteAsync(run, approve: true), [_digest, _opinion, .. Common.Signing]),
        CommandMaker.Make(
            "send-back", "Sends a contract back to its institution, sealed, with a regulator's reason; the ledger has nothing of it.",
            "privchain contract send-back 0x… --reason 'the year of birth is not needed' --keystore regulator.json", SendBackAsync, [_digest, _why, .. Common.Signing]),
        CommandMaker.Make(
            "withdraw", "Takes a regulator's approval back: no use is recorded from then on.", "privchain contract withdraw 0x… --keystore regulator.json",
            run => VoteAsync(run, approve: false), [_digest, _opinion, .. Common.Signing]));

    private static Task<int> CheckAsync(CommandRun run)
    {
        var findings = ContractChecker.CheckText(Read(run.Value(_contract)), SchemaCatalog.BuiltIn, PurposeProfile.BuiltIn);
        var chinese = Common.LanguageOf(run) == DisplayLanguage.Chinese;
        var output = run.Output;
        output.Json["findings"] = ToJson(findings);
        output.Table(
            ["", "Where", "Code", "What"],
            findings.Select(finding => new[] { finding.Severity == FindingSeverity.Error ? "error" : "warning", finding.Path, finding.Code, chinese ? finding.Zh : finding.En }));
        if (ContractChecker.RefusalOf([.. findings]) is { } refusal)
        {
            output.Refused(refusal);
            return Task.FromResult((int)refusal.Reason);
        }

        output.Line("The contract may be published.");
        return Task.FromResult(0);
    }

    private static async Task<int> ShowAsync(CommandRun run)
    {
        PrivacyContract contract;
        string? controller = null;
        if (Digest.TryParse(run.Value(_shown), out var digest))
        {
            using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
            contract = await connection.GetContractAsync(digest, run.Cancellation).ConfigureAwait(false);
            controller = await NameAsync(run, connection, contract.Controller).ConfigureAwait(false);
        }
        else
        {
            contract = PrivacyContract.Parse(Read(run.Value(_shown)), SchemaCatalog.BuiltIn, Common.SuiteOf(run)).OrThrow();
        }

        var rendered = ContractRendering.Render(contract, Common.LanguageOf(run), controller);
        var isTemplate = IsTemplate(run.Value(_shown));
        run.Output.Json["template"] = isTemplate;
        run.Output.Json["digest"] = isTemplate ? null : contract.Digest.ToString();
        run.Output.Json["contract"] = JsonNode.Parse(contract.CanonicalText.Span);
        run.Output.Json["text"] = rendered.ToText();
        run.Output.Block(rendered.ToText());
        run.Output.Line(isTemplate ? "Built in: the institution's own account goes in when it is published." : $"Digest {contract.Digest}");
        return 0;
    }

    private static async Task<int> ListAsync(CommandRun run)
    {
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var published = await connection.Ledger.ReadStateAsync(
            state => state.Contracts.OrderBy(contract => contract.Index)
                .Select(contract => (Published: contract, Approved: state.IsApproved(contract.Digest), By: contract.ApprovedBy.Select(account => account.ToString()).ToList())).ToList(),
            cancellationToken: run.Cancellation).ConfigureAwait(false);
        var rows = new List<string[]>();
        var list = new JsonArray();
        foreach (var (contract, approved, by) in published)
        {
            var text = await connection.GetContractAsync(contract.Digest, run.Cancellation).ConfigureAwait(false);
            rows.Add([contract.Digest.ToString(), text.Id, contract.Controller.ToString(), approved ? "approved" : "waits"]);
            list.Add(new JsonObject
            {
                ["digest"] = contract.Digest.ToString(), ["id"] = text.Id, ["controller"] = contract.Controller.ToString(), ["approved"] = approved,
                ["approvedBy"] = new JsonArray([.. by.Select(account => (JsonNode)account)]), ["maxUses"] = contract.MaxUses, ["price"] = contract.Price,
            });
        }

        run.Output.Json["contracts"] = list;
        run.Output.Table(["Digest", "Contract", "Institution", "State"], rows);
        return 0;
    }

    private static async Task<int> PublishAsync(CommandRun run)
    {
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var text = IsTemplate(run.Value(_contract))
            ? ContractTemplates.For(run.Value(_contract), keys.Account.Address).OrThrow()
            : Read(run.Value(_contract));
        var contract = await new InstitutionClient(connection, keys.Account, keys.EncryptionKey).PublishAsync(text, run.Cancellation).ConfigureAwait(false);
        run.Output.Json["digest"] = contract.Digest.ToString();
        run.Output.Json["id"] = contract.Id;
        run.Output.Facts(("Contract", contract.Id), ("Digest", contract.Digest.ToString()));
        run.Output.Line("Published. It can be consented to once regulators approve it.");
        return 0;
    }

    private static async Task<int> VoteAsync(CommandRun run, bool approve)
    {
        using var account = Common.OpenAccount(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var regulator = new RegulatorClient(connection, account);
        var digest = run.Value(_digest)!.Value;
        var (entry, salt) = approve
            ? await regulator.ApproveAsync(digest, run.Value(_opinion), run.Cancellation).ConfigureAwait(false)
            : await regulator.WithdrawAsync(digest, run.Value(_opinion), run.Cancellation).ConfigureAwait(false);
        run.Output.Json["contract"] = digest.ToString();
        run.Output.Json["entry"] = entry.Index;
        run.Output.Json["opinionSalt"] = salt.ToString();
        run.Output.Facts(("Contract", digest.ToString()), ("Entry", entry.Index.ToString(CultureInfo.InvariantCulture)), ("Opinion salt", salt.ToString()));
        run.Output.Line("Keep the salt with the opinion: it proves which words were meant.");
        return 0;
    }

    private static async Task<int> SendBackAsync(CommandRun run)
    {
        using var account = Common.OpenAccount(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var note = await new RegulatorClient(connection, account).SendBackAsync(run.Value(_digest)!.Value, run.Value(_why), run.Cancellation).ConfigureAwait(false);
        run.Output.Json["contract"] = note.Contract.ToString();
        run.Output.Json["writtenAt"] = Common.Time(note.WrittenAt);
        run.Output.Facts(("Contract", note.Contract.ToString()), ("Written", Common.Time(note.WrittenAt)));
        run.Output.Line("Sent to the institution's inbox. The contract stays unapproved.");
        return 0;
    }

    private static async Task<string?> NameAsync(CommandRun run, PrivChainConnection connection, AccountAddress controller)
    {
        try
        {
            return (await connection.Organisations.GetAsync(LedgerRole.Institution, controller, run.Cancellation).ConfigureAwait(false)).Name;
        }
        catch (RefusalException exception) when (exception.Reason == RefusalReason.NotEnrolled)
        {
            return null;
        }
    }

    private static bool IsTemplate(string nameOrPath) => ContractTemplates.All.ContainsKey(nameOrPath) && !File.Exists(nameOrPath);

    // A built-in contract names no institution yet: to be looked at, it gets an account that is nobody's.
    private static byte[] Read(string nameOrPath) => IsTemplate(nameOrPath)
        ? ContractTemplates.For(nameOrPath, _nobody).OrThrow()
        : BoundedFile.Read(nameOrPath, PrivacyContract.MaximumBytes);

    internal static JsonArray ToJson(IEnumerable<ContractFinding> findings) => new([.. findings.Select(finding => (JsonNode)new JsonObject
    {
        ["code"] = finding.Code, ["severity"] = finding.Severity.ToString(), ["path"] = finding.Path, ["en"] = finding.En, ["zh"] = finding.Zh,
    })]);
}
