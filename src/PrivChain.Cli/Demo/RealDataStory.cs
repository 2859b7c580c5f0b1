using System.Text.Json.Nodes;
using PrivChain.Cli.Commands;

namespace PrivChain.Cli.Demo;

/// <summary>The same story on real input.</summary>
internal sealed class RealDataStory(DemoWorld world, DemoFolder folder, string data, StepLog log, CommandRun run, JsonObject report)
{
    public Task TellAsync()
    {
        _ = (world, folder, data, log, run, report);
        throw new NotSupportedException();
    }
}
