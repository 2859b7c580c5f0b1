using System.CommandLine;
using PrivChain.Cli.Commands;
using PrivChain.Core.Refusals;

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

    // A required argument is refused by the parser, with a name: no command sees it missing.
    [TestMethod]
    public void Line_WithoutItsArguments_IsRefused()
    {
        var root = CommandTree.Make();
        foreach (var (path, command) in All().Where(item => item.Command.Subcommands.Count == 0 && item.Command.Arguments.Any(argument => !argument.HasDefaultValue)))
        {
            Assert.IsNotEmpty(root.Parse(path).Errors, path);
        }
    }

    [TestMethod]
    public void Line_WithTooManyArguments_IsRefused()
    {
        var root = CommandTree.Make();
        foreach (var (path, _) in All().Where(item => item.Command.Subcommands.Count == 0))
        {
            Assert.IsNotEmpty(root.Parse($"{path} {string.Join(' ', Enumerable.Repeat("x", 8))}").Errors, path);
        }
    }

    // What a script passes when its variable is unset.
    [TestMethod]
    public void Value_OfEveryOptionAndArgument_IsRefusedEmpty()
    {
        var root = CommandTree.Make();
        foreach (var (path, command) in All().Where(item => item.Command.Subcommands.Count == 0))
        {
            var values = Enumerable.Repeat("x", command.Arguments.Count).ToArray();
            foreach (var option in command.Options.Where(option => option.ValueType != typeof(bool) && option.Name is not ("--help" or "--version")))
            {
                AssertEmptyIsRefused(root, option.Name, [.. path.Split(' '), .. values, option.Name, ""]);
            }

            foreach (var (argument, at) in command.Arguments.Select((argument, at) => (argument, at)))
            {
                AssertEmptyIsRefused(root, argument.Name, [.. path.Split(' '), .. values.Select((value, other) => other == at ? "" : value)]);
            }
        }
    }

    [TestMethod]
    public void Line_WithALanguageThatIsNone_SaysWhichThereAre()
    {
        var errors = CommandTree.Make().Parse("contract show x.json --lang fr").Errors;
        Assert.AreEqual("--lang fr: wanted en or zh", errors.Single().Message);
    }

    // What would be written over is refused before a use is spent on what goes there.
    [TestMethod]
    [DataRow("query DIGEST --answer FILE --keystore me.json")]
    [DataRow("query DIGEST --receipt FILE --keystore me.json")]
    [DataRow("export --out FILE --keystore me.json")]
    public async Task File_ThatExists_IsRefusedFirst(string line)
    {
        var file = Path.GetTempFileName();
        try
        {
            var (code, output) = await Cli.RunAsync([.. line.Replace("FILE", file, StringComparison.Ordinal).Replace("DIGEST", "0x" + new string('a', 64), StringComparison.Ordinal).Split(' ')]);
            Assert.AreEqual((int)RefusalReason.Conflict, code, output);
            Assert.Contains("exists", output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Refused before a key is opened, a node is asked or a file is made.
    [TestMethod]
    [DataRow("--port", "up --port -1 --deployment DIR")]
    [DataRow("--port", "up --port 65536 --deployment DIR")]
    [DataRow("--days", "request contact.txt DIGEST --days -5 --keystore me.json")]
    [DataRow("--days", "request contact.txt DIGEST --days 0 --keystore me.json")]
    [DataRow("--days", "request contact.txt DIGEST --days 2147483647 --keystore me.json")]
    [DataRow("--uses", "request contact.txt DIGEST --uses 0 --keystore me.json")]
    [DataRow("--answer and --receipt", "query DIGEST --answer x/../new.json --receipt new.json --keystore me.json")]
    [DataRow("--last", "trail show --last 0")]
    [DataRow("--last", "trail show --last -1")]
    [DataRow("--last", "trail show --last 1001")]
    public async Task Number_OutOfItsRange_IsRefusedByName(string option, string line)
    {
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var (code, output) = await Cli.RunAsync([.. line.Replace("DIR", folder, StringComparison.Ordinal).Replace("DIGEST", "0x" + new string('a', 64), StringComparison.Ordinal).Split(' ')]);
        Assert.AreEqual((int)RefusalReason.BadSettings, code, output);
        Assert.Contains($"{option}: wanted", output);
        Assert.IsFalse(Directory.Exists(folder));
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

    private static void AssertEmptyIsRefused(RootCommand root, string name, string[] line) =>
        Assert.Contains(error => error.Message.StartsWith($"{name}:", StringComparison.Ordinal), root.Parse(line).Errors, string.Join(' ', line));

    private static IEnumerable<(string Path, Command Command)> All() => Below(string.Empty, CommandTree.Make());

    private static IEnumerable<(string Path, Command Command)> Below(string path, Command command) =>
        command.Subcommands.SelectMany(sub => Below($"{path} {sub.Name}".Trim(), sub)).Prepend((path, command));
}
