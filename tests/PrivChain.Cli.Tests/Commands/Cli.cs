using System.Text.Json.Nodes;
using PrivChain.Cli.Commands;
using PrivChain.Cli.Terminal;

namespace PrivChain.Cli.Tests.Commands;

/// <summary>Runs a command in this process and gives its exit code and what it printed.</summary>
internal static class Cli
{
    // The process's own, which all tests share: set once, and never taken from one that runs beside.
    static Cli() => Environment.SetEnvironmentVariable(Passphrase.Variable, "a long enough passphrase");

    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var code = await CommandTree.Make().Parse(arguments).InvokeAsync(new System.CommandLine.InvocationConfiguration { Output = output });
        return (code, output.ToString());
    }

    public static async Task<(int Code, JsonObject Document)> JsonAsync(params string[] arguments)
    {
        var (code, output) = await RunAsync([.. arguments, "--json"]);
        return (code, JsonNode.Parse(output)!.AsObject());
    }
}
