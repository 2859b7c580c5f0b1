using PrivChain.Core.Refusals;
using Spectre.Console;

namespace PrivChain.Cli.Terminal;

/// <summary>Where a passphrase comes from: the variable or a prompt. Never an argument, which other users of the machine and the shell's history could read.</summary>
internal static class Passphrase
{
    public const string Variable = "PRIVCHAIN_PASSPHRASE";

    public static string Ask(string what, bool isNew)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return given;
        }

        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"a passphrase for {what} is needed: set {Variable}, or run in a terminal"));
        }

        var entered = Secret($"Passphrase for {what}:");
        return !isNew || entered == Secret("Again:")
            ? entered
            : throw new RefusalException(new Refusal(RefusalReason.WrongPassphrase, "the two passphrases differ"));
    }

    /// <summary>A phrase or another secret of one line, from the terminal or from redirected input.</summary>
    public static string AskSecret(string what) => Console.IsInputRedirected
        ? Console.In.ReadLine() ?? throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"wanted {what} on standard input"))
        : Secret(what + ":");

    private static string Secret(string prompt) => AnsiConsole.Prompt(new TextPrompt<string>(Markup.Escape(prompt)).Secret());
}
