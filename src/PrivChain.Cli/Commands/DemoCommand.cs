using System.CommandLine;

namespace PrivChain.Cli.Commands;

internal static class DemoCommand
{
    public static Command Make() => new("demo");
}
