using System.CommandLine;
using System.Text;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Governance;

namespace PrivChain.Cli.Commands;

/// <summary><c>expel</c>: a governor's vote to end an enrolment, with the governor's key of the deployment on this machine.</summary>
internal static class ExpelCommand
{
    private static readonly Argument<string> _role = MakeRole();
    private static readonly Argument<AccountAddress?> _account = Parsing.AccountArgument("ACCOUNT", "Account of the organisation or broker.");
    private static readonly Option<string> _reason = new("--reason") { Description = "The governors' common words; votes over unlike reasons do not add up. A hash goes to the ledger.", Required = true };

    public static Command Make() => CommandMaker.Make(
        "expel", "Ends an enrolment: from this entry on, no use, record or contract of the expelled counts.",
        "privchain expel issuer 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 --reason 'certificate revoked'", RunAsync, [_role, _account, _reason, .. Common.Connection]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var governor = new DeploymentFolder(run.Value(Common.Folder)).OpenGovernor();
        var role = Enum.Parse<LedgerRole>(run.Value(_role), ignoreCase: true);
        var account = run.Value(_account)!.Value;
        var proven = await new GovernorClient(connection, governor).ExpelAsync(
            role, account, null, connection.Domain.Suite.DigestOf(Encoding.UTF8.GetBytes(run.Value(_reason))), run.Cancellation).ConfigureAwait(false);
        run.Output.Json["account"] = account.ToString();
        run.Output.Json["entry"] = proven.Index;
        run.Output.Line($"{account} is expelled as {role}: entry {proven.Index}, witnessed.");
        return 0;
    }

    private static Argument<string> MakeRole()
    {
        var role = new Argument<string>("ROLE") { Description = "institution, issuer, regulator or broker." };
        role.AcceptOnlyFromAmong("institution", "issuer", "regulator", "broker");
        return role;
    }
}
