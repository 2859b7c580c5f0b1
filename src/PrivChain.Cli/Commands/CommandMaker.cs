using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Commands;

/// <summary>What all commands share: the example in the help, <c>--json</c>, and the exit code, which is the number of the refusal's reason.</summary>
internal static class CommandMaker
{
    public const string ExampleHeading = "Example:";

    /// <summary>A command that does something.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, in a sentence.</param>
    /// <param name="example">A command line that works as it stands.</param>
    /// <param name="act">What it does; gives the exit code.</param>
    /// <param name="symbols">Its arguments and options.</param>
    public static Command Make(string name, string description, string example, Func<CommandRun, Task<int>> act, params IReadOnlyList<Symbol> symbols)
    {
        var command = new Command(name, Describe(description, example));
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    command.Options.Add(option);
                    break;
                case Argument argument:
                    command.Arguments.Add(argument);
                    break;
                default:
                    throw new ArgumentException("neither option nor argument", nameof(symbols));
            }
        }

        var json = new Option<bool>("--json") { Description = "Print one JSON document and nothing else." };
        command.Options.Add(json);
        command.Validators.Add(RefuseEmpty);
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = new CommandOutput(parsed.GetValue(json), parsed.InvocationConfiguration.Output);
            var code = await GuardAsync(new CommandRun(parsed, output, TimeProvider.System, cancellation), act).ConfigureAwait(false);
            output.Finish();
            return code;
        });
        return command;
    }

    /// <summary>A command that only groups others.</summary>
    public static Command Group(string name, string description, string example, params IReadOnlyList<Command> commands)
    {
        var group = new Command(name, Describe(description, example));
        foreach (var command in commands)
        {
            group.Subcommands.Add(command);
        }

        return group;
    }

    // An unset variable in a script leaves an empty text: no name of a file, no address and no value is one.
    private static void RefuseEmpty(CommandResult line)
    {
        foreach (var result in line.Children.Where(result => result.Tokens.Any(token => token.Value.Length == 0)))
        {
            line.AddError($"{(result is OptionResult option ? option.Option.Name : ((ArgumentResult)result).Argument.Name)}: empty; leave it out, or give a value");
        }
    }

    private static string Describe(string description, string example) => $"{description}\n\n{ExampleHeading}\n  {example}";

    private static async Task<int> GuardAsync(CommandRun run, Func<CommandRun, Task<int>> act)
    {
        Refusal refusal;
        try
        {
            return await act(run).ConfigureAwait(false);
        }
        catch (RefusalException exception)
        {
            refusal = exception.Refusal;
        }
        catch (RpcException exception)
        {
            refusal = new Refusal(RefusalReason.Unavailable, exception.Status.Detail);
        }
        catch (OperationCanceledException)
        {
            refusal = new Refusal(RefusalReason.Cancelled, string.Empty);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            refusal = new Refusal(exception is FileNotFoundException or DirectoryNotFoundException ? RefusalReason.NotFound : RefusalReason.StorageFailed, exception.Message);
        }
        catch (Exception exception)
        {
            // Whatever it is, a person gets a line and scripts get a code, and no trace of our insides.
            refusal = new Refusal(RefusalReason.Internal, $"{exception.GetType().Name}: {exception.Message}");
        }

        run.Output.Refused(refusal);
        return (int)refusal.Reason;
    }
}
