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
            UpCommand.Make(), DemoCommand.Make(), NodeCommand.Make(), WitnessCommand.Make(),
        ])
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}
