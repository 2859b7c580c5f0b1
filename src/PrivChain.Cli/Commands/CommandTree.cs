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
            UpCommand.Make(), NodeCommand.Make(), WitnessCommand.Make(),
            WalletCommand.Make(),
            EnrolCommand.Make(),
            IssueCommand.Make(),
            ContractCommand.Make(),
            ImportCommand.Make(),
            RequestCommand.Make(),
            InboxCommand.Make(),
            ConsentCommand.Make(),
            RevokeCommand.Make(),
            QueryCommand.Make(),
            EraseCommand.Make(),
            ExportCommand.Make(),
            EnclaveCommand.Make(),
            TrailCommand.Make(),
            ReceiptCommand.Make(),
        ])
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}
