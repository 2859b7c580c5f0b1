using System.CommandLine;
using PrivChain.Cli.Commands;

namespace PrivChain.Cli.Tests.Commands;

/// <summary>Every command's help holds an example that names the command, and every command can answer in JSON.</summary>
[TestClass]
public sealed class CommandTreeTests
{
    [TestMethod]
    public void Help_OfEveryCommand_HoldsAnExampleOfThatCommand()
    {
        foreach (var (path, command) in All())
        {
            var description = command.Description ?? string.Empty;
            var at = description.IndexOf(CommandMaker.ExampleHeading, StringComparison.Ordinal);
            Assert.IsGreaterThan(0, at, $"{path}: no example");
            Assert.Contains($"privchain {path}".TrimEnd(), description[at..], $"{path}: the example is of another command");
        }
    }

    [TestMethod]
    public void EveryCommandThatActs_TakesJson()
    {
        foreach (var (path, command) in All().Where(item => item.Command.Subcommands.Count == 0))
        {
            Assert.IsTrue(command.Options.Any(option => option.Name == "--json"), path);
        }
    }

    // What the examples say is what the parser takes; the digest stands for itself.
    [TestMethod]
    public void Example_OfEveryCommandThatActs_Parses()
    {
        var root = CommandTree.Make();
        foreach (var (path, command) in All().Where(item => item.Command.Subcommands.Count == 0))
        {
            var example = command.Description![(command.Description!.IndexOf(CommandMaker.ExampleHeading, StringComparison.Ordinal) + CommandMaker.ExampleHeading.Length)..].Trim();
            var line = example["privchain ".Length..].Replace("0x…", "0x" + new string('a', 64), StringComparison.Ordinal).Replace('\'', '"');
            Assert.IsEmpty(root.Parse(line).Errors, $"{path}: {line}");
        }
    }

    [TestMethod]
    [DataRow("wallet")]
    [DataRow("enrol")]
    [DataRow("expel")]
    [DataRow("issue")]
    [DataRow("import")]
    [DataRow("contract")]
    [DataRow("request")]
    [DataRow("inbox")]
    [DataRow("consent")]
    [DataRow("revoke")]
    [DataRow("query")]
    [DataRow("erase")]
    [DataRow("export")]
    [DataRow("trail")]
    [DataRow("receipt")]
    [DataRow("enclave")]
    [DataRow("witness")]
    [DataRow("up")]
    public void Command_OfTheMainJob_IsThere(string name) => Assert.IsTrue(CommandTree.Make().Subcommands.Any(command => command.Name == name));

    private static IEnumerable<(string Path, Command Command)> All() => Below(string.Empty, CommandTree.Make());

    private static IEnumerable<(string Path, Command Command)> Below(string path, Command command) =>
        command.Subcommands.SelectMany(sub => Below($"{path} {sub.Name}".Trim(), sub)).Prepend((path, command));
}
