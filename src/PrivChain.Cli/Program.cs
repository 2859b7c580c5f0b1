using System.Runtime.CompilerServices;
using System.Text;
using PrivChain.Cli.Commands;
using PrivChain.Cli.Deployment;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Refusals;

return OpenFiles.RefuseTooFew() ? (int)RefusalReason.BadSettings : await RunAsync(args);

// A method of its own: what it needs is loaded after the question above was answered.
[MethodImpl(MethodImplOptions.NoInlining)]
static async Task<int> RunAsync(string[] args)
{
    // Names and addresses in Chinese reach any terminal and file as UTF-8.
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    var parsed = CommandTree.Make().Parse(args);
    if (parsed.Errors.Count > 0 && parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
    {
        var output = new CommandOutput(args.Contains("--json"), Console.Out);
        output.Refused(new Refusal(RefusalReason.BadSettings, string.Join("; ", parsed.Errors.Select(error => error.Message))));
        output.Finish();
        return (int)RefusalReason.BadSettings;
    }

    return await parsed.InvokeAsync();
}
