using System.CommandLine;

namespace PrivChain.Cli.Commands;

/// <summary>Every command of the program.</summary>
internal static class CommandTree
{
    public static RootCommand Make()
    {
        var root = new RootCommand($"PrivChain: consented, attested, witnessed answers from personal records.\n\n{CommandMaker.ExampleHeading}\n  privchain demo");
        foreach (var command in (Command[])
        [
            UpCommand.Make(),
            DemoCommand.Make(),
            WalletCommand.Make(),
            EnrolCommand.Make(),
            ExpelCommand.Make(),
            IssueCommand.Make(),
            ImportCommand.Make(),
            ContractCommand.Make(),
            RequestCommand.Make(),
            InboxCommand.Make(),
            ConsentCommand.Make(),
            RevokeCommand.Make(),
            QueryCommand.Make(),
            EraseCommand.Make(),
            ExportCommand.Make(),
            TrailCommand.Make(),
            ReceiptCommand.Make(),
            AppCommand.Make(),
            EnclaveCommand.Make(),
            AttestCommand.Make(),
            WitnessCommand.Make(),
            NodeCommand.Make(),
        ])
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}
