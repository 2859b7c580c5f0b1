using System.CommandLine;
using PrivChain.Cli.Terminal;

namespace PrivChain.Cli.Commands;

/// <summary>One run of one command: what was typed, where to say what came of it, the clock.</summary>
internal sealed record CommandRun(ParseResult Parsed, CommandOutput Output, TimeProvider Time, CancellationToken Cancellation)
{
    public T Value<T>(Option<T> option) => Parsed.GetRequiredValue(option);

    public T? Optional<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>True when it stands on the line, not only by its default.</summary>
    public bool IsGiven(Option option) => Parsed.GetResult(option) is { Implicit: false };

    public T Value<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    public T? Optional<T>(Argument<T> argument) => Parsed.GetValue(argument);
}
