using System.Globalization;
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
    // What is printed and read is the same on every machine. The platform's tables are there for passphrases in any script, which have to be normalised.
    CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;

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
