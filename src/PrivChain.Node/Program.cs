using System.Text.Json;
using PrivChain.Core.Refusals;
using PrivChain.Node;

var options = NodeArguments.Parse(args, out var faults);
if (options is null)
{
    Console.Error.WriteLine(string.Join(Environment.NewLine, faults));
    return (int)RefusalReason.BadSettings;
}

try
{
    await NodeHost.RunAsync(
        options,
        TimeProvider.System,
        (grpc, web) => Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, string> { ["listen"] = grpc, ["webListen"] = web })),
        CancellationToken.None);
    return 0;
}
catch (RefusalException exception)
{
    Console.Error.WriteLine(exception.Refusal);
    return (int)exception.Reason;
}
